"""`pangaea check`: every topology is proved without starting anything."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from ...observing.console import listed
from ..options import config_options, json_option, project

if TYPE_CHECKING:
    from ...placing.check import Report
    from ...placing.deployment import Facts

WIDEST = 36
"""Characters of a cell that lists names; what is more goes on below."""


@click.command("check", short_help="Prove every topology without starting anything.")
@json_option
@config_options
def command(as_json: bool, root: Path | None, environment: str | None, sets: tuple[str, ...]) -> int:
    """Prove every topology: contracts answered, settings complete, ports free of conflict, graphs wired.

    Everything that is wrong anywhere is told at once; then the exit code is 2. Migrations that a database in use has not
    seen are told, too, where it answers at once; they are no fault.
    """
    from ..databases import pending_lines
    from ..output import put_json, say, table
    from ..proving import prove

    found = project(root, environment, sets)
    report = prove(found)
    pending = pending_lines(found)
    if as_json:
        put_json({"ok": True, **_facts(report), **({"pending": dict(pending)} if pending else {})})
        return 0
    rows = [row for facts in report.topologies.values() for row in _rows(facts)]
    table(("topology", "process", "modules", "serves", "calls"), rows)
    count = len(report.topologies)
    say(
        f"\n{_many(count, 'topology', 'topologies')} hold{'s' if count == 1 else ''}: "
        f"{_many(len(report.modules), 'module')}, {_many(len(report.contracts), 'contract')}."
    )
    for module, revisions in pending:
        say(f"{module}: {', '.join(revisions)} pending, see `pangaea db status`")
    return 0


def _rows(facts: Facts) -> list[tuple[str, ...]]:
    """The rows of a topology: for each process one, and more below it where a cell has more than fits."""
    rows: list[tuple[str, ...]] = []
    for process, replicas in facts.processes.items():
        plan = replicas[0]
        edges = [
            f"{edge} {address}"
            for edge, address in (("http", plan.http_address), ("grpc", plan.grpc_address))
            if address is not None
        ]
        name = f"{process} × {len(replicas)}" if len(replicas) > 1 else process
        outside = dict.fromkeys(answer.by for answer in plan.answers.values() if answer.placement == "external")
        calls = [*plan.peers, *(f"{name} (external)" for name in outside)]
        cells = (
            [facts.topology if not rows else ""], [name], listed(plan.modules, WIDEST), edges or ["-"], listed(calls, WIDEST)
        )  # fmt: skip
        rows += zip_longest(*cells, fillvalue="")
    return rows


def _facts(report: Report) -> dict[str, Any]:
    return {
        "modules": list(report.modules),
        "contracts": [contract.__name__ for contract in report.contracts],
        "topologies": {
            name: {
                "processes": {
                    process: {
                        "replicas": len(plans),
                        "modules": list(plans[0].modules),
                        "http": plans[0].http_address,
                        "grpc": plans[0].grpc_address,
                        "peers": list(plans[0].peers),
                    }
                    for process, plans in facts.processes.items()
                },
                "links": [
                    {
                        "module": link.module,
                        "contract": link.contract.__name__,
                        "by": link.by,
                        "placement": link.placement,
                    }
                    for link in facts.links
                ],
            }
            for name, facts in report.topologies.items()
        },
    }


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"

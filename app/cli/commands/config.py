"""`pangaea config show`: what is configured, and where it came from."""

from __future__ import annotations

import os
from pathlib import Path

import rich_click as click

from ..options import config_options, json_option, project


@click.group("config", short_help="Show settings and where they came from.")
def command() -> None:
    """What is configured."""


@command.command("show")
@click.option("--origin", is_flag=True, help="Also where each value came from.")
@click.argument("keys", nargs=-1)
@json_option
@config_options
def show(
    origin: bool,
    keys: tuple[str, ...],
    as_json: bool,
    root: Path | None,
    environment: str | None,
    sets: tuple[str, ...],
) -> int:
    """Show every key with its value, or those that begin with KEYS, such as `http modules.cart`. Secrets are masked."""
    from ...telling.drawing import near_misses
    from ..output import put_json, table

    found = project(root, environment, sets)
    classes = found.found.settings(*found.found.names)
    entries = found.config(*found.found.names).entries(classes)
    for key in keys:
        if not any(_below(entry.key, key) for entry in entries):
            parts = {
                ".".join(entry.key.split(".")[: n + 1]) for entry in entries for n in range(entry.key.count(".") + 1)
            }
            near = near_misses(key, parts)
            raise click.UsageError(f"there is no key `{key}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    shown = [entry for entry in entries if not keys or any(_below(entry.key, key) for key in keys)]
    if as_json:
        put_json({entry.key: {"value": entry.value, "origin": str(entry.origin)} for entry in shown})
    elif origin:
        table(("key", "value", "origin"), [(e.key, e.value, _relative(str(e.origin), found.root)) for e in shown])
    else:
        table(("key", "value"), [(entry.key, entry.value) for entry in shown])
    return 0


def _below(key: str, wanted: str) -> bool:
    return key == wanted or key.startswith(f"{wanted}.")


def _relative(origin: str, root: Path) -> str:
    return origin.removeprefix(f"{root}{os.sep}")

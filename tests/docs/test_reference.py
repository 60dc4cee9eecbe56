"""What pages list is what the code has: keys, commands, kinds of failure, exports, keys of topologies; links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rich_click as click

import app
from app.cli.program import COMMANDS, program
from app.config import load
from app.config.kinds import section_of
from app.config.sections import Sections
from app.module.failure import KINDS
from app.module.spec import spec_of
from app.placing import discovery
from app.placing.check import check
from app.placing.topology import External, Process, Topology, read

from .compared import agrees
from .markdown import ROOT, anchors, blocks, links, pages

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def shop() -> discovery.Found:
    """The modules of this repository."""
    return discovery.find(ROOT)


def rows(page: str) -> list[list[str]]:
    """The cells of every table row of a page."""
    lines = (DOCS / page).read_text("utf-8").replace(r"\|", "¦").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def keys(section: type[msgspec.Struct], above: str = "") -> Iterator[tuple[str, str]]:
    """Every key of a section with its default, as the table writes it."""
    for field in msgspec.structs.fields(section):
        name = f"{above}{field.name}"
        inner = section_of(field.type)
        if inner is not None:
            yield from keys(inner, f"{name}.")
        elif field.default is None:
            yield name, "not set"
        else:
            default: Any = {} if field.default is msgspec.NODEFAULT else field.default
            yield name, f"`{msgspec.json.encode(default).decode()}`"


def test_the_table_of_configuration_has_every_key_with_its_default() -> None:
    listed = [(key[1:-1], default) for key, default, *_ in rows("configuration.md") if re.fullmatch(r"`\w+\.\w+`", key)]
    assert listed == list(keys(Sections))


def test_the_table_of_the_shops_settings_has_every_key_with_its_default(shop: discovery.Found) -> None:
    listed = [(key[1:-1], default) for key, default, *_ in rows("shop.md") if key.startswith("`modules.")]
    declared = [(name, shop.load(name).settings) for name in shop.names]
    assert listed == [row for name, section in declared if section for row in keys(section, f"modules.{name}.")]


def test_the_table_of_the_shops_modules_has_their_routes_and_services(shop: discovery.Found) -> None:
    listed = {cells[0][1:-1]: cells for cells in rows("shop.md") if len(cells) == 5 and cells[0].startswith("`")}
    assert list(listed) == list(shop.names)
    for name, (_, _, keeps, routes, services) in listed.items():
        contracts = [spec_of(contract) for contract in shop.contracts(name)]
        methods = [method for contract in contracts for method in contract.methods.values()]
        paths = [method.declaration.http.partition("?")[0] for method in methods]
        assert sorted(re.findall("`(.+?)`", routes)) == sorted(path for path in paths if path), name
        assert re.findall("`(.+?)`", services) == [contract.service for contract in contracts], name
        assert ("(internal)" in services) == any(each.__internal__ for each in shop.contracts(name)), name
        assert (keeps == "a database") == (ROOT / "modules" / name / "migrations").is_dir(), name


def test_the_table_of_ports_is_the_topology_for_standing_beside_others(shop: discovery.Found) -> None:
    config = load(root=ROOT, environ={}, modules=shop.names)
    facts = check(read(ROOT / "config" / "topologies.toml"), shop, config, {}).topologies["boutique"]
    plans = [(name, plan) for name, (plan, *_) in facts.processes.items() if plan.grpc_address]
    opened = {name: f"http://{plan.http_address}" if plan.http_address else plan.grpc_address for name, plan in plans}
    assert {cells[0]: cells[1] for cells in rows("shop.md") if len(cells) == 3 and ":" in cells[1]} == opened


def test_the_table_of_topologies_has_every_key() -> None:
    listed = {cell[1:-1] for cell, *_ in rows("topologies.md") if cell.startswith("`topologies.")}
    expected = {f"topologies.T.{name}" for name in Topology.__struct_fields__ if name not in ("processes", "external")}
    expected |= {f"topologies.T.processes.P.{name}" for name in Process.__struct_fields__}
    expected |= {f"topologies.T.external.X.{name}" for name in External.__struct_fields__}
    assert listed == expected


def test_the_table_of_failures_has_every_kind_with_its_codes() -> None:
    listed = [tuple(cells) for cells in rows("contracts.md") if len(cells) == 3 and cells[1].isdigit()]
    assert listed == [(f"`{kind.__name__}`", str(kind.code), str(kind.status)) for kind in KINDS]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    for name in COMMANDS:
        command = program.get_command(click.Context(program), name)
        assert command is not None
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield name, command
            yield from ((f"{name} {inner}", below) for inner, below in command.commands.items())
        else:
            yield name, command


def test_the_command_line_page_has_a_section_for_each_command_and_no_other() -> None:
    sections = re.findall(r"^## (.+)$", (DOCS / "command-line.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(sections) == sorted(name for name, _ in commands())


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_each_option_of_a_command_is_explained(name: str, command: click.Command) -> None:
    whole = (DOCS / "command-line.md").read_text("utf-8")
    common, _, rest = whole.partition("\n## ")
    section = next(part for part in f"\n## {rest}".split("\n## ") if part.startswith(f"{name}\n"))
    for parameter in command.params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            if isinstance(parameter, click.Option) and option.startswith("-"):
                assert f"`{option}" in section or f"`{option}" in common, option


def test_every_name_that_modules_import_stands_in_the_guides() -> None:
    text = "".join(page.read_text("utf-8") for page in pages())
    quiet = {"Refused", "Host"}  # for those who embed a host
    assert [name for name in dir(app) if name not in quiet and not re.search(rf"\b{name}\b", text)] == []


def test_the_table_of_floors_has_every_room_in_the_order_that_is_enforced() -> None:
    floors = [(int(cells[0]), cells[1][1:-1]) for cells in rows("architecture.md") if cells[0].isdigit()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert [room for _, room in floors] == [room.strip() for layer in layers for room in layer.split("|")]
    assert [floor for floor, _ in floors] == sorted((floor for floor, _ in floors), reverse=True)
    drawn = re.findall(r"^    (?:([\w./ ]+?))  +(\d)  ", app.__doc__ or "", re.MULTILINE)
    in_map = {re.sub(r"\.py|/", "", room): int(floor) for names, floor in drawn for room in names.split()}
    assert {room: floor for floor, room in floors} == in_map


def test_every_page_is_reached_from_the_index() -> None:
    linked = {to.partition("#")[0] for _, to in links(DOCS / "index.md")}
    assert {page.name for page in DOCS.glob("*.md")} - linked == {"index.md"}


@pytest.mark.parametrize(
    "page", [*pages(), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    for line, to in links(page):
        if "://" in to:
            continue
        file, _, anchor = to.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists() or target.name == "RESULTS.md", f"{page.name}:{line}: {to}"  # `make bench` writes it
        assert not anchor or anchor in anchors(target), f"{page.name}:{line}: {to}"


def test_lines_are_no_longer_than_those_of_the_code() -> None:
    too_long: list[str] = []
    for page in pages():
        shown = {number for block in blocks(page) for number in range(block.line, block.line + block.text.count("\n"))}
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
            if len(line) > 120 and number not in shown and not line.startswith("|"):
                too_long.append(f"{page.name}:{number}")
    assert too_long == []


@pytest.mark.parametrize(
    ("shown", "printed", "holds"),
    [
        ("a\nb", "a\nb", True),
        ("a\nb", "a", False),
        ("a", "a\nb", False),
        ("a…c", "abc", True),
        ("a…c", "ab", False),
        ("…", "a\nb", True),
        ("a\n…\nz", "a\nz", True),
        ("a\n…\nz", "a\nb\nc\nz", True),
        ("a\n…\nz", "a\nb\nc", False),
        ("1 (x)", "1 [x]", False),
    ],
)
def test_output_is_compared_line_by_line(shown: str, printed: str, holds: bool) -> None:
    assert agrees(shown.splitlines(), printed.splitlines()) is holds

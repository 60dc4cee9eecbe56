"""A module moves into another process by an edit that leaves the rest of the file alone."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.cli.splitting import split
from app.cli.toml_text import TomlText
from app.host.project import Project
from app.telling.refusals import Refused

MODULE = "from app import Module\nmodule = Module()\n"

FILE = """\
# All plans.
default = "monolith"

[topologies.monolith.processes.shop]  # one for all
modules = ["*"]

# The other extreme.
[topologies.several.processes.store]
modules = [
    "catalog",  # what is sold
    "cart",
]
replicas = 2  # busy

[topologies.several.processes.money]
modules = ["currency"]  # alone

[topologies.several.processes.edge]
edges = ["*"]

# Last.
[topologies.doors.processes.one]
modules = ["catalog", "cart"]

[topologies.doors.processes.two]
modules = ["currency"]
http_port = 8081
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "topologies.toml").write_text(FILE)
    for name in ("cart", "catalog", "currency"):
        (tmp_path / "modules" / name).mkdir(parents=True)
        (tmp_path / "modules" / name / "module.py").write_text(MODULE)
    return Project(tmp_path)


def plan(text: str, name: str) -> dict[str, Any]:
    return tomllib.loads(text)["topologies"][name]["processes"]


def changed_lines(before: str, after: str) -> tuple[set[str], set[str]]:
    return set(before.splitlines()) - set(after.splitlines()), set(after.splitlines()) - set(before.splitlines())


def test_without_a_name_a_new_plan_is_begun_as_a_copy_of_the_default(project: Project) -> None:
    made = split(project, "cart", "cart")
    assert made.topology == "split"
    assert made.after.startswith(FILE)
    assert plan(made.after, "split") == {"shop": {"modules": ["*"], "edges": ["*"]}, "cart": {"modules": ["cart"]}}
    assert "# monolith, with cart by itself" in made.after


def test_the_door_stays_where_it_was(project: Project) -> None:
    made = split(project, "catalog", "catalog", "doors")
    assert plan(made.after, "doors") == {
        "one": {"modules": ["cart"], "edges": ["catalog", "cart"]},
        "two": {"modules": ["currency"], "http_port": 8081},
        "catalog": {"modules": ["catalog"], "edges": []},
    }


def test_a_module_moves_between_processes_and_nothing_else_changes(project: Project) -> None:
    made = split(project, "currency", "store", "several")
    assert plan(made.after, "several") == {
        "store": {"modules": ["catalog", "cart", "currency"], "replicas": 2},
        "edge": {"edges": ["*"]},
    }
    assert "# busy" in made.after
    assert "# Last." in made.after
    assert "# The other extreme." in made.after
    assert "money" not in made.after


def test_a_process_of_its_own_stands_behind_its_siblings(project: Project) -> None:
    made = split(project, "cart", "cart", "several")
    assert plan(made.after, "several")["store"] == {"modules": ["catalog"], "replicas": 2}
    assert list(plan(made.after, "several")) == ["store", "money", "edge", "cart"]
    assert made.after.index("[topologies.several.processes.cart]") < made.after.index("# Last.")


def test_a_comment_behind_a_list_stays(project: Project) -> None:
    made = split(project, "cart", "money", "several")
    assert 'modules = ["currency", "cart"]  # alone' in made.after


def test_a_star_takes_what_nobody_else_names(project: Project) -> None:
    first = split(project, "cart", "cart")
    first.file.write_text(first.after)
    again = Project(project.root)
    back = split(again, "cart", "shop", "split")
    assert plan(back.after, "split") == {"shop": {"modules": ["*"], "edges": ["*"]}}


def test_what_is_there_already_changes_nothing(project: Project) -> None:
    made = split(project, "cart", "store", "several")
    assert made.after == made.before


def test_another_base_can_be_named(project: Project) -> None:
    made = split(project, "cart", "cart", "mine", "several")
    assert list(plan(made.after, "mine")) == ["store", "money", "edge", "cart"]
    assert plan(made.after, "several") == plan(FILE, "several")


def test_a_module_that_several_run_on_purpose_is_left_alone(project: Project) -> None:
    path = project.root / "config" / "topologies.toml"
    path.write_text(
        '[topologies.twice]\nrepeat = ["cart"]\n[topologies.twice.processes.a]\nmodules = ["cart", "catalog"]\n'
        '[topologies.twice.processes.b]\nmodules = ["cart", "currency"]\n'
    )
    with pytest.raises(Refused, match="a, b run it on purpose"):
        split(Project(project.root), "cart", "c", "twice")


def test_a_form_that_cannot_be_edited_safely_is_refused_and_nothing_is_written(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project.root / "config" / "topologies.toml"
    text = '[topologies.inline]\nprocesses = { a = { modules = ["cart", "catalog", "currency"] } }\n'
    path.write_text(text)
    assert main(["split", "cart", "--into", "b", "-t", "inline", "--root", str(project.root)]) == 2
    assert "not edited safely" in capsys.readouterr().err
    assert path.read_text() == text


def test_the_difference_is_shown_and_written_unless_it_is_a_dry_run(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project.root / "config" / "topologies.toml"
    words = ["split", "cart", "--into", "cart", "--root", str(project.root)]
    assert main([*words, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "+[topologies.split.processes.cart]" in shown
    assert path.read_text() == FILE
    assert main(words) == 0
    assert capsys.readouterr().out.startswith(shown.rstrip("\n"))
    assert plan(path.read_text(), "split")["cart"] == {"modules": ["cart"]}
    assert main(words) == 0
    assert "nothing to do" in capsys.readouterr().out


# --- the text ---------------------------------------------------------------------------------------------------------


def test_headers_inside_of_arrays_and_texts_are_none() -> None:
    text = TomlText('[a]\nx = [\n  "[b]",\n]\ny = """\n[c]\n"""\n[d]\nz = 1\n')
    text.set(("d",), "z", 2)
    text.set(("a",), "x", ["q"])
    assert tomllib.loads(str(text)) == {"a": {"x": ["q"], "y": "[c]\n"}, "d": {"z": 2}}


def test_a_hash_in_a_text_is_no_comment() -> None:
    text = TomlText('[a]\nx = ["#1"]\n')
    text.set(("a",), "x", ["#2"])
    assert str(text) == '[a]\nx = ["#2"]\n'


def test_names_that_need_quotes_get_them() -> None:
    text = TomlText("")
    text.add_table(("a b", "c"), {"x": 'q"uote', "y": True, "z": 3})
    assert tomllib.loads(str(text)) == {"a b": {"c": {"x": 'q"uote', "y": True, "z": 3}}}

"""Options that several commands share, and the project that they lead to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

if TYPE_CHECKING:
    from ..host.project import Project

F = TypeVar("F", bound=Callable[..., Any])


def root_option(command: F) -> F:
    """`--root`: the project's folder."""
    return click.option(
        "--root",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The project's folder; by default the nearest one upwards that has config/topologies.toml.",
    )(command)


def config_options(command: F) -> F:
    """`--environment` and `--set`, and the project's folder."""
    command = click.option(
        "-s", "--set", "sets", multiple=True, metavar="KEY=VALUE", help="Override a setting: --set http.port=8081."
    )(command)
    command = click.option(
        "-e", "--environment", metavar="NAME", help="The environment; by default PANGAEA_ENV, else development."
    )(command)
    return root_option(command)


def topology_option(command: F) -> F:
    """`--topology`."""
    return click.option(
        "-t",
        "--topology",
        default="",
        metavar="NAME",
        envvar="PANGAEA_TOPOLOGY",
        help="A plan of config/topologies.toml; by default PANGAEA_TOPOLOGY, else the file's default.",
    )(command)


def json_option(command: F) -> F:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="For scripts: JSON on stdout.")(command)


def project(root: Path | None, environment: str | None = None, sets: tuple[str, ...] = ()) -> Project:
    """The project that a command is about; its modules can be imported from now on. Raises Refused (NoProject)."""
    from ..host.project import Project, project_root

    folder = project_root(root)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return Project(folder, environment, sets)

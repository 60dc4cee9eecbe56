"""Checks commands that are shown and not run here (`make test` within the tests): what they name must exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import rich_click as click
from click.exceptions import ClickException, Exit

from app.cli.program import program
from app.config import load
from app.placing.topology import read
from app.telling.refusals import Refused

from .markdown import ROOT

ELSEWHERE = ("docker", "git", "cd", "grpcurl")
"""Programs that need not be on this machine."""


def check(line: str, where: str) -> None:
    """Raises AssertionError for a command that could not be run as it stands."""
    command = line.partition(" #")[0].strip()
    if not command:
        return
    words = shlex.split(command)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    if not words or words[0] in ELSEWHERE:
        return
    if words[0] == "make":
        targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        unknown = [word for word in words[1:] if "=" not in word and word not in targets]
        assert not unknown, f"{where}: make has no target {unknown}"
    elif words[0] == "pangaea":
        parse(words[1:], where)
    else:
        assert words[0] in ("pytest", "python"), f"{where}: nothing knows how to check {words[0]}"


def check_variables(text: str, folder: Path, where: str) -> None:
    """Raises AssertionError where a deployment's text sets variables that mean nothing, or names no process."""
    given = [
        (name, re.sub(r"\$\{\w+\}", "as-long-as-any-secret-has-to-be-at-least", value))
        for name, value in re.findall(r"(PANGAEA_[A-Z_]+)(?:: |=)\"?([^\s\"]+)", text)
    ]
    assert given, f"{where}: nothing here can be checked"
    topologies = read(folder / "config" / "topologies.toml")
    for topology in (value for name, value in given if name == "PANGAEA_TOPOLOGY"):
        for process in (value for name, value in given if name == "PANGAEA_PROCESS"):
            topologies.process(topologies.find(topology)[0], process)
    try:
        load(root=folder, environ=dict(given))
    except Refused as refused:
        raise AssertionError(f"{where}: {refused}") from None


def parse(words: list[str], where: str) -> None:
    """Let the command line read the words without doing anything. Raises AssertionError where it would not."""
    command: click.Command = program
    name = "pangaea"
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"{where}: there is no `{name} {words[0]}`"
        command, name, words = found, f"{name} {words[0]}", words[1:]
    try:
        command.make_context(name, list(words), resilient_parsing=False)
    except Exit:
        return
    except ClickException as wrong:
        if "does not exist" in wrong.format_message():  # the reader's own file
            return
        raise AssertionError(f"{where}: `{name} {' '.join(words)}`: {wrong.format_message()}") from None

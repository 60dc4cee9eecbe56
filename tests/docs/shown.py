"""Checks commands that are shown and not run here (`make test` within the tests): what they name must exist."""

from __future__ import annotations

import re
import shlex

import rich_click as click

from app.cli.program import program

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
    except click.exceptions.Exit:
        return
    except click.ClickException as wrong:
        raise AssertionError(f"{where}: `{name} {' '.join(words)}`: {wrong.format_message()}") from None

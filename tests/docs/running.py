"""Tries a page: writes the files that it shows, runs its commands and compares their output, runs its tests.

- A block whose first line is a comment with a path is that file.
- ```console holds commands after `$ ` and what they print. What stays (`make run`) is left running for the rest of the
  page, or until the next such command. `^C` ends it. A command that fails is followed by `$ echo $?`.
- ```python without a path is a program of its own: it is run, and the functions in it that begin with `test_` too.
- ```toml and ```json without a path must be readable; ```sh must name commands that exist, and ```yaml variables and
  processes that do (see `shown.py`).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import shown
from .clone import environment
from .compared import agrees, trimmed
from .markdown import Block, blocks
from .serving import STAYS, Server

Serve = Callable[[str, Path], Server]
SNIPPETS = "snippets"
KEPT = ("proto", "dockerfile")
"""What a tool wrote, or what is committed: where such a file is there, the page must show what is in it."""


@dataclass
class Page:
    """One page, and the clone in which it is tried. `serve` starts what stays."""

    path: Path
    folder: Path
    serve: Serve
    server: Server | None = None
    seen: str = ""
    """What the server's terminal has shown already."""
    code: int = 0
    tests: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Try everything that the page shows. Raises AssertionError saying what differs and where."""
        for block in blocks(self.path):
            self._block(block)
        if self.tests:
            self._pytest()

    def _block(self, block: Block) -> None:
        where = f"{self.path.name}:{block.line}"
        if block.language == "console":
            for command, expected, line in commands(block):
                self._command(command, expected, f"{self.path.name}:{line}")
        elif block.file:
            self._file(block, where)
        elif block.language == "python":
            self._file(block, where, f"{SNIPPETS}/test_{self.path.stem.lower().replace('-', '_')}_{block.line}.py")
        elif block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "json":
            json.loads(block.text)
        elif block.language == "yaml":
            shown.check_variables(block.text, self.folder, where)
        elif block.language == "sh":
            for line in block.text.splitlines():
                shown.check(line, where)
        else:
            assert block.language in ("text", "mermaid"), f"{where}: nothing tries a block of {block.language!r}"

    def _file(self, block: Block, where: str, name: str = "") -> None:
        target = self.folder / (name or block.file)
        if block.language in KEPT and target.exists():
            assert target.read_text("utf-8").strip() in (block.text.strip(), block.text.partition("\n")[2].strip()), (
                f"{where}: {block.file} differs; it is\n{target.read_text('utf-8')}"
            )
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, "utf-8")
        if block.language == "python" and (name or re.search(r"^(?:async )?def test_", block.text, re.MULTILINE)):
            self.tests.append(str(target.relative_to(self.folder)))

    def _command(self, command: str, expected: list[str], where: str) -> None:
        if command == "^C":
            assert self.server is not None, f"{where}: nothing runs"
            self.code = self.server.stop()
            printed = self.server.said().removeprefix(self.seen)
        elif STAYS.match(command):
            self.server = self.serve(command, self.folder)
            printed = self.seen = self.server.wait(expected)
        else:
            printed = self._shell(command, where)
        if not agrees(expected, trimmed(printed)):
            raise AssertionError(
                f"{where}: `{command}` prints\n\n{printed}\nand the page shows\n\n" + "\n".join(expected)
            )

    def _shell(self, command: str, where: str) -> str:
        if command == "echo $?":
            code, self.code = self.code, 0
            return f"{code}\n"
        assert self.code == 0, f"{where}: the command before failed with {self.code}, and the page does not say so"
        server = self.server
        calls = server is not None and server.lives and "pangaea call" in command  # it looks for the gRPC edge itself
        variables = server.variables if server is not None and calls else {}
        done = subprocess.run(
            ["sh", "-c", server.as_meant(command) if server else command],
            cwd=self.folder, env=environment(self.folder, **variables), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90,
        )  # fmt: skip
        self.code = done.returncode
        return server.as_shown(done.stdout) if server else done.stdout

    def _pytest(self) -> None:
        words = ["-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-p", "no:xdist", *self.tests]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=self.folder, env=environment(self.folder), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=110,
        )  # fmt: skip
        none_there = done.returncode == 5  # programs without a test function: they were run, and that is all
        assert done.returncode == 0 or none_there, f"{self.path.name}: its examples fail\n{done.stdout}"


def commands(block: Block) -> Iterator[tuple[str, list[str], int]]:
    """Command, the lines shown below it, and its line; a command goes on after a backslash, or to the end of `<<'END'`."""
    lines = block.text.splitlines()
    at = 0
    while at < len(lines):
        began = at
        command = lines[at]
        assert command.startswith("$ ") or command == "^C", f"line {block.line + at}: a block begins with `$ `"
        command = command.removeprefix("$ ")
        while command.endswith("\\"):
            at += 1
            command = f"{command[:-1].rstrip()} {lines[at].strip()}"
        at += 1
        if here := re.search(r"<<'(\w+)'$", command):
            ends = lines.index(here[1], at) + 1
            command, at = "\n".join((command, *lines[at:ends])), ends
        output = at
        while at < len(lines) and not lines[at].startswith("$ ") and lines[at] != "^C":
            at += 1
        yield command, trimmed("\n".join(lines[output:at])), block.line + began

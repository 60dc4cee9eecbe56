"""Every page shows only what works: its files are written, its commands run, their output compared, its tests run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from .clone import clone
from .markdown import ROOT, blocks, pages
from .running import KEPT, Page, commands
from .serving import Server

CHANGES = ("pangaea new", "pangaea split", "pangaea contracts", "pangaea db", "git ")


class Servers:
    """What runs, by command and clone: pages that change nothing in their clone share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[tuple[str, Path], Server] = {}

    def serve(self, command: str, folder: Path) -> Server:
        server = self._running.get((command, folder))
        if server is None or not server.lives:
            log = self._folder / f"{len(self._running)}.log"
            server = self._running[command, folder] = Server(command, folder, log)
        return server

    def stop(self) -> None:
        for server in self._running.values():
            server.stop()
        self._running = {}


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Path, Servers]]:
    """The clone of all pages that only look at the shop, and what runs in it."""
    servers = Servers(tmp_path_factory.mktemp("logs"))
    try:
        yield clone(tmp_path_factory.mktemp("shared")), servers
    finally:
        servers.stop()


def needed(page: Path) -> list[str]:
    """The programs of the machine that a page's commands use."""
    shown = " ".join(
        command for block in blocks(page) if block.language == "console" for command, *_ in commands(block)
    )
    return [name for name in ("make", "curl", "git", "sed") if re.search(rf"\b{name} ", shown)]


def changes(page: Path) -> bool:
    """Whether a page writes into its clone."""
    return any(
        (block.file and block.language not in KEPT)
        or block.language == "python"
        or (
            block.language == "console"
            and any(name.startswith(CHANGES) or name == "^C" for name, *_ in commands(block))
        )
        for block in blocks(page)
    )


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_shows_what_happens(page: Path, shared: tuple[Path, Servers], tmp_path: Path) -> None:
    folder, servers = shared
    if missing := [name for name in needed(page) if shutil.which(name) is None]:
        pytest.skip(f"{', '.join(missing)} is not installed")
    if not changes(page):
        try_page(Page(page, folder, servers.serve))
        return
    own = Servers(tmp_path)
    try:
        try_page(Page(page, clone(tmp_path / "pangaea"), own.serve))
    finally:
        own.stop()


def try_page(page: Page) -> None:
    """Run a page; what differs is told without our own stack."""
    try:
        page.run()
    except AssertionError as differs:
        told = str(differs)
    else:
        return
    pytest.fail(told, pytrace=False)

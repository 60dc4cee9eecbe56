"""The whole shop, and a real Chromium in front of it that notes whatever goes wrong on a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ..conftest import CHEAP
from ..shop import Shop, serving

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 60_000
"""Milliseconds: how long a page, or what is expected of it, may take before a test fails."""
REFUSED = "the server responded with a status of 422"
"""What the browser itself says of a form that is turned back."""


@dataclass
class Window:
    """A page, and what went wrong on it."""

    page: Page
    own: str
    """Host and port of the shop."""
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", self._asked)

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(path)

    def press(self, *keys: str) -> None:
        """Type."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, selector: str) -> None:
        """Go on by the tabulator until something has the focus."""
        for _ in range(80):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.press("Tab")
        pytest.fail(f"the tabulator does not lead to {selector}")

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and REFUSED not in message.text:
            self.troubles.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if urlsplit(request.url).netloc != self.own:
            self.troubles.append(f"left the host: {request.url}")


Windows = Callable[..., Window]


def chromium() -> str:
    """The path of a Chromium. Skips the test where there is none, unless this is CI."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        why = "no Chromium: install one, or name it in the environment variable CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return found


@pytest.fixture(scope="module")
def browser_program() -> Generator[Browser]:
    """A running Chromium."""
    path = chromium()
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # root gets none
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        args = [*sandbox, "--disable-dev-shm-usage"]
        program = playwright.chromium.launch(executable_path=path, args=args, timeout=PATIENCE)
        yield program
        program.close()


@pytest.fixture(scope="module")
def shop(browser_program: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Shop]:
    """The shop in one process; not started where nobody could look at it."""
    with serving("monolith", tmp_path_factory.mktemp("shop"), **CHEAP) as shop:
        yield shop


@pytest.fixture
def window(browser_program: Browser, shop: Shop) -> Generator[Windows]:
    """Opens windows; `window(viewport=…, color_scheme=…)`. At the end nothing may have gone wrong in any of them."""
    with ExitStack() as stack:
        opened: list[Window] = []

        def open_window(**options: Any) -> Window:
            options = {"viewport": {"width": 1280, "height": 900}, **options}
            context = browser_program.new_context(base_url=shop.url, **options)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            opened.append(Window(context.new_page(), urlsplit(shop.url).netloc))
            return opened[-1]

        yield open_window
        assert [trouble for one in opened for trouble in one.troubles] == []

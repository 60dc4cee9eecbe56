"""One shop for all tests of a file: it runs as the topology that the file names."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest

pytest.register_assert_rewrite("tests.e2e.stories")

from . import stubs  # noqa: E402  # after the line before
from .mailbox import Mailbox, mail_server  # noqa: E402
from .shop import Shop, serving  # noqa: E402
from .stories.people import ADMIN, ADMIN_PASSWORD, Browsers, Customer, Customers  # noqa: E402

CHEAP = {
    "PANGAEA_MODULES_ACCOUNTS_HASH_MEMORY": "1024",
    "PANGAEA_MODULES_ACCOUNTS_HASH_PASSES": "1",
    "PANGAEA_MODULES_ACCOUNTS_CART_SECONDS": "60",
}
"""Passwords cost little here: what they should cost is tested where they are kept. And nobody's cart is left behind
because the machine is busy elsewhere."""


@pytest.fixture(scope="module")
def mailbox() -> Generator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Generator[Shop]:
    """The shop as `TOPOLOGY` of the file says."""
    variables = {
        **CHEAP,
        "PANGAEA_MODULES_ACCOUNTS_ADMIN_EMAIL": ADMIN,
        "PANGAEA_MODULES_ACCOUNTS_ADMIN_PASSWORD": ADMIN_PASSWORD,
        "PANGAEA_MODULES_EMAIL_SMTP_HOST": "127.0.0.1",
        "PANGAEA_MODULES_EMAIL_SMTP_PORT": str(mailbox.port),
        "PANGAEA_MODULES_EMAIL_SMTP_TLS": "none",
    }
    with serving(request.module.TOPOLOGY, tmp_path_factory.mktemp("shop"), **variables) as shop:
        yield shop


@pytest.fixture
def customer(shop: Shop) -> Generator[Customers]:
    """Makes customers; they hang up when the test is over."""
    with ExitStack() as stack:
        yield lambda: Customer(stack.enter_context(httpx.Client(base_url=shop.url, timeout=60)))


@pytest.fixture
def browser(shop: Shop) -> Generator[Browsers]:
    """Opens browsers."""
    pages = {"accept": "text/html"}
    with ExitStack() as stack:
        yield lambda: stack.enter_context(httpx.Client(base_url=shop.url, timeout=60, headers=pages))


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """Their messages and stubs."""
    folder: Path = tmp_path_factory.mktemp("stubs")
    stubs.generate(folder)
    return stubs.load(folder)


@pytest.fixture(scope="module")
def theirs(shop: Shop, generated: tuple[Any, Any]) -> Generator[stubs.Stubs]:
    """A client of others, connected to the shop."""
    with grpc.insecure_channel(shop.grpc) as channel:
        yield stubs.Stubs(*generated, channel)

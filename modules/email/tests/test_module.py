"""The module in its host: files by default, SMTP when it is told, and silent about its password."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from app.telling.steps import BackgroundFailed
from app.testing import TestHost
from modules.email.contract import Emails
from modules.email.module import module as email
from modules.email.tests.conftest import ORDER, PASSWORD, Postbox, locked, serving


async def _until(there: Path) -> list[Path]:
    while not (found := list(there.glob("*.eml"))):  # noqa: ASYNC240  # of a test's own
        await asyncio.sleep(0.005)
    return found


async def test_without_a_server_messages_are_files_in_the_data_folder(tmp_path: Path) -> None:
    async with TestHost(email, settings={"data.dir": str(tmp_path)}) as host:
        await host.get(Emails).send_order_confirmation("ann@example.com", ORDER)
        (file,) = await _until(tmp_path / "outbox")
    assert message_from_bytes(file.read_bytes(), policy=default)["To"] == "ann@example.com"


async def test_the_folder_can_be_another(tmp_path: Path) -> None:
    async with TestHost(email, settings={"modules.email.outbox": str(tmp_path / "mails")}) as host:
        await host.get(Emails).send_order_confirmation("ann@example.com", ORDER)
        assert len(await _until(tmp_path / "mails")) == 1


async def test_a_message_that_was_accepted_is_delivered_by_the_next_process(tmp_path: Path) -> None:
    box = Postbox()
    settings = {
        "data.dir": str(tmp_path),
        "modules.email.smtp_host": "localhost",
        "modules.email.smtp_port": box.port,
        "modules.email.smtp_tls": "none",
        "modules.email.smtp_user": "shop",
        "modules.email.smtp_password": PASSWORD,
        "modules.email.poll": 0.02,
        "modules.email.backoff": 0.02,
        "modules.email.max_backoff": 0.02,
    }
    async with TestHost(email, settings=settings) as host:
        await host.get(Emails).send_order_confirmation("ann@example.com", ORDER)
        said = repr(host.steps)
    async with serving(box, **locked()), TestHost(email, settings=settings) as host:
        while not box.taken:
            await asyncio.sleep(0.005)
        said += repr(host.steps)
        assert not host.said(BackgroundFailed)
    assert len(box.taken) == 1
    assert PASSWORD not in said


def test_what_is_needed_for_a_message_is_imported_with_the_first() -> None:
    code = "import sys, modules.email.module; print(sorted({'jinja2', 'aiosmtplib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

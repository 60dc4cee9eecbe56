"""How a message leaves: the ways there are, and a folder of files as one of them."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Protocol

from app import DataFolder

from .settings import EmailSettings


class RefusedForGood(Exception):
    """Nobody will ever take this message. Its text is a reason without secrets."""


class NotNow(Exception):
    """It did not work, and may later. Its text is a reason without secrets."""


class Delivery(Protocol):
    """A way for messages to leave."""

    async def send(self, id: str, recipient: str, content: bytes) -> None:
        """Hand a message over. Raises RefusedForGood, NotNow."""
        ...


class Files:
    """Writes messages into a folder, one a file. A second delivery of one overwrites the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, id: str, recipient: str, content: bytes) -> None:
        try:
            await asyncio.to_thread(self._write, id, content)
        except OSError as error:
            raise NotNow(f"{self.folder}: {error.strerror}") from None

    def _write(self, id: str, content: bytes) -> None:
        # Addresses are nobody else's business, and whoever watches the folder never sees half a message.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self.folder / f"{id}.{os.getpid()}.part"
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(content)
        half.replace(self.folder / f"{id}.eml")


def chosen(settings: EmailSettings, data: DataFolder) -> Delivery:
    """The way that the settings name. The library for SMTP is imported only where it is that."""
    if settings.smtp_host:
        from .smtp import Smtp

        return Smtp(settings)
    return Files(Path(settings.outbox) if settings.outbox else data.path / "outbox")

"""Hands messages to an SMTP server (RFC 5321)."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import aiosmtplib as smtp

from .delivery import NotNow, RefusedForGood
from .domain import plain
from .settings import EmailSettings

OURS = {530, 534, 535, 538}
"""Replies about us rather than about the message (RFC 4954, §6): mended in the settings, so the message waits."""


class Smtp:
    """One connection for each message: they are few, and a connection that lies idle is lost unnoticed."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._password = settings.smtp_password.reveal() if settings.smtp_password else None

    async def send(self, id: str, recipient: str, content: bytes) -> None:
        said = self._settings
        where = f"{said.smtp_host}:{said.smtp_port}"
        client: smtp.SMTP | None = None
        try:
            async with asyncio.timeout(said.smtp_timeout):
                client = smtp.SMTP(
                    hostname=said.smtp_host,
                    port=said.smtp_port,
                    timeout=said.smtp_timeout,
                    use_tls=said.smtp_tls == "tls",
                    start_tls=said.smtp_tls == "starttls",
                    cert_bundle=said.smtp_ca or None,
                )
                await self._connect(client)
                await client.sendmail(said.sender, [recipient], content)
        except smtp.SMTPRecipientsRefused as error:
            raise self._judged(error.recipients[0]) from None
        except smtp.SMTPResponseException as error:
            raise self._judged(error) from None
        except TimeoutError:
            raise NotNow(f"{where} did not answer in time") from None
        except (smtp.SMTPException, OSError) as error:
            raise NotNow(f"{where}: {self._reason(str(error))}") from None
        finally:
            if client is not None:
                await self._leave(client)

    async def _connect(self, client: smtp.SMTP) -> None:
        """Raises NotNow for whatever goes wrong here: it is the server's trouble or ours, and not the message's."""
        try:
            await client.connect()
            if self._password is not None:
                await client.login(self._settings.smtp_user, self._password)
        except smtp.SMTPAuthenticationError as error:
            raise NotNow(f"{error.code} the server refuses our user or password") from None  # its words may hold either
        except smtp.SMTPResponseException as error:
            raise NotNow(f"{error.code} {self._reason(error.message)}") from None

    async def _leave(self, client: smtp.SMTP) -> None:
        """The message is handed over or not by now: whatever the server says to good-bye changes nothing."""
        with suppress(smtp.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await client.quit()
        client.close()

    def _judged(self, error: smtp.SMTPResponseException) -> Exception:
        reason = f"{error.code} {self._reason(error.message)}"
        final = 500 <= error.code < 600 and error.code not in OURS
        return RefusedForGood(reason) if final else NotNow(reason)

    def _reason(self, text: str) -> str:
        return plain(text.replace(self._password, "***") if self._password else text)

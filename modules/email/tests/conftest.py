"""The outbox over either database, a courier that goes when it is told, and an SMTP server that does as it is told."""

from __future__ import annotations

import asyncio
import socket
import ssl
import warnings
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from app.config.sections import Database as Section
from app.storing.pools import Pools
from modules.cart.contract import CartItem
from modules.currency.contract import Money
from modules.email.courier import Courier
from modules.email.delivery import Delivery
from modules.email.domain import Clock
from modules.email.features.send_order_confirmation import SendOrderConfirmation
from modules.email.letters import Letters
from modules.email.settings import EmailSettings
from modules.email.storage import Outbox
from modules.orders.contract import OrderItem, OrderResult
from modules.shipping.contract import Address

PASSWORD = "a password for mail"  # noqa: S105  # of a server that lives for a test
ORDER = OrderResult(
    "4b2f9a52-c5a1-11f0-8000-2ac3f1d09b71",
    "QK-20-1041234567",
    Money("EUR", 7, 952233525),
    Address("1600 Amphitheatre Parkway", "Mountain View", "CA", "United States", 501),
    (
        OrderItem(CartItem("OLJCESPC7Z", 2), Money("EUR", 17, 682441398)),
        OrderItem(CartItem("6E92ZMYYFZ", 1), Money("EUR", 8, 990000000)),
    ),
)


class Hands(Clock):
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Log:
    """Keeps what is logged."""

    lines: list[str] = field(default_factory=list)

    def __getattr__(self, level: str) -> Callable[..., None]:
        return lambda event, **fields: self.lines.append(f"{level}: {event} {fields}")


class Handwork:
    """A Background that runs nothing."""

    def run(self, work: Any, **policy: Any) -> None: ...


class Office:
    """All of the module, as one replica has it; `courier.deliver_due()` is what its courier does over and over."""

    def __init__(self, pools: Pools, clock: Hands, delivery: Delivery, settings: EmailSettings) -> None:
        self.clock = clock
        self.log: Any = Log()
        self.outbox = Outbox(pools.database("email"))
        background: Any = Handwork()
        self.courier = Courier(self.outbox, delivery, settings, clock, self.log, background)
        self._slice = SendOrderConfirmation(self.outbox, Letters(settings), self.courier, clock)

    async def confirm(self, email: str = "ann@example.com", order: OrderResult = ORDER) -> None:
        await self._slice.send_order_confirmation(email, order)


@pytest.fixture
async def pools(database_url: str, tmp_path: Path) -> AsyncIterator[Pools]:
    pools = Pools(Section(url=database_url, connect_timeout=60.0), tmp_path)
    pools.database("email")
    await pools.open()
    yield pools
    await pools.close()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def open_office(pools: Pools, clock: Hands) -> Callable[..., Office]:
    """Replicas of the module: they share the database and the time."""
    return lambda delivery, **settings: Office(pools, clock, delivery, EmailSettings(**settings))


class Postbox:
    """An aiosmtpd handler: keeps what it accepts, and answers with what stands in `replies` as long as there is some. Its
    port is its own, whether it is served there or not."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.encrypted: list[bool] = []
        self.replies: list[str] = []
        """To RCPT TO."""
        self.last_words: list[str] = []
        """To the end of DATA."""
        self._kept = _bound(0)
        self.port: int = self._kept.getsockname()[1]
        weakref.finalize(self, self._kept.close)

    async def handle_RCPT(  # noqa: N802  # a name of SMTP
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.replies.pop(0) if self.replies else "250 OK"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.last_words:
            return self.last_words.pop(0)
        assert isinstance(envelope.content, bytes)
        self.taken.append((envelope.mail_from or "", envelope.rcpt_tos, envelope.content))
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=default) for _, _, content in self.taken]  # type: ignore[misc]


@asynccontextmanager
async def serving(box: Postbox, **options: Any) -> AsyncGenerator[Postbox]:
    """An SMTP server on loopback, at the port of the box. Nothing of it is left afterwards."""
    loop = asyncio.get_running_loop()
    taken: list[Any] = []

    class Talk(SMTP):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            taken.append(transport)
            super().connection_made(transport)

    def answer() -> SMTP:
        with warnings.catch_warnings(action="ignore"):  # of aiosmtpd's, that passwords should be encrypted
            return Talk(box, hostname="localhost", loop=loop, **options)

    server = await loop.create_server(answer, sock=_bound(box.port))
    try:
        yield box
    finally:
        server.close()
        for transport in taken:
            transport.abort()
        await asyncio.sleep(0)  # the loop's next turn closes them
        await server.wait_closed()


def _bound(port: int) -> socket.socket:
    """A socket that has a port, or a free one where none is given, beside others that do not listen."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    return sock


def locked(user: str = "shop", **options: Any) -> dict[str, Any]:
    """Options of a server that wants a user and the password."""

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, given: LoginPassword) -> AuthResult:
        known = given == LoginPassword(user.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)  # the server is to say so

    return {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False, **options}


@dataclass
class Paper:
    """A certificate for localhost that only those trust who are shown `file`."""

    file: Path
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("paper")
    (folder / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return Paper(folder / "server.pem", context)

"""TLS among peers: who shows no certificate of the deployment's authority gets nothing, and certificates may be renewed."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app import Unavailable, deadline
from app.calling.lean.server import LeanServer
from app.calling.lean.tls import Tls, TlsFiles
from app.calling.policy import Policy
from app.telling.steps import Teller

from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer
from .peer import peer

ONCE = Policy(attempts=1)
NOW = datetime.datetime.now(datetime.UTC)


class Authority:
    """Signs certificates into a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, folder.name)])
        self._own = self._sign(self._name, self._key, True)
        (folder / "authority.pem").write_bytes(self._own.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, *addresses: str) -> TlsFiles:
        """A certificate and its key, in files; those of the same name are replaced. It names these addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key, False, addresses)
        own, private = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        own.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        private.write_bytes(key.private_bytes(*form))
        return TlsFiles(own, private, self.folder / "authority.pem")

    def _sign(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, authority: bool, addresses: Sequence[str] = ()
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder(self._name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(NOW - datetime.timedelta(1)).not_valid_after(NOW + datetime.timedelta(1))
        builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
        if addresses:
            ips = [x509.IPAddress(ip_address(address)) for address in addresses]
            builder = builder.add_extension(x509.SubjectAlternativeName(ips), critical=False)
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return builder.add_extension(own, False).add_extension(issuer, False).sign(self._key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ours")


async def test_peers_of_one_authority_talk_long_messages_and_streams_too(authority: Authority) -> None:
    class Long(ShelfAnswer):
        async def find(self, title: str, *, pages: int = 1) -> Book:
            return Book(title=title * pages)

    here, there = Tls(authority.issue("here")), Tls(authority.issue("there"))
    async with leanly_serving(bound(Long()), key=KEY, tls=here) as server, lean_lines(key=KEY, tls=there) as lines:
        caller: Shelf = lean([server.address], lines).caller  # type: ignore[assignment]
        assert (await caller.find("ab", pages=500_000)).title == "ab" * 500_000
        assert len([book async for book in caller.all(500)]) == 500


async def test_who_shows_no_certificate_or_another_authoritys_gets_nothing(
    authority: Authority, tmp_path: Path
) -> None:
    others = Tls(Authority(tmp_path / "theirs").issue("stranger"))
    async with leanly_serving(bound(ShelfAnswer()), key=KEY, tls=Tls(authority.issue("here"))) as server:
        for tls in (None, others):
            async with lean_lines(key=KEY, tls=tls) as lines:
                caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
                with pytest.raises(Unavailable), deadline(10):
                    await caller.see()
        async with peer(server.address) as client:
            client.hello(1, {"nonce": b"n" * 32})
            assert client.codes == {}
            assert b"nonce" not in await client.over()


async def test_a_server_of_another_authority_is_not_talked_to(authority: Authority, tmp_path: Path) -> None:
    theirs = Tls(Authority(tmp_path / "theirs").issue("stranger"))
    async with (
        leanly_serving(bound(ShelfAnswer()), key=KEY, tls=theirs) as server,
        lean_lines(key=KEY, tls=Tls(authority.issue("here"))) as lines,
    ):
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises(Unavailable), deadline(10):
            await caller.see()


async def test_renewed_certificates_are_shown_to_the_next_connection(authority: Authority) -> None:
    files = authority.issue("here")
    tls = Tls(files)
    server = LeanServer([bound(ShelfAnswer())], address="127.0.0.1:0", tell=Teller(), key=KEY, tls=tls)
    await server.start()
    server.ready(True)

    async def shown() -> bytes:
        """The certificate that a new connection sees."""
        async with lean_lines(key=KEY, tls=Tls(authority.issue("there"))) as lines:
            caller: Shelf = lean([server.address], lines).caller  # type: ignore[assignment]
            await caller.see()
            (line,) = lines._lines.values()
            assert line.link is not None
            return line.link._transport.get_extra_info("ssl_object").getpeercert(binary_form=True)

    before = await shown()
    assert await shown() == before
    authority.issue("here")
    os.utime(files.certificate, (0, 0))
    tls.renew()
    assert await shown() != before
    files.private_key.write_text("half written")
    tls.renew()
    assert await shown() != before
    await server.stop(0)

"""Certificates of an authority that lasts as long as a benchmark."""

from __future__ import annotations

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.calling.lean.tls import TlsFiles

PEM = serialization.Encoding.PEM
NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def files(folder: Path) -> TlsFiles:
    """Where a peer's certificate, its key and the authority's certificate are, or will be."""
    return TlsFiles(folder / "peer.pem", folder / "peer.key", folder / "authority.pem")


def issue(folder: Path) -> None:
    """Make an authority, and one certificate that it signs for both ends."""
    paths, authority, peer = (
        files(folder),
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    form = (PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths.private_key.write_bytes(peer.private_bytes(*form))
    paths.authority.write_bytes(_signed("authority", authority, authority).public_bytes(PEM))
    paths.certificate.write_bytes(_signed("peer", peer, authority).public_bytes(PEM))


def _signed(name: str, key: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    public, issuer = key.public_key(), authority.public_key()
    made = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named("authority"))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.BasicConstraints(ca=key is authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
    )
    return made.sign(authority, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

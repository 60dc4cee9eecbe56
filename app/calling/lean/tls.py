"""TLS between processes: each shows a certificate that the deployment's own authority has signed, and asks for one."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where this process's certificate, its private key and the authority's certificate are, in PEM."""

    certificate: Path
    private_key: Path
    authority: Path


class Tls:
    """The contexts of both directions. Files that changed are read again before the next connection, so that
    certificates may be renewed while the process runs; connections that stand are left alone.

    Who is believed is who has a certificate of this authority: names are not compared, since processes are found by
    address, and an authority that signs for others too is none for a deployment. Raises OSError, ssl.SSLError where the
    files cannot be used.
    """

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self._read: tuple[float, ...] = ()
        self._client = self._server = self._made(ssl.PROTOCOL_TLS_CLIENT)
        self._renew()

    def client(self) -> ssl.SSLContext:
        """For the next connection to a peer."""
        self._renew()
        return self._client

    def server(self) -> ssl.SSLContext:
        """For a listener; renewed in place as long as `renew` is called."""
        return self._server

    def pem(self) -> tuple[bytes, bytes, bytes]:
        """The authority's certificate, the private key and the certificate, as gRPC takes them."""
        authority, key, certificate = (self._paths[n].read_bytes() for n in (2, 1, 0))
        return authority, key, certificate

    def renew(self) -> None:
        """Take over files that have changed; what cannot be read (yet) leaves all as it is."""
        self._renew()

    def _renew(self) -> None:
        try:
            stamps = tuple(os.stat(path).st_mtime for path in self._paths)
            if stamps == self._read:
                return
            client, server = self._made(ssl.PROTOCOL_TLS_CLIENT), self._made(ssl.PROTOCOL_TLS_SERVER)
            if self._read:  # a listener holds its context: what new connections show is changed in it
                self._server.load_cert_chain(self._files.certificate, self._files.private_key)
                self._server.load_verify_locations(self._files.authority)
            else:
                self._server = server
            self._client, self._read = client, stamps
        except (OSError, ssl.SSLError):
            if not self._read:
                raise

    @property
    def _paths(self) -> tuple[Path, ...]:
        return (self._files.certificate, self._files.private_key, self._files.authority)

    def _made(self, protocol: int) -> ssl.SSLContext:
        for path in self._paths:
            path.stat()  # says which file is not there
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(self._files.certificate, self._files.private_key)
        context.load_verify_locations(self._files.authority)
        return context

"""Addresses: read and checked; the deterministic ones of a machine; what to listen on for an address that peers use."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

LONGEST_SOCKET = 98
"""Bytes, without the five of `.lean` or `.grpc`. The kernel's limit is 107 with the end mark; some systems have 103."""
BESIDE = 5000
"""From the port of a process to the one for its contracts that take another transport."""

_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_OCTETS = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})")
_SIX = re.compile(r"[0-9A-Fa-f:.%]+")
_SCHEME = re.compile(r"(?P<scheme>unix|dns|ipv4|ipv6):(?P<rest>.*)", re.DOTALL)


class BadAddressText(ValueError):
    """The text is no address; the message says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address, read. `path` for a unix socket; `host` and `port` otherwise."""

    scheme: str
    """unix, dns, ipv4, ipv6, or empty for a plain host:port."""
    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        if self.scheme == "unix":
            return f"unix:{self.path}"
        slashes = "///" if self.scheme == "dns" else ""
        lead = f"{self.scheme}:{slashes}" if self.scheme else ""
        return f"{lead}{joined(self.host, self.port)}"

    def beside(self, transport: str) -> Address:
        """Where the same process is found by who speaks another transport than its own."""
        if self.scheme == "unix":
            return replace(self, path=f"{self.path}.{transport}")
        return replace(self, port=self.port + BESIDE if self.port + BESIDE <= 65535 else self.port - BESIDE)

    @property
    def listening(self) -> str:
        """What a process listens on so that peers find it there: a name that is not this machine's own means all of
        its interfaces."""
        if self.scheme == "unix":
            return str(self)
        if self.scheme in ("ipv4", "ipv6") or self.host == "localhost" or _OCTETS.fullmatch(self.host):
            return joined(self.host, self.port)
        return joined(self.host if ":" in self.host else "0.0.0.0", self.port)


def read_address(text: str) -> Address:
    """Read one address. Raises BadAddressText."""
    text = text.strip()
    if not text:
        raise BadAddressText("is empty")
    if re.match(r"https?://", text):
        raise BadAddressText("is a URL")
    found = _SCHEME.fullmatch(text)
    scheme, rest = (found["scheme"], found["rest"]) if found else ("", text)
    if scheme == "unix":
        path = rest.removeprefix("//") if rest.startswith("///") else rest
        if not path:
            raise BadAddressText("names no socket")
        if len(os.fsencode(path)) > LONGEST_SOCKET:
            raise BadAddressText(f"has a path longer than {LONGEST_SOCKET} bytes")
        return Address("unix", path=path)
    if scheme == "dns":
        rest = rest.removeprefix("///")
        if "/" in rest:
            raise BadAddressText("names a DNS server, which is not supported")
    elif "://" in rest:
        raise BadAddressText(f"has an unknown scheme {rest.partition(':')[0]!r}")
    host, colon, port = rest.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        raise BadAddressText("has no port")
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise BadAddressText(f"has no port from 1 to 65535 but {port!r}")
    _check_host(scheme, host)
    return Address(scheme, host.strip("[]"), int(port))


def _check_host(scheme: str, host: str) -> None:
    octets = _OCTETS.fullmatch(host)
    if octets and any(int(part) > 255 for part in octets.groups()):
        raise BadAddressText(f"has no IPv4 address but {host!r}")
    if scheme == "ipv4" and not octets:
        raise BadAddressText(f"has no IPv4 address but {host!r}")
    if host.startswith("[") and host.endswith("]") and _SIX.fullmatch(host[1:-1]) and ":" in host:
        if scheme in ("", "ipv6", "dns"):
            return
    elif scheme != "ipv6" and _HOST.fullmatch(host):
        return
    raise BadAddressText(f"has no host but {host!r}")


def read_addresses(text: str) -> tuple[Address, ...]:
    """Several addresses, separated by commas; in `ipv4:1.2.3.4:1,1.2.3.5:1` the scheme holds for all.
    Raises BadAddressText."""
    addresses: list[Address] = []
    for part in text.split(","):
        address = read_address(part)
        if addresses and not address.scheme and addresses[-1].scheme in ("ipv4", "ipv6"):
            address = read_address(f"{addresses[-1].scheme}:{part.strip()}")
        addresses.append(address)
    return tuple(addresses)


def joined(host: str, port: int) -> str:
    """`host:port`, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def socket_of(data_dir: Path, topology: str, process: str, replica: int) -> Address:
    """The unix socket of a process on this machine. Whoever binds it makes its folder, closed to others."""
    name = f"{process}-{replica}.sock"
    path = data_dir / "run" / topology / name
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return Address("unix", path=str(path))
    # Too deep for a socket: a short folder of this user's own, the same for every process of this data folder.
    short = hashlib.sha256(f"{data_dir}\0{topology}".encode()).hexdigest()[:16]
    user = os.getuid() if hasattr(os, "getuid") else 0
    terse = f"{hashlib.sha256(process.encode()).hexdigest()[:12]}-{replica}.sock"
    paths = [
        Path(folder) / f"pangaea-{user}-{short}" / last
        for folder in (tempfile.gettempdir(), "/tmp")
        for last in (name, terse)
    ]
    return Address("unix", path=str(next((p for p in paths if len(os.fsencode(p)) <= LONGEST_SOCKET), paths[-1])))


def variable_of(process: str) -> str:
    """The environment variable that overrides where a process is found."""
    return f"PANGAEA_ADDRESS_{re.sub(r'[^A-Za-z0-9]', '_', process).upper()}"

"""Refusals of a process that is about to run: what it needs of the machine is not to be had."""

from __future__ import annotations

from . import Refusal


class PortTaken(Refusal, frozen=True, kw_only=True):
    """Somebody else listens there already."""

    kind = "port-taken"
    edge: str
    """`grpc`, `peers`, `http` or `management`."""
    address: str
    setting: str = ""
    """What moves it, such as `PANGAEA_GRPC_PORT`."""

    def says(self) -> str:
        return f"the {self.edge} address {self.address} is taken: another program listens there"

    def fix(self) -> str:
        move = f", or move this one with {self.setting}" if self.setting else ", or choose another address"
        return f"stop that program{move}"


class CannotListen(Refusal, frozen=True, kw_only=True):
    """The machine does not let us listen there."""

    kind = "cannot-listen"
    edge: str
    address: str
    why: str
    setting: str = ""

    def says(self) -> str:
        return f"the {self.edge} address {self.address} cannot be listened at: {self.why}"

    def fix(self) -> str:
        return f"choose an address of this machine{f' with {self.setting}' if self.setting else ''}"


class FolderUnusable(Refusal, frozen=True, kw_only=True):
    """What the processes of a deployment share cannot be kept where it should be."""

    kind = "folder-unusable"
    folder: str
    why: str

    def says(self) -> str:
        return f"the folder {self.folder} cannot be used: {self.why}"

    def fix(self) -> str:
        return "make it writable for this user, or name another one with data.dir (PANGAEA_DATA_DIR)"


class BadPeersTls(Refusal, frozen=True, kw_only=True):
    """TLS between processes is configured by halves, or with files that cannot be used: going on without would tell
    everybody what was to be kept."""

    kind = "bad-peers-tls"
    why: str

    def says(self) -> str:
        return f"TLS between processes cannot be set up: {self.why}"

    def fix(self) -> str:
        return "give peers.certificate, peers.private_key and peers.authority, PEM files all three, or none of them"

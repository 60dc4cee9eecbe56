"""The principal on its way to another process: signed with the deployment's key, for one contract, for a short time."""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import TypeVar

import msgspec

from ..ambient import Principal
from ..module.failure import InvalidArgument

K = TypeVar("K")
V = TypeVar("V")

HEADER = "pangaea-principal"
STEP = 30
"""Seconds that one signature is used again before a fresh one is made."""
LIFE = 90
"""Seconds that a signature holds, at most; clocks of one deployment may differ by half of that."""
MOST_KEPT = 4096


class Seal:
    """Signs and checks principals: HMAC-SHA256 over subject, roles, expiry and audience (the contract's service)."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock
        self._signed: dict[tuple[Principal, str], tuple[int, str]] = {}
        self._checked: dict[str, tuple[int, Principal, str]] = {}

    def sign(self, principal: Principal, audience: str) -> str:
        """The header's value. Only a process with the same key, answering this audience, will believe it.

        Raises InvalidArgument where the subject or a role is no text.
        """
        step = int(self._clock()) // STEP
        known = self._signed.get((principal, audience))
        if known is not None and known[0] == step:
            return known[1]
        try:
            said = msgspec.json.encode([principal.subject, sorted(principal.roles), step * STEP + LIFE, audience])
        except UnicodeEncodeError:
            said = b""
        if not said:
            raise InvalidArgument("who is calling is named by half a surrogate pair, which is no text")
        text = f"{_text(said)}.{_text(self._mac(said))}"
        _keep(self._signed, (principal, audience), (step, text))
        return text

    def check(self, text: str, audience: str) -> Principal | None:
        """The principal that was signed; None for anything forged, outdated or meant for somebody else."""
        now = self._clock()
        known = self._checked.get(text)
        if known is None:
            read = self._read(text)
            if read is None:
                return None
            known = read
            _keep(self._checked, text, known)
        return known[1] if now < known[0] and known[2] == audience else None

    def _read(self, text: str) -> tuple[int, Principal, str] | None:
        said_text, _, mac_text = text.partition(".")
        try:
            said, mac = _bytes(said_text), _bytes(mac_text)
            if not hmac.compare_digest(self._mac(said), mac) or text != f"{_text(said)}.{_text(mac)}":
                return None  # forged; or written otherwise than we write it, as base64 may be in its last letter
            subject, roles, expires, meant_for = msgspec.json.decode(said, type=tuple[str, frozenset[str], int, str])
        except (ValueError, msgspec.DecodeError):
            return None
        return expires, Principal(subject, roles), meant_for

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self._key, b"pangaea principal 1\0" + said, "sha256")


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

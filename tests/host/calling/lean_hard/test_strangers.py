"""Who does not belong here: without the key, with another, with what it overheard, or without a certificate. It is told
no name of ours and gets no answer; each side says why, and not without end."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app import Unauthenticated, Unavailable, deadline
from app.calling.lean.frames import GOAWAY, HELLO, REQUEST
from app.calling.lean.greeting import proof
from app.calling.lean.session import Session
from app.calling.lean.tls import Tls, TlsFiles
from app.calling.policy import Policy
from app.telling.steps import NeighbourLost, PeerRefused, Step, Teller

from ..lean.peer import Peer, peer, until
from ..lean.test_tls import Authority
from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Shelf, ShelfAnswer
from .attacks import FOUND, attacks
from .raiders import Raider
from .watch import complaints, emptied

ONCE = Policy(attempts=1)
NAMES = (b"Shelf", b"Find", b"Index", b"services", b"the node")


async def test_nobody_without_the_key_hears_a_name_whatever_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """What thousands of strangers were told, all of it."""
    monkeypatch.setattr("app.calling.lean.session.nonce", lambda: bytes(32))  # a random one may spell anything
    loop = asyncio.get_running_loop()
    async with leanly_serving(bound(ShelfAnswer()), key=KEY, node="the node") as server:
        host, _, port = server.address.rpartition(":")
        heard = bytearray()
        for key in (None, b"another"):
            for greets, says, ends in attacks(11, 300):
                _, raider = await loop.create_connection(
                    lambda k=key, g=greets, s=says, e=ends: Raider(loop, k, g, s, e), host, int(port)
                )
                await raider.over
                heard += raider.heard
        assert heard
        assert not [name for name in NAMES if name in heard]
        await emptied(server, sessions=0)


async def test_a_greeting_that_was_overheard_is_of_no_use() -> None:
    async with leanly_serving(bound(ShelfAnswer()), key=KEY) as server:
        mine = b"c" * 32
        async with peer(server.address) as good:
            good.hello(1, {"nonce": mine})
            shown = proof(KEY, "client", mine, (await good.frame()).said["nonce"])
            good.hello(3, {"proof": shown})
            assert (await good.frame()).said["services"]
        async with peer(server.address) as bad:
            bad.hello(1, {"nonce": mine})
            assert (await bad.frame()).kind == HELLO
            bad.hello(3, {"proof": shown})
            bad.send(REQUEST, call=1, body=FOUND)
            assert (await bad.goes_away())[0] == Unauthenticated.code


async def test_what_one_side_has_shown_does_not_pass_for_the_other() -> None:
    """A stranger sends each challenge back, or asks another server, or ourselves, to answer it."""
    async with leanly_serving(bound(ShelfAnswer()), key=KEY) as server, peer(server.address) as bad:
        bad.hello(1, {"nonce": b"c" * 32})
        theirs = (await bad.frame()).said["nonce"]
        async with peer(server.address) as other:  # its own challenge as ours
            other.hello(1, {"nonce": theirs})
            again = (await other.frame()).said["nonce"]
            assert again != theirs
            other.hello(3, {"proof": proof(KEY, "server", theirs, again)})
            assert (await other.goes_away())[0] == Unauthenticated.code
        bad.hello(3, {"proof": proof(KEY, "server", b"c" * 32, theirs)})
        assert (await bad.goes_away())[0] == Unauthenticated.code


@pytest.mark.parametrize("version", [0, 2, 65_535])
async def test_no_other_version_is_talked_down_to(version: int) -> None:
    async with leanly_serving(bound(ShelfAnswer()), key=KEY) as server, peer(server.address) as bad:
        bad.hello(1, {"nonce": b"c" * 32}, version=version)
        assert "version" in (await bad.goes_away())[1]
    async with leanly_serving(bound(ShelfAnswer()), key=KEY) as server, peer(server.address) as bad:
        bad.hello(1, {"nonce": b"c" * 32})
        theirs = (await bad.frame()).said["nonce"]
        bad.hello(3, {"proof": proof(KEY, "client", b"c" * 32, theirs)}, version=version)  # nor half way
        assert "version" in (await bad.goes_away())[1]


@asynccontextmanager
async def impostor(shows: Any, version: int = 1) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that has no key; what it hears after its own proof. `shows` makes that of both challenges."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        end = Peer(reader, writer)
        try:
            client = (await end.frame()).said["nonce"]
            end.hello(2, {"nonce": b"s" * 32}, version=version)
            said = (await end.frame()).said
            end.hello(4, {"proof": shows(client, said["proof"]), "services": [["x.Shelf", [["See", 1]]]]})
            heard.append(await reader.read())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


@pytest.mark.parametrize(
    "shows",
    [
        lambda client, theirs: theirs,
        lambda client, theirs: b"",
        lambda client, theirs: proof(b"another", "server", client, b"s" * 32),
        lambda client, theirs: proof(b"", "server", client, b"s" * 32),
    ],
    ids=["our own proof", "nothing", "another key", "an empty key"],
)
async def test_an_impostor_gets_no_request_and_is_told_of_once(shows: Any) -> None:
    steps: list[Step] = []
    async with impostor(shows) as (address, heard), lean_lines(key=KEY, tell=Teller(steps.append)) as lines:
        caller: Shelf = lean([address], lines, policy=ONCE).caller  # type: ignore[assignment]
        for _ in range(5):
            with pytest.raises(Unauthenticated), deadline(10):
                await caller.see()
        await until(lambda: len(heard) >= 2)  # it is tried again and again
        assert set(heard) == {b""}
        assert [type(step) for step in steps] == [NeighbourLost]


async def test_an_impostor_of_another_version_is_refused_before_it_sees_a_proof() -> None:
    async with impostor(lambda *_: b"", version=0) as (address, heard), lean_lines(key=KEY) as lines:
        caller: Shelf = lean([address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises(Unavailable), deadline(10):
            await caller.see()
        assert heard == []


async def test_a_flood_of_strangers_is_a_step_a_second_and_says_how_many() -> None:
    steps: list[Step] = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with leanly_serving(bound(ShelfAnswer()), key=KEY, tell=Teller(steps.append)) as server:
        for _ in range(300):
            async with peer(server.address) as bad:
                bad.send(GOAWAY, body=b"x" * 100)
                await bad.over()
        told = [step.times for step in steps if isinstance(step, PeerRefused)]
        assert len(told) == len(steps) <= loop.time() - began + 1
        assert sum(told) <= 300


class Expired(Authority):
    """Its certificates were good until yesterday."""

    def _sign(self, *given: Any) -> Any:
        import tests.host.calling.lean.test_tls as made

        now, made.NOW = made.NOW, made.NOW - datetime.timedelta(2)
        try:
            return super()._sign(*given)
        finally:
            made.NOW = now


async def _met(
    server_tls: Tls, client_tls: Tls | None, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Step], list[Step]]:
    """A call between the two, which must not come about; what each side says of it."""
    monkeypatch.setattr("app.calling.lean.session.WITHIN", 0.3)
    here, there = list[Step](), list[Step]()
    with complaints() as heard:
        async with (
            leanly_serving(bound(ShelfAnswer()), key=KEY, tls=server_tls, tell=Teller(here.append)) as server,
            lean_lines(key=KEY, tls=client_tls, tell=Teller(there.append)) as lines,
        ):
            caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
            for _ in range(3):
                with pytest.raises(Unavailable), deadline(10):
                    await caller.see()
            await until(lambda: here)
            assert not [session for session in server.sessions if session.open]
    assert heard == []
    assert {type(step) for step in here} == {PeerRefused}
    assert [type(step) for step in there] == [NeighbourLost]
    return here, there


async def test_certificates_that_do_not_hold_are_refused_with_a_word_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Authority(tmp_path / "ours")
    mine = Tls(ours.issue("here"))
    others = Tls(Authority(tmp_path / "theirs").issue("stranger"))
    late = Expired(tmp_path / "late").issue("late")
    expired = Tls(TlsFiles(late.certificate, late.private_key, ours.folder / "authority.pem"))
    for server, client in ((mine, others), (others, mine), (mine, expired), (mine, None)):
        here, there = await _met(server, client, monkeypatch)
        assert here[0].why  # type: ignore[attr-defined]
        if client is not None:
            assert str(there[0].why).startswith("TLS: ")  # type: ignore[attr-defined]


async def test_who_shows_no_certificate_hears_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.calling.lean.session.WITHIN", 0.3)
    steps: list[Step] = []
    tls = Tls(Authority(tmp_path / "ours").issue("here"))
    async with leanly_serving(bound(ShelfAnswer()), key=KEY, tls=tls, tell=Teller(steps.append)) as server:
        bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
        host, _, port = server.address.rpartition(":")
        heard = b""
        try:
            reader, writer = await asyncio.open_connection(host, int(port), ssl=bare)
            end = Peer(reader, writer)
            end.hello(1, {"nonce": b"c" * 32})
            heard = await reader.read()
            writer.close()
        except (ssl.SSLError, ConnectionError):
            pass
        assert heard == b""
        await until(lambda: steps)
        assert not [session for session in server.sessions if isinstance(session, Session) and session.open]

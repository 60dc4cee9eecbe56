"""TLS among peers that speak gRPC: as over the lean wire, and certificates name their hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import Unavailable
from app.calling.lean.tls import Tls
from app.calling.policy import Policy

from .lean.test_tls import Authority
from .placing import KEY, bound, channels, remote, serving
from .shelf import ShelfAnswer

ONCE = Policy(attempts=1)
HOST = "127.0.0.1"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ours")


async def test_peers_of_one_authority_talk(authority: Authority) -> None:
    here, there = Tls(authority.issue("here", HOST)), Tls(authority.issue("there"))
    async with serving(bound(ShelfAnswer()), key=KEY, tls=here) as address, channels(key=KEY, tls=there) as lines:
        caller: Any = remote([address], lines).caller
        assert (await caller.find("a")).title == "a"
        assert len([book async for book in caller.all(3)]) == 3


@pytest.mark.parametrize("shown", ["nothing", "another authority's"])
async def test_who_shows_no_certificate_of_the_authority_gets_nothing(
    authority: Authority, tmp_path: Path, shown: str
) -> None:
    here = Tls(authority.issue("here", HOST))
    tls = None if shown == "nothing" else Tls(Authority(tmp_path / "theirs").issue("there"))

    async with serving(bound(ShelfAnswer()), key=KEY, tls=here) as address, channels(key=KEY, tls=tls) as lines:
        caller: Any = remote([address], lines, policy=ONCE).caller
        with pytest.raises(Unavailable):
            await caller.find("a")


async def test_a_server_whose_certificate_names_another_host_is_not_talked_to(authority: Authority) -> None:
    here, there = Tls(authority.issue("here", "192.0.2.1")), Tls(authority.issue("there"))
    async with serving(bound(ShelfAnswer()), key=KEY, tls=here) as address, channels(key=KEY, tls=there) as lines:
        caller: Any = remote([address], lines, policy=ONCE).caller
        with pytest.raises(Unavailable):
            await caller.find("a")

"""Where the key for tokens comes from, and who may do without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from app import Module, Principal, Refused, Tokens
from app.host import Host
from app.host.key import identity_key
from app.placing.discovery import Found
from app.placing.plan import plan
from app.telling.refusals.identity import NoIdentityKey
from app.testing import TestHost
from tests.projects import configured, topologies_of

ANN = Principal("ann", frozenset({"admin"}))
KEY = "a key of at least thirty-two bytes"


class Door:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens


def keep(door: Door) -> None: ...


door = Module(name="door", provide=[Door], invoke=[keep])


def host_of(module: Module, environment: str, root: Path, **options: Any) -> Host:
    """A monolith with one HTTP edge, in an environment."""
    options = {"http.port": 0, "grpc.enabled": False, **options}
    found, config = Found.of([module]), configured(environment=environment, options=options, root=root)
    topologies = topologies_of('[topologies.monolith.processes.app]\nmodules = ["*"]\n', root)
    return Host(plan(topologies, "monolith", None, found, config, {}), found, config)


async def status(host: Host, token: str) -> int:
    """How the edge answers a token where nothing is served."""
    async with httpx.AsyncClient(base_url=f"http://{host.addresses['http']}") as client:
        return (await client.get("/nowhere", headers={"authorization": f"Bearer {token}"})).status_code


@pytest.mark.parametrize("environment", ["development", "testing"])
async def test_where_nobody_needs_secrets_a_key_is_kept_for_all_processes(environment: str, tmp_path: Path) -> None:
    first, second = (host_of(door, environment, tmp_path) for _ in range(2))
    async with first, second:
        token = first.get(Tokens, "door").issue(ANN, 60)
        assert second.get(Tokens).check(token) == ANN
        assert await status(second, token) == 404
    assert (tmp_path / "data" / "identity.key").stat().st_mode & 0o777 == 0o600
    assert len(identity_key(first.config) or b"") >= 32


async def test_the_edges_share_what_modules_have_checked(tmp_path: Path) -> None:
    async with host_of(door, "testing", tmp_path) as host:
        assert host.get(Door, "door").tokens is host.get(Tokens)


async def test_a_configured_key_is_the_one(tmp_path: Path) -> None:
    said = {"identity.key": KEY, "identity.issuer": "us", "identity.audience": "them"}
    async with host_of(door, "production", tmp_path, **said) as host:
        token = host.get(Tokens, "door").issue(ANN, 60)
        assert Tokens(KEY.encode(), "us", "them").check(token) == ANN
        assert await status(host, token) == 404
        assert await status(host, Tokens(KEY.encode()).issue(ANN, 60)) == 401
    assert not (tmp_path / "data" / "identity.key").exists()


async def test_in_production_a_process_without_a_key_believes_nobody(tmp_path: Path) -> None:
    async with host_of(Module(name="hall"), "production", tmp_path) as host:
        assert await status(host, Tokens(KEY.encode()).issue(ANN, 60)) == 401
    assert not (tmp_path / "data" / "identity.key").exists()


def test_in_production_modules_that_ask_for_tokens_need_a_key(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        host_of(door, "production", tmp_path).wire()
    (refusal,) = caught.value.refusals
    assert isinstance(refusal, NoIdentityKey)
    assert refusal.modules == ("door",)
    host_of(door, "development", tmp_path).wire()
    assert not (tmp_path / "data").exists()  # a check leaves nothing behind


async def test_a_test_may_put_tokens_of_its_own_there() -> None:
    own = Tokens(b"x" * 32)
    async with TestHost(door).replace(Tokens, own) as host:
        assert host.get(Door, "door").tokens is own

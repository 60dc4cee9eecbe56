"""Who calls over gRPC: tokens at the public edge, sealed principals among the processes of a deployment."""

from __future__ import annotations

from typing import Any

import grpc
import grpc.aio
import pytest

from app import Metadata, Principal
from app.calling.metadata import bad_metadata
from app.calling.principal import HEADER, Seal
from app.identity.bearer import Bearer
from app.identity.tokens import Tokens
from app.module.spec import spec_of
from app.storing.freshness import FRESH

from .placing import KEY, bound, serving
from .shelf import Shelf, ShelfAnswer

TOKENS = Tokens(b"a key of at least thirty-two bytes")
OWNER = ("authorization", f"Bearer {TOKENS.issue(Principal('ann', frozenset({'owner'})), 86_400)}")
SERVICE = spec_of(Shelf).service


def sealed() -> tuple[str, str]:
    """Signed when it is wanted: it holds for a minute and a half, and a run of all tests takes longer."""
    return HEADER, Seal(KEY).sign(Principal("bob", frozenset({"owner"})), SERVICE)


async def called(address: str, *metadata: Any, method: str = "Guarded") -> bytes | tuple[grpc.StatusCode, str]:
    """What comes of a call: its answer, or its status."""
    async with grpc.aio.insecure_channel(address) as channel:
        try:
            return await channel.unary_unary(f"/{SERVICE}/{method}")(b"", metadata=metadata, timeout=30)
        except grpc.aio.AioRpcError as failed:
            return failed.code(), failed.details() or ""


def public(**options: Any) -> Any:
    return serving(bound(ShelfAnswer()), key=KEY, foreign_face=True, authenticate=Bearer(TOKENS), **options)


async def test_a_token_says_who_calls_at_the_public_edge() -> None:
    async with public() as address:
        assert b"ann" in await called(address, OWNER)  # type: ignore[operator]
        assert await called(address) == (
            grpc.StatusCode.UNAUTHENTICATED,
            "nobody vouches for who is calling Shelf.guarded",
        )
        keeper = ("authorization", f"bearer {TOKENS.issue(Principal('cid', frozenset({'reader'})), 600)}")
        assert (await called(address, keeper))[0] is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ([("authorization", "Bearer x.y.z")], "the token is not valid"),
        ([("authorization", "Basic YW5uOng=")], "not understood here; Bearer <token> is"),
        ([("authorization", "")], "not understood here"),
        ([OWNER, OWNER], "the token is not valid"),
        ([("authorization", "Bearer " + "x" * 9000)], "longer than 8192 bytes"),
    ],
)
@pytest.mark.parametrize("method", ["See", "All"])
async def test_credentials_that_are_not_believed_are_unauthenticated_whatever_the_method(
    metadata: list[Any], said: str, method: str
) -> None:
    async with public() as address:
        code, text = await called(address, *metadata, method=method)
    assert code is grpc.StatusCode.UNAUTHENTICATED
    assert said in str(text)


async def test_a_sealed_principal_from_outside_is_dropped() -> None:
    async with public() as address:
        assert (await called(address, sealed()))[0] is grpc.StatusCode.UNAUTHENTICATED
        assert b"ann" in await called(address, sealed(), OWNER)  # type: ignore[operator]


async def test_among_peers_the_sealed_principal_counts_and_tokens_are_left_lying() -> None:
    async with serving(bound(ShelfAnswer()), key=KEY, authenticate=Bearer(TOKENS)) as address:
        assert b"bob" in await called(address, sealed(), OWNER)  # type: ignore[operator]
        assert (await called(address, OWNER))[0] is grpc.StatusCode.UNAUTHENTICATED
        assert b"bob" in await called(address, sealed(), ("authorization", "Bearer x"))  # type: ignore[operator]


async def test_an_edge_without_a_key_believes_no_token() -> None:
    async with serving(bound(ShelfAnswer()), foreign_face=True, authenticate=Bearer(None)) as address:
        code, text = await called(address, OWNER, method="See")
    assert (code, "no key" in str(text)) == (grpc.StatusCode.UNAUTHENTICATED, True)


def test_no_declared_metadata_may_be_called_as_the_credentials_are() -> None:
    declared = Metadata("authorization", str)
    assert [refusal.kind for refusal in bad_metadata()] == ["bad-metadata"]
    assert declared.get() is None


async def test_nobody_outside_sets_what_only_the_host_may_say() -> None:
    async with public() as address:
        for value in (b"true", b"{"):
            assert isinstance(await called(address, ("fresh-reads-bin", value), OWNER), bytes)
    async with serving(bound(ShelfAnswer())) as address:
        assert FRESH.internal
        code, text = await called(address, ("fresh-reads-bin", b"{"), method="See")
        assert (code, text) == (grpc.StatusCode.INVALID_ARGUMENT, "the metadata fresh-reads cannot be read as bool")

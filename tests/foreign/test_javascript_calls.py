"""A client in JavaScript, written from docs/wire.md, calls what answers in Python: greeting, values, failures, time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.calling.lean.server import LeanServer
from app.telling.steps import PeerRefused, Step

from ..host.calling.placing import KEY
from ..parity.echo import EchoAnswer
from .node import Failed, Node, at, python_answers, told

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NOTHING = {"flag": False, "number": 0, "small": 0, "big": 0, "ratio": 0, "text": "", "raw": {"$bytes": ""},
           "colour": 0, "at": {"$at": ["0", 0]}, "day": "1970-01-01", "wait": "P0D",
           "ident": "00000000-0000-0000-0000-000000000000", "price": "0", "point": None, "points": [], "names": [],
           "by_name": {}, "maybe": None, "shape": None, "bounded": 5}  # fmt: skip
EVERYTHING = {
    "flag": True, "number": {"$int": "-9223372036854775808"}, "small": -70_000, "big": {"$int": "18446744073709551615"},
    "ratio": 0.1, "text": "naïve 𝄞\0", "raw": {"$bytes": "AP9/"}, "colour": 2,
    "at": {"$at": ["-62135596800", 999999000]}, "day": "2024-02-29", "wait": "P1DT2.5S", "ident": "12345678-1234-5678-1234-567812345678", "price": "12.340",
    "point": {"x": 1, "y": -1}, "points": [{"x": 1, "y": 7}, {"x": 2, "y": 0}], "names": ["a", ""],
    "by_name": {"ü": {"x": 3, "y": 4}}, "maybe": 0, "shape": {"type": "Circle", "radius": 1.5}, "bounded": 10,
}  # fmt: skip


@pytest_asyncio.fixture
async def server(node: Node) -> Any:
    """Echo in Python, to which Node is connected as `py`."""
    async with python_answers(node="pythons") as answering:
        await node.ask("connect", on="py", at=at(answering), key=KEY.decode())
        yield answering


async def call(node: Node, method: str, request: Any = None, **given: Any) -> Any:
    return await node.ask("call", on="py", method=f"echo.Echo/{method}", request=request or {}, **given)


async def test_who_has_the_key_is_told_what_is_answered(node: Node) -> None:
    async with python_answers(node="pythons") as server:
        told = await node.ask("connect", on="py", at=at(server), key=KEY.decode())
    assert (told["node"], told["most"], told["window"]) == ("pythons", 4 * 1024 * 1024, 65_536)
    [[service, methods]] = told["services"]
    assert service == "echo.Echo"
    assert [name for name, _ in methods][:3] == ["Everything", "Parameters", "Fail"]


@pytest.mark.parametrize("key", ["another key", None])
async def test_who_has_not_the_key_is_told_nothing(node: Node, key: str | None) -> None:
    steps: list[Step] = []
    async with python_answers(tell=told(steps)) as server:
        with pytest.raises(Failed) as refused:
            await node.ask("connect", on="py", at=at(server), key=key)
    assert (refused.value.code, "key" in refused.value.text) == (16, True)
    assert [type(step) for step in steps] == [PeerRefused]


async def test_without_a_key_everybody_is_heard_and_who_asks_for_proof_finds_none(node: Node, tmp_path: Path) -> None:
    async with python_answers(address=f"unix:{tmp_path}/py", key=None) as server:
        await node.ask("connect", on="py", at=at(server))
        assert (await call(node, "See"))["subject"] == ""
        with pytest.raises(Failed, match="has not the key"):
            await node.ask("connect", on="other", at=at(server), key=KEY.decode())


async def test_every_type_arrives_as_it_was_sent(node: Node, server: LeanServer) -> None:
    assert await call(node, "Everything", EVERYTHING) == EVERYTHING


async def test_what_is_left_out_or_unknown_is_what_the_declaration_says(node: Node, server: LeanServer) -> None:
    assert await call(node, "Everything", {"later": [1]}) == NOTHING
    assert await call(node, "Everything", {"point": {"x": 1}, "shape": {"type": "Star"}, "bounded": None}) == {
        **NOTHING, "point": {"x": 1, "y": 7}
    }  # fmt: skip
    assert (await call(node, "Parameters", {"from": "a"}))["text"] == "a/None"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"ratio": 3}, {"ratio": 3}),
        ({"ratio": {"$float": 3.0}}, {"ratio": 3}),
        ({"at": {"$at": ["5", 1501]}}, {"at": {"$at": ["5", 2000]}}),
    ],
)
async def test_what_may_be_said_in_two_ways(node: Node, server: LeanServer, sent: Any, read: Any) -> None:
    assert await call(node, "Everything", sent) == {**NOTHING, **read}


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ({"bounded": 77}, "bounded"),
        ({"small": 2**31}, "small"),
        ({"number": {"$int": str(2**63)}}, "number"),
        ({"text": 5}, "text"),
        ({"ident": "x"}, "ident"),
        ({"points": [None]}, "points"),
        ({"colour": 9}, "colour"),
        ([True], "Everything"),
        ({"point": [1]}, "point"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(node: Node, server: LeanServer, sent: Any, word: str) -> None:
    with pytest.raises(Failed, match=word) as failed:
        await call(node, "Everything", sent)
    assert failed.value.code == 3


async def test_a_method_without_a_result_answers_nothing(node: Node, server: LeanServer) -> None:
    assert await call(node, "Note", {"text": "a"}) is None
    assert (await call(node, "See"))["log"] == ["a"]


async def test_a_declared_failure_arrives_with_its_name_and_fields(node: Node, server: LeanServer) -> None:
    with pytest.raises(Failed) as failed:
        await call(node, "Fail", {"how": "declared"})
    assert (failed.value.code, failed.value.declared, failed.value.fields) == (5, "echo.NoSuchThing", {"id": "x"})
    with pytest.raises(Failed) as failed:
        await call(node, "Fail", {"how": "with rich fields"})
    assert failed.value.fields == {"limit": 2, "points": [{"x": 1, "y": 7}, {"x": 2, "y": 3}]}


@pytest.mark.parametrize(("how", "code", "why"), [("undeclared", 13, ""), ("unavailable", 14, "answered")])
async def test_of_other_failures_only_the_kind_is_told(
    node: Node, server: LeanServer, how: str, code: int, why: str
) -> None:
    with pytest.raises(Failed) as failed:
        await call(node, "Fail", {"how": how})
    assert (failed.value.code, failed.value.declared, failed.value.why) == (code, "", why)
    assert "secret" not in failed.value.text


async def test_a_method_that_is_not_there_is_unimplemented_and_the_connection_stays(
    node: Node, server: LeanServer
) -> None:
    with pytest.raises(Failed) as failed:
        await node.ask("call", on="py", code=9999)
    assert failed.value.code == 12
    assert (await call(node, "See"))["log"] == []


async def test_what_remains_of_a_deadline_travels(node: Node, server: LeanServer) -> None:
    assert 500 < (await call(node, "See", within=600_000))["remaining"] <= 600
    assert 0 < (await call(node, "See"))["remaining"] <= 30


async def test_the_server_ends_what_runs_out_of_time(node: Node, server: LeanServer) -> None:
    await node.ask("connect", on="py", at=at(server), key=KEY.decode(), careless=True)
    for within in (0, 50):
        with pytest.raises(Failed) as failed:
            await call(node, "Hang", {"name": "a"}, within=within)
        assert failed.value.code == 4
    assert server.running == 0


@pytest.mark.parametrize("how", ["cancel", "deadline", "disconnect"])
async def test_whoever_answers_is_cancelled_with_its_caller(node: Node, how: str) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    class Waits(EchoAnswer):
        async def hang(self, name: str) -> Any:
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    async with python_answers(Waits()) as server:
        await node.ask("connect", on="py", at=at(server), key=KEY.decode())
        within = 2_000 if how == "deadline" else 600_000
        await node.ask("start", **{"as": "a"}, on="py", method="echo.Echo/Hang", within=within)
        if how != "deadline":  # its time may be over before it has begun
            await began.wait()
            await node.ask("cancel" if how == "cancel" else "hang_up", **{"as": "a"}, on="py")
        with pytest.raises(Failed) as failed:
            await node.ask("result", **{"as": "a"})
        assert failed.value.code == {"cancel": 1, "deadline": 4, "disconnect": 14}[how]
        if how != "deadline" or began.is_set():
            await ended.wait()


async def test_metadata_and_the_trace_travel(node: Node, server: LeanServer) -> None:
    headers = {"traceparent": TRACE, "tenant": "acme", "weight-bin": {"$bytes": "NQ=="}}
    seen = await call(node, "See", headers=headers)
    assert (seen["trace"], seen["tenant"], seen["weight"]) == (TRACE, "acme", 5)
    assert (await call(node, "See", headers={"tenant-bin": {"$bytes": "w7w="}, "unknown": "x"}))["tenant"] == "ü"


async def test_a_principal_that_was_signed_in_javascript_is_believed(node: Node, server: LeanServer) -> None:
    seen = await call(node, "ForAdmins", as_who={"subject": "änn", "roles": ["clerk", "admin"]})
    assert (seen["subject"], seen["roles"]) == ("änn", ["admin", "clerk"])
    with pytest.raises(Failed) as failed:
        await call(node, "ForAdmins", as_who={"subject": "bob"})
    assert failed.value.code == 7
    with pytest.raises(Failed) as failed:
        await call(node, "ForAnyoneKnown", headers={"pangaea-principal": "forged.forged"})
    assert failed.value.code == 16


async def test_call_ids_wrap_to_one(node: Node, server: LeanServer) -> None:
    await node.ask("connect", on="py", at=at(server), key=KEY.decode(), firstId=0xFFFFFFFF)
    for text in "abc":
        await call(node, "Note", {"text": text})
    assert (await call(node, "See"))["log"] == ["a", "b", "c"]

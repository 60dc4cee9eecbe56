"""A fuzzer over every gRPC method that the shop's edge offers: whatever is sent, the answer is an answer or says what is
wrong with the request. Seeded, so that a failure is the same again."""

from __future__ import annotations

import random
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf.message_factory import GetMessageClass

from app.calling.schema.schema import Schema
from app.module.spec import MethodSpec, spec_of
from app.placing.discovery import find
from tests.e2e.shop import ROOT, Shop, serving
from tests.fuzz.messages import Hostile

ROUNDS = 120
"""Requests for each method, a quarter of them broken bytes."""
HONEST = {"OK", "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "UNAUTHENTICATED",
          "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED", "ABORTED", "OUT_OF_RANGE"}  # fmt: skip
"""What an edge may say about a request. Anything else blames ourselves."""
MENDABLE = ("failed to charge card: could not charge the card: ", 'failed to prepare order: failed to get product #"')
"""What the shop's interface has as INTERNAL although the shopper can mend it."""

found = find(ROOT)
schema = Schema()
schema.add_all([spec_of(contract) for name in found.packages for contract in found.contracts(name)])
METHODS = {
    f"/{spec.service}/{method.wire}": method
    for spec in schema.specs
    if not spec.contract.__internal__
    for method in spec.methods.values()
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with serving("monolith", tmp_path_factory.mktemp("fuzzed")) as shop:
        yield shop


@pytest.fixture(scope="module")
def channel(shop: Shop) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(shop.grpc) as channel:
        yield channel


def asked(channel: grpc.Channel, path: str, data: bytes) -> tuple[str, str]:
    """The status and the words of the answer to some bytes."""
    try:
        channel.unary_unary(path)(data, timeout=30)
    except grpc.RpcError as error:
        return error.code().name, error.details() or ""
    return "OK", ""


@pytest.mark.parametrize("path", METHODS)
def test_whatever_arrives_the_answer_is_about_the_request(shop: Shop, channel: grpc.Channel, path: str) -> None:
    method: MethodSpec = METHODS[path]
    cls = GetMessageClass(schema.pool.FindMessageTypeByName(schema.full_name(method.request)))
    hostile, choice = Hostile(seed=hash_of(path)), random.Random(hash_of(path))
    for number in range(ROUNDS):
        data = hostile.message(cls).SerializeToString()
        if choice.random() < 0.25:
            data = hostile.broken(data)
        status, words = asked(channel, path, data)
        if status == "INTERNAL" and words.startswith(MENDABLE):
            continue
        assert status in HONEST, f"{path} request {number} {data!r}: {status} {words}"
        if status == "INVALID_ARGUMENT":
            assert words, f"{path} request {number} {data!r} does not say what is wrong"
    assert shop.process.poll() is None, shop.said()


def test_what_the_fuzzer_sent_left_no_error_in_the_log(shop: Shop) -> None:
    broken = [line for line in shop.said().splitlines() if " error " in line or "Traceback" in line]
    assert not broken, "\n".join(broken[:20])


def hash_of(path: str) -> int:
    """A seed that is the same in every process: Python's own hash of a text is not."""
    return int.from_bytes(path.encode()[-8:], "big")

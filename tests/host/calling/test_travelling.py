"""What travels beside a request: signed principals, headers, statuses; and what is made of rubbish."""

from __future__ import annotations

import pytest

from app import Internal, InvalidArgument, Metadata, NotFound, Principal, Unavailable, Unimplemented
from app.ambient import Ambient
from app.calling.crossing import NESTED, UNPROCESSED, is_marked, marked
from app.calling.grpc.client import timeout_of
from app.calling.metadata import bad_metadata, headers_of, read_headers
from app.calling.principal import LIFE, Seal
from app.calling.schema.schema import Schema
from app.calling.status import decode_status, encode_status, failure_of, status_of
from app.calling.wire import MethodWire
from app.module.spec import spec_of

from .shelf import LOAD, SHELF, Burnt, NoSuchBook, Shelf

ANN = Principal("ann", frozenset({"reader", "owner"}))


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_signed_principal_is_read_by_its_audience_until_it_is_outdated() -> None:
    clock = Clock()
    seal, other = Seal(b"key", clock), Seal(b"key", clock)
    text = seal.sign(ANN, "shop.Shelf")
    assert text.isascii()
    assert text == seal.sign(ANN, "shop.Shelf")
    for _ in range(2):
        assert other.check(text, "shop.Shelf") == ANN
        assert other.check(text, "shop.Till") is None
        assert Seal(b"another", clock).check(text, "shop.Shelf") is None
    clock.now += LIFE + 1
    assert other.check(text, "shop.Shelf") is None
    assert other.check(seal.sign(ANN, "shop.Shelf"), "shop.Shelf") == ANN


def test_a_changed_signature_is_nobodys() -> None:
    seal = Seal(b"key")
    text = seal.sign(ANN, "a")
    for at in {*range(0, len(text), 7), text.index(".") - 1, len(text) - 1}:
        other = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        assert seal.check(other, "a") is None
    for rubbish in ("", ".", "a.b", text.partition(".")[0], "é.é", text + "AAAA", '["ann",[],9999999999,"a"].'):
        assert seal.check(rubbish, "a") is None


def test_what_nobody_signed_is_not_remembered() -> None:
    seal = Seal(b"key")
    text = Seal(b"another").sign(ANN, "shop.Shelf")
    for n in range(100):
        assert seal.check(f"{n}{text}", "shop.Shelf") is None
    assert not seal._checked
    for audience in ("shop.Till", "shop.Shelf", "shop.Till"):  # first asked for by whom it is not meant
        assert (seal.check(seal.sign(ANN, "shop.Shelf"), audience) is not None) == (audience == "shop.Shelf")


@pytest.mark.parametrize("who", [Principal("\ud800"), Principal("ann", frozenset({"\udfff"}))])
def test_a_principal_whose_name_is_no_text_is_refused_where_it_would_leave(who: Principal) -> None:
    with pytest.raises(InvalidArgument, match="half a surrogate pair"):
        Seal(b"key").sign(who, "shop.Shelf")


def test_metadata_goes_plain_where_it_can_and_as_bytes_where_it_must() -> None:
    ambient = Ambient(principal=ANN, trace="00-1", metadata={"shelf": "top left", "shelf-load": 3})
    headers = headers_of(ambient, None, "x")
    assert headers == [("traceparent", "00-1"), ("shelf", "top left"), ("shelf-load-bin", b"3")]
    for text in ("ünï", " spaced", "line\nbreak", "tab\t"):
        ((name, value),) = headers_of(Ambient(metadata={"shelf": text}), None, "x")
        assert (name, value) == ("shelf-bin", text.encode())
        assert read_headers([(name, value)], None, "x").metadata == {"shelf": text}


def test_headers_that_nobody_declared_are_left_lying() -> None:
    found = read_headers([("user-agent", "grpc"), ("x-unknown", "1"), ("pangaea-principal", "a.b")], None, "x")
    assert (found.trace, found.principal, found.metadata) == ("", None, {})
    assert read_headers([("shelf-load", "12")], None, "x").metadata == {"shelf-load": 12}
    with pytest.raises(InvalidArgument, match="shelf-load"):
        read_headers([("shelf-load-bin", b"{")], None, "x")


def test_names_that_cannot_be_headers_are_refused() -> None:
    assert SHELF is not LOAD
    before = bad_metadata()
    wrong = [Metadata("Big Name", str), Metadata("grpc-timeout", str), Metadata("traceparent", str)]
    found = [refusal for refusal in bad_metadata() if refusal not in before]
    assert {refusal.kind for refusal in found} == {"bad-metadata"}
    assert len(found) == len(wrong)


def test_a_status_reads_back_as_the_failure_that_it_was_made_of() -> None:
    wire = _wire()
    code, text, trailers = status_of(NoSuchBook("ünï"), wire)
    assert (code, text) == (5, "no book ünï")
    assert failure_of(code, text, trailers, wire) == NoSuchBook("ünï")
    code, text, trailers = status_of(Burnt("b", 1), wire)  # undeclared: only its kind and text leave
    assert trailers == ()
    assert type(failure_of(code, text, trailers, wire)) is NotFound


def test_an_unavailable_says_where_it_comes_from() -> None:
    wire = _wire()
    for mark in (NESTED, UNPROCESSED):
        code, text, trailers = status_of(marked(Unavailable("x"), mark), wire)
        assert is_marked(failure_of(code, text, trailers, wire), mark)
    transport = failure_of(14, "failed to connect to 10.0.0.1:9090", (), wire)
    assert str(transport) == "Shelf cannot be reached"


def test_details_that_are_rubbish_leave_the_kind() -> None:
    wire = _wire()
    name = wire.schema.failure_codec(NoSuchBook).full_name
    good = encode_status(5, "text", name, b"\x0a\x01a")
    assert list(decode_status(good)) == [(name, b"\x0a\x01a")]
    rubbish = [b"", b"\xff", b"\x1a\xff", b"\x0b", b"\x08", good[:-1], encode_status(5, "", name, b"\xff\xff"),
               encode_status(5, "", "no.Such", b"")]  # fmt: skip
    for details in rubbish:
        failure = failure_of(5, "gone", [("grpc-status-details-bin", details)], wire)
        assert type(failure) is NotFound
        assert failure.text == "gone"


def test_codes_that_nobody_knows_are_unknown() -> None:
    wire = _wire()
    assert failure_of(99, "odd", (), wire).kind == "UNKNOWN"
    assert type(failure_of(12, "no", (), wire)) is Unimplemented
    assert type(failure_of(13, "no", (), wire)) is Internal


def test_what_travels_of_a_deadline_is_never_more_than_what_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    class Left:
        expired = False

        def __init__(self, left: float) -> None:
            self.left = left

        def remaining(self) -> float:
            return self.left

    for left in (0.0, 0.001, 0.9999, 1.239, 9.999, 12.34, 99.99, 123.4, 5000.0):
        ambient = Ambient(expiry=Left(left))  # type: ignore[arg-type]  # pyright: ignore
        sent = timeout_of(ambient)
        assert sent is not None
        assert left * 0.98 - 0.001 <= sent <= left
    assert timeout_of(Ambient()) is None


def _wire() -> MethodWire:
    spec = spec_of(Shelf)
    schema = Schema()
    schema.add(spec)
    return MethodWire(spec.methods["find"], schema, 1000)


def test_what_is_internal_is_neither_taken_from_outside_nor_told_there() -> None:
    note = Metadata("house-note", int, internal=True)
    ambient = Ambient(metadata={note.name: 3, "shelf": "left"})
    headers = headers_of(ambient, None, "x")
    assert headers == [("house-note-bin", b"3"), ("shelf", "left")]
    assert headers_of(ambient, None, "x", outside=True) == [("shelf", "left")]
    assert read_headers(headers, None, "x").metadata == {"house-note": 3, "shelf": "left"}
    assert read_headers(headers, None, "x", outside=True).metadata == {"shelf": "left"}
    assert read_headers([("house-note", "{")], None, "x", outside=True).metadata == {}

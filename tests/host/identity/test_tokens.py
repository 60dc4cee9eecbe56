"""Tokens: who they stand for, for how long, and what is not believed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest

from app.ambient import Principal
from app.identity.tokens import EXPIRED, MOST_BYTES, MOST_KEPT, NOT_VALID, BadToken, Tokens

KEY = b"a key of at least thirty-two bytes; sixty-four for its longer siblings"
ANN = Principal("ann", frozenset({"clerk", "admin"}))


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(KEY, clock=clock)


def signed(changes: dict[str, Any], *without: str, key: bytes = KEY, algorithm: str = "HS256", **header: Any) -> str:
    """A token with the right claims, but for these."""
    claims = {"iss": "pangaea", "aud": "pangaea", "sub": "ann", "roles": [], "exp": 1_800_000_060, **changes}
    for name in without:
        del claims[name]
    return jwt.encode(claims, key, algorithm=algorithm, headers=header)


def by_hand(header: dict[str, Any], claims: bytes, signature: str = "") -> str:
    parts = [json.dumps(header).encode(), claims]
    return ".".join([*(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), signature])


def refused(tokens: Tokens, text: str) -> str:
    with pytest.raises(BadToken) as caught:
        tokens.check(text)
    return str(caught.value)


def test_whoever_it_was_issued_for_is_read_from_it(tokens: Tokens, clock: Clock) -> None:
    text = tokens.issue(ANN, 60)
    assert tokens.check(text) == ANN
    assert Tokens(KEY, clock=clock).check(text) == ANN


def test_its_claims_are_those_of_the_rfc(tokens: Tokens) -> None:
    text = tokens.issue(ANN, 59.5)
    claims = jwt.decode(text, options={"verify_signature": False})
    assert claims == {"iss": "pangaea", "aud": "pangaea", "sub": "ann", "roles": ["admin", "clerk"],
                      "iat": 1_800_000_000, "exp": 1_800_000_060}  # fmt: skip
    assert jwt.get_unverified_header(text)["alg"] == "HS256"


def test_it_holds_until_it_expires_and_not_longer_whether_seen_before_or_not(tokens: Tokens, clock: Clock) -> None:
    text = tokens.issue(ANN, 60)
    clock.now += 59.9
    assert tokens.check(text) == ANN
    clock.now += 0.1
    assert refused(tokens, text) == EXPIRED
    assert refused(tokens, text) == EXPIRED
    assert refused(Tokens(KEY, clock=clock), text) == EXPIRED


@pytest.mark.parametrize(
    "other",
    [Tokens(b"another key of at least 32 bytes!"), Tokens(KEY, issuer="else"), Tokens(KEY, audience="else")],
    ids=["another key", "another issuer", "another audience"],
)
def test_what_others_issued_or_is_meant_for_others_is_not_valid(tokens: Tokens, other: Tokens) -> None:
    other._clock = tokens._clock
    assert refused(tokens, other.issue(ANN, 60)) == NOT_VALID


def test_a_changed_token_is_not_valid(tokens: Tokens) -> None:
    text = tokens.issue(ANN, 60)
    for at in range(0, len(text) - 1, 5):  # the last character holds bits that nothing reads
        assert refused(tokens, f"{text[:at]}{'A' if text[at] != 'A' else 'B'}{text[at + 1 :]}") == NOT_VALID


CLAIMS = b'{"iss":"pangaea","aud":"pangaea","sub":"ann","exp":9999999999}'


@pytest.mark.parametrize(
    "text",
    [
        by_hand({"alg": "none", "typ": "JWT"}, CLAIMS),
        by_hand({"alg": "None"}, CLAIMS, "AAAA"),
        by_hand({"typ": "JWT"}, CLAIMS, "AAAA"),
        by_hand({"alg": ["HS256"]}, CLAIMS, "AAAA"),
        signed({}, algorithm="HS512"),
        signed({}, crit=["unknown"], unknown=1),
        "", ".", "..", "a.b.c", "é.é.é", "\ud800", "[" * 8000, "e30.e30.e30",
        by_hand({"alg": "HS256"}, b"[" * 5000, "AAAA"),
    ],
    ids=range(15),
)  # fmt: skip
def test_no_other_algorithm_and_no_rubbish_is_believed(tokens: Tokens, text: str) -> None:
    assert refused(tokens, text) == NOT_VALID


@pytest.mark.parametrize(
    ("changes", "without"),
    [
        ({}, ["exp"]), ({}, ["iss"]), ({}, ["aud"]), ({}, ["sub"]),
        ({"exp": "9999999999"}, []), ({"exp": True}, []), ({"exp": float("nan")}, []), ({"exp": float("inf")}, []),
        ({"exp": 10**400}, []), ({"exp": None}, []), ({"exp": []}, []),
        ({"sub": ""}, []), ({"sub": "\ud800"}, []),
        ({"roles": "admin"}, []), ({"roles": None}, []), ({"roles": ["\udfff"]}, []), ({"roles": [1]}, []),
        ({"roles": {"admin": 1}}, []), ({"aud": 5}, []), ({"nbf": "x"}, []),
    ],
    ids=str,
)  # fmt: skip
def test_claims_of_another_shape_are_not_valid_though_they_are_signed(
    tokens: Tokens, changes: dict[str, Any], without: list[str]
) -> None:
    assert refused(tokens, signed(changes, *without)) == NOT_VALID


def test_what_does_not_hold_yet_says_so(tokens: Tokens, clock: Clock) -> None:
    text = signed({"nbf": 1_800_000_030})
    assert refused(tokens, text) == "the token does not hold yet"
    clock.now += 30
    assert tokens.check(text) == Principal("ann")


def test_a_token_without_roles_has_none(tokens: Tokens) -> None:
    assert tokens.check(signed({"aud": ["other", "pangaea"]}, "roles")) == Principal("ann")


def test_a_long_token_is_neither_issued_nor_read(tokens: Tokens) -> None:
    long = signed({"sub": "x" * MOST_BYTES})
    assert refused(tokens, long) == "the token is longer than 8192 bytes"
    with pytest.raises(ValueError, match="8192 are allowed"):
        tokens.issue(Principal("x" * MOST_BYTES), 60)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_no_token_is_issued_for_no_time_for_ever_or_for_nobody(tokens: Tokens, seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        tokens.issue(ANN, seconds)
    with pytest.raises(ValueError, match="subject"):
        tokens.issue(Principal(""), 60)


def test_what_is_remembered_is_bounded(tokens: Tokens) -> None:
    text = tokens.issue(ANN, 60)
    tokens._believed = {str(number): (2e9, ANN) for number in range(MOST_KEPT)}
    assert tokens.check(text) == ANN
    assert len(tokens._believed) == 1


def test_what_is_not_believed_is_not_remembered(tokens: Tokens, clock: Clock) -> None:
    text = tokens.issue(ANN, 60)
    tokens.check(text)
    clock.now += 60
    refused(tokens, text)
    refused(tokens, "a.b.c")
    assert tokens._believed == {}

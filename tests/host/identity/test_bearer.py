"""What an edge makes of `authorization`."""

from __future__ import annotations

import pytest

from app import Principal, Unauthenticated
from app.identity.bearer import Bearer
from app.identity.tokens import Tokens

ANN = Principal("ann", frozenset({"admin"}))
TOKENS = Tokens(b"a key of at least thirty-two bytes")


@pytest.mark.parametrize("written", ["Bearer {}", "bearer {}", "BEARER {}", "Bearer   {}", " Bearer {} "])
def test_a_token_is_believed_however_its_scheme_is_written(written: str) -> None:
    assert Bearer(TOKENS)(written.format(TOKENS.issue(ANN, 60))) == ANN


@pytest.mark.parametrize("written", ["Basic YW5uOnNlY3JldA==", "", " ", "Bearers {}", "{}", "Bearer\t{}", "Bearer:{}"])
def test_another_scheme_is_told_which_is_understood(written: str) -> None:
    with pytest.raises(Unauthenticated, match="not understood here; Bearer <token> is") as caught:
        Bearer(TOKENS)(written.format(TOKENS.issue(ANN, 60)))
    assert "ann" not in str(caught.value)


@pytest.mark.parametrize(
    "written", ["Bearer", "Bearer ", "Bearer x", "Bearer {} {}", "Bearer {}, Bearer {}", "Bearer ÿ"]
)
def test_what_is_no_token_is_not_valid(written: str) -> None:
    token = TOKENS.issue(ANN, 60)
    with pytest.raises(Unauthenticated, match="the token is not valid"):
        Bearer(TOKENS)(written.format(token, token))


def test_without_a_key_no_token_is_believed() -> None:
    with pytest.raises(Unauthenticated, match="there is no key"):
        Bearer(None)(f"Bearer {TOKENS.issue(ANN, 60)}")

"""Failures: fields, text, kinds, and what crosses a boundary."""

from __future__ import annotations

import copy
import pickle

import pytest

from app import Failure, InvalidArgument, NotFound, ResourceExhausted, Unavailable
from app.module.failure import KINDS, canonical, kind_of


class NoSuchThing(NotFound, says="no thing with ID {id}"):
    id: str


class TooMany(ResourceExhausted, says="at most {limit}, got {got}"):
    limit: int
    got: int = 0


class NoSuchGadget(NoSuchThing, says="no gadget {id} in {colour}"):
    colour: str


def test_a_failure_takes_its_fields_by_name_or_in_order() -> None:
    assert NoSuchThing("x").id == NoSuchThing(id="x").id == "x"
    assert TooMany(3).got == 0


def test_its_text_is_made_of_its_fields() -> None:
    assert str(TooMany(limit=3, got=5)) == "at most 3, got 5"


def test_a_subclass_adds_its_fields_behind_those_it_inherits() -> None:
    assert str(NoSuchGadget("x", "red")) == "no gadget x in red"
    assert NoSuchGadget.__fields__ == ("id", "colour")


def test_a_failure_without_words_says_its_own_name() -> None:
    class CartIsFull(ResourceExhausted):
        pass

    assert str(CartIsFull()) == "cart is full"


@pytest.mark.parametrize(
    "wrong",
    [lambda: NoSuchThing(), lambda: NoSuchThing("a", "b"), lambda: NoSuchThing(name="a"), lambda: TooMany(1, limit=2)],
)
def test_wrong_fields_are_a_type_error_where_it_is_raised(wrong) -> None:
    with pytest.raises(TypeError):
        wrong()


def test_a_bare_kind_takes_its_text_and_nothing_else() -> None:
    assert str(Unavailable("gone")) == "gone"
    assert str(Unavailable()) == ""
    with pytest.raises(TypeError):
        Unavailable("gone", "away")


def test_kinds_carry_the_canonical_codes_in_order() -> None:
    assert [kind.code for kind in KINDS] == list(range(1, 17))
    assert kind_of(5) is NotFound
    assert kind_of(99).kind == "UNKNOWN"


def test_every_failure_descends_from_one_kind() -> None:
    assert canonical(NoSuchGadget) is NotFound
    assert (NoSuchGadget.code, NoSuchGadget.status, NoSuchGadget.kind) == (5, 404, "NOT_FOUND")


def test_what_crosses_a_boundary_is_equal_and_has_no_history() -> None:
    try:
        try:
            raise ValueError("secret")
        except ValueError as cause:
            raise NoSuchThing("x") from cause
    except Failure as failure:
        fresh = failure.again()
        assert fresh == failure
        assert fresh.__cause__ is None
        assert fresh.__traceback__ is None


def test_equality_is_by_class_and_fields() -> None:
    assert NoSuchThing("x") != NoSuchThing("y")
    assert InvalidArgument("x") != NotFound("x")


def test_a_failure_survives_pickle_and_copy() -> None:
    assert pickle.loads(pickle.dumps(NoSuchThing("x"))) == NoSuchThing("x")  # our own bytes
    assert copy.copy(TooMany(1, 2)) == TooMany(1, 2)

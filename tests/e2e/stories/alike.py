"""What each topology answers to the same calls; `test_moving.py` compares the bytes."""

from __future__ import annotations

from ..alike import STATUSES, answers
from ..shop import Shop


def test_calls_are_answered_as_the_shop_promises(shop: Shop) -> None:
    statuses = [(call, status) for call, status, _, _ in answers(shop.url)]
    assert [status for _, status in statuses] == STATUSES, statuses

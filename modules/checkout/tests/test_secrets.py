"""A card is in no log line, no told step, no byte of a database and no failure, whatever goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import Failure, Unavailable
from app.testing import TestHost
from modules.payment.contract import InvalidCharge

from .conftest import HandClock, Shop
from .neighbours import CARD, CVV, NUMBER, World

_FORMS = re.compile(
    "|".join([NUMBER, NUMBER.replace("-", ""), NUMBER.replace("-", " "), rf"(?<![0-9a-f.-]){CVV}(?![0-9a-f])"])
)
"""The code stands for itself: ids and times have digits, too."""


@pytest.mark.parametrize(
    "failing",
    [
        {},
        {"charge": InvalidCharge("credit_card", f"{NUMBER} is no good")},
        {"charge": Unavailable()},
        {"ship_order": Unavailable()},
        {"ship_order": Unavailable(), "refund": Unavailable()},
        {"record": Unavailable(), "send_order_confirmation": Unavailable()},
    ],
    ids=str,
)
async def test_a_card_leaves_no_trace(
    failing: dict[str, Exception], tmp_path: Path, world: World, clock: HandClock, capfd: pytest.CaptureFixture[str]
) -> None:
    shop = Shop(world, clock, f"sqlite:///{tmp_path}/files/")
    host = await shop.open(settings={"log.level": "debug"})
    world.failing = failing
    said: list[str] = []
    try:
        await shop.place("k-1")
    except Failure as failure:
        said += [failure.text, repr(failure), *(str(part) for part in failure.args)]
    said += _steps(host)
    rows = "".join(str(row) for row in await shop.rows())
    await shop.close()
    logged = capfd.readouterr()
    files = b"".join(file.read_bytes() for file in (tmp_path / "files").iterdir())
    assert not rows or b"1600 Amphitheatre" in files  # what is searched is what was written
    everything = "\n".join([*said, rows, logged.out, logged.err, files.decode("latin-1")])
    assert not _FORMS.findall(everything)


def _steps(host: TestHost) -> Iterator[Any]:
    for step in host.steps:
        yield str(step)


def test_a_card_shows_itself_to_nobody() -> None:
    assert not _FORMS.findall(repr(CARD))

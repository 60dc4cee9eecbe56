"""Frames are the same however the network cuts them, and the first that is none ends what is heard."""

from __future__ import annotations

import random
from itertools import combinations_with_replacement

import pytest

from app.calling.lean.frames import SIZE, Broken, pack
from app.calling.lean.framing import Framing

MOST = 40
Whole = tuple[int, int, int, int, int, bytes]
THREE: list[Whole] = [
    (2, 1, 7, 1, 1000, b"abc"),
    (9, 0, 0, 0, 0, b""),
    (6, 255, 65535, 2**32 - 1, 2**32 - 1, b"x" * MOST),
]
"""One with a body, one without, and the longest that there is."""


class Heard(Framing):
    """Notes what it is handed; hangs up by itself after so many frames."""

    def __init__(self, last: int = -1) -> None:
        super().__init__()
        self.open, self.most_frame = True, MOST
        self.frames: list[Whole] = []
        self.why = ""
        self._last = last

    def frame(self, kind: int, flags: int, code: int, call: int, arg: int, body: bytes) -> None:
        assert type(body) is bytes
        self.frames.append((kind, flags, code, call, arg, body))
        self.closed = len(self.frames) == self._last

    def broken(self, why: Broken) -> None:
        self.why, self.closed = str(why), True

    def flush(self) -> None:
        raise AssertionError("nothing is said here")

    def hear(self, data: bytes, *cuts: int) -> Heard:
        """Data that arrive in pieces."""
        for begin, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
            self.data_received(data[begin:end])
        return self


def written(frames: list[Whole]) -> bytes:
    return b"".join(pack(len(frame[5]), *frame[:5]) + frame[5] for frame in frames)


def test_frames_cut_at_any_two_places_arrive_whole_and_in_order() -> None:
    data = written(THREE)
    for cuts in combinations_with_replacement(range(len(data) + 1), 2):
        heard = Heard().hear(data, *cuts)
        assert (heard.frames, heard.why) == (THREE, ""), cuts


def test_frames_that_arrive_byte_by_byte_arrive_whole() -> None:
    data = written(THREE * 3)
    assert Heard().hear(data, *range(1, len(data))).frames == THREE * 3


def test_what_is_no_frame_ends_it_wherever_it_is_cut_and_what_follows_is_not_heard() -> None:
    data = written(THREE[:2]) + pack(MOST + 1, 2, 0, 0, 0, 0) + written(THREE)
    for cut in range(len(data) + 1):
        heard = Heard().hear(data, cut)
        assert heard.frames == THREE[:2], cut
        assert heard.why == f"a frame of {MOST + 1} bytes, where {MOST} are allowed"


@pytest.mark.parametrize("last", [1, 2, 3])
def test_who_hangs_up_at_a_frame_hears_no_further_one(last: int) -> None:
    data = written(THREE)
    for cut in range(len(data) + 1):
        assert Heard(last).hear(data, cut).frames == THREE[:last], cut


def test_any_frames_cut_anywhere() -> None:
    chance = random.Random(4)
    for _ in range(500):
        frames: list[Whole] = [
            (
                *(chance.randrange(top) for top in (256, 256, 65536, 2**32, 2**32)),
                chance.randbytes(chance.randrange(MOST)),
            )
            for _ in range(chance.randint(1, 6))
        ]  # type: ignore[misc]
        data = written(frames)
        cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randint(0, 2 * SIZE)))
        assert Heard().hear(data, *cuts).frames == frames, (frames, cuts)

"""What a failing, hanging or cancelled start or stop leaves behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.telling.steps import HookStartFailed, HookStopFailed
from app.wiring.life import StartFailed, StopFailed
from app.wiring.lifecycle import Lifecycle, Phase
from tests.host.wiring.floors import Pool, fail, forever, log, say


@pytest.fixture(autouse=True)
def _fresh() -> None:
    log.clear()


async def test_a_failing_hook_cancels_those_in_flight_and_what_had_started_is_stopped(live: Any, spy: Any) -> None:
    def hanging(life: Lifecycle) -> None:
        life.hook(start=say("+first"), stop=say("-first"))
        life.hook(start=forever, stop=say("never"))
        life.hook(start=say("never"), stop=say("never"))

    def failing(pool: Pool, life: Lifecycle) -> None:
        life.hook(start=fail(OSError("refused")), stop=say("never"))

    life = await live(provide=[Pool], invoke=[hanging, failing])
    with pytest.raises(StartFailed) as caught:
        await life.start()
    assert [str(error) for error in caught.value.exceptions] == ["refused"]
    assert sorted(log) == sorted(["+first", "+pool", "-first", "-pool"])
    failed = {step.hook: type(step.error) for step in spy.of(HookStartFailed)}
    assert failed == {"hanging": asyncio.CancelledError, "failing": OSError}
    assert life.phase is Phase.STOPPED


async def test_the_starts_errors_come_first_and_the_stops_with_them(live: Any) -> None:
    def low(life: Lifecycle) -> Any:
        life.hook(start=say("+low"), stop=fail(ValueError("stop")))

    class Low:
        def __init__(self, life: Lifecycle) -> None:
            low(life)

    def high(low: Low, life: Lifecycle) -> None:
        life.hook(start=fail(OSError("start")))

    life = await live(provide=[Low], invoke=[high])
    with pytest.raises(ExceptionGroup) as caught:
        await life.start()
    assert [str(error) for error in caught.value.exceptions] == ["start", "stop"]


async def test_a_failed_start_may_be_tried_again(live: Any) -> None:
    tries: list[int] = []

    async def connect() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError

    def db(life: Lifecycle) -> None:
        life.hook(start=connect)

    life = await live(invoke=[db])
    with pytest.raises(StartFailed):
        await life.start()
    await life.start()
    assert life.phase is Phase.STARTED


async def test_stop_runs_every_hook_whatever_fails(live: Any, spy: Any) -> None:
    class Low:
        def __init__(self, life: Lifecycle) -> None:
            life.hook(stop=say("-low 1"))
            life.hook(stop=fail(ValueError("low 2")))

    def high(low: Low, life: Lifecycle) -> None:
        life.hook(stop=fail(OSError("high")))

    life = await live(provide=[Low], invoke=[high])
    await life.start()
    with pytest.raises(StopFailed) as caught:
        await life.stop()
    assert [str(error) for error in caught.value.exceptions] == ["high", "low 2"]
    assert log == ["-low 1"]
    assert len(spy.of(HookStopFailed)) == 2
    assert life.phase is Phase.STOPPED


async def test_the_start_has_a_deadline(live: Any) -> None:
    def hang(pool: Pool, life: Lifecycle) -> None:
        life.hook(start=forever)

    life = await live(provide=[Pool], invoke=[hang], options={"start_timeout": 0.02})
    with pytest.raises(StartFailed) as caught:
        await life.start()
    assert isinstance(caught.value.exceptions[0], TimeoutError)
    assert log == ["+pool", "-pool"]


async def test_a_hook_may_have_its_own_timeouts(live: Any) -> None:
    def hang(life: Lifecycle) -> None:
        life.hook(start=forever, start_timeout=0.01, name="lazy")

    def slow(life: Lifecycle) -> None:
        life.hook(stop=forever, stop_timeout=0.01, name="slow")

    life = await live(invoke=[slow, hang])
    with pytest.raises(StartFailed) as caught:
        await life.start()
    assert ["lazy" in str(caught.value.exceptions[0]), "slow" in str(caught.value.exceptions[1])] == [True, True]


async def test_the_stop_after_a_failed_start_has_a_budget_of_its_own(live: Any) -> None:
    stopped = asyncio.Event()

    async def slowly() -> None:
        await asyncio.sleep(0.03)  # longer than the start's deadline
        stopped.set()

    def low(life: Lifecycle) -> None:
        life.hook(stop=slowly)

    def hang(life: Lifecycle) -> None:
        life.hook(start=forever)

    life = await live(invoke=[low, hang], options={"start_timeout": 0.01})
    with pytest.raises(StartFailed) as caught:
        await life.start()
    assert stopped.is_set()
    assert len(caught.value.exceptions) == 1


async def test_a_hanging_stop_is_cut_off_and_the_rest_still_has_its_turn(live: Any) -> None:
    def hang(pool: Pool, life: Lifecycle) -> None:
        life.hook(stop=forever, name="hung")

    life = await live(provide=[Pool], invoke=[hang], options={"stop_timeout": 0.02})
    await life.start()
    with pytest.raises(StopFailed, match="failed") as caught:
        await life.stop()
    assert "hung" in str(caught.value.exceptions[0])
    assert log == ["+pool", "-pool"]


async def test_a_hook_that_will_not_be_cancelled_is_left_alone(live: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("app.wiring.patience.GRACE", 0.01)
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    def low(life: Lifecycle) -> None:
        life.hook(stop=stubborn, stop_timeout=0.01)

    life = await live(provide=[Pool], invoke=[low])
    await life.start()
    with pytest.raises(StopFailed) as caught:
        await life.stop()
    assert "left alone" in str(caught.value.exceptions[0])
    release.set()


async def test_a_start_that_is_cancelled_is_undone(live: Any) -> None:
    begun = asyncio.Event()

    async def hang_on() -> None:
        begun.set()
        await forever()

    def hang(pool: Pool, life: Lifecycle) -> None:
        life.hook(start=hang_on)

    life = await live(provide=[Pool], invoke=[hang])
    starting = asyncio.ensure_future(life.start())
    await begun.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert log == ["+pool", "-pool"]
    assert life.phase is Phase.STOPPED


async def test_stop_gives_up_a_start_that_goes_on(live: Any) -> None:
    begun = asyncio.Event()

    async def hang_on() -> None:
        begun.set()
        await forever()

    def hang(pool: Pool, life: Lifecycle) -> None:
        life.hook(start=hang_on)

    life = await live(provide=[Pool], invoke=[hang])
    starting = asyncio.ensure_future(life.start())
    await begun.wait()
    await life.stop()
    with pytest.raises(StartFailed) as caught:
        await starting
    assert "stopped before it had ended" in str(caught.value.exceptions[0])
    assert log == ["+pool", "-pool"]


@pytest.mark.parametrize("leaving", [KeyboardInterrupt(), SystemExit(3)])
async def test_a_hook_that_wants_the_process_to_end_fails_like_any_other(live: Any, leaving: BaseException) -> None:
    def leave() -> None:
        raise leaving

    async def leave_later() -> None:
        raise leaving

    def failing(pool: Pool, life: Lifecycle) -> None:
        life.hook(stop=leave)
        life.hook(start=leave_later)

    life = await live(provide=[Pool], invoke=[failing])
    with pytest.raises(StartFailed) as caught:
        await life.start()
    said = [f"the {word} hook failing raised {leaving!r}" for word in ("start", "stop")]
    assert [str(error) for error in caught.value.exceptions] == said
    assert log == ["+pool", "-pool"]


async def test_a_cancelled_stop_gives_up_what_is_in_flight_and_runs_the_rest(live: Any, spy: Any) -> None:
    stopping = asyncio.Event()

    async def hang() -> None:
        stopping.set()
        await forever()

    def hanging(pool: Pool, life: Lifecycle) -> None:
        life.hook(stop=say("-first"))
        life.hook(stop=hang)

    life = await live(provide=[Pool], invoke=[hanging])
    await life.start()
    stop = asyncio.create_task(life.stop())
    await stopping.wait()
    stop.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await stop
    assert "the stop hook hanging was given up" in str(caught.value.__notes__)
    assert [step.hook for step in spy.of(HookStopFailed)] == ["hanging"]
    assert log == ["+pool", "-first", "-pool"]
    assert life.phase is Phase.STOPPED


async def test_a_hook_that_cannot_be_called_is_told_to_its_constructor(live: Any) -> None:
    def wrong(life: Lifecycle) -> None:
        life.hook(start=forever())  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="hand in the function, uncalled"):
        await live(invoke=[wrong])

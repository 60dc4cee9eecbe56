"""Whoever knows the password gets in, and guessing leads nowhere; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from app import FailedPrecondition, Principal, Unauthenticated, Unavailable, acting
from modules.accounts.contract import InvalidAccount, TooManyTries, WrongCredentials, WrongPassword
from modules.accounts.tests.conftest import PASSWORD, House

WRONG = "a wrong horse battery"


async def _guess(house: House, times: int, email: str = "ann@example.com") -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            await house.sign_in(email, WRONG)


async def test_a_session_stands_for_the_account(house: House) -> None:
    account = await house.register()
    session = await house.sign_in("ANN@example.com")
    assert (session.account_id, session.token_type, session.expires_in) == (account.account_id, "Bearer", 3600)
    assert house.tokens.check(session.access_token) == Principal(account.account_id)
    assert session.access_token not in repr(session)
    assert house.carts.taken == []


async def test_a_wrong_password_and_an_unknown_email_are_told_alike(house: House) -> None:
    await house.register()
    told: list[str] = []
    for email, password in (("ann@example.com", WRONG), ("bob@example.com", PASSWORD), ("ann@example.com", "short")):
        with pytest.raises(WrongCredentials) as failure:
            await house.sign_in(email, password)
        assert isinstance(failure.value, Unauthenticated)
        told.append(failure.value.text)
    assert set(told) == {"email or password is wrong"}


async def test_an_unknown_email_costs_a_hash_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    verify = house.passwords._verify
    monkeypatch.setattr(
        house.passwords, "_verify", lambda password, hash: checked.append(hash) or verify(password, hash)
    )
    await house.register()
    await _guess(house, 1)
    await _guess(house, 1, "bob@example.com")
    known, unknown = (hash.rpartition("$")[0].rpartition("$")[0] for hash in checked)
    assert known == unknown == "$argon2id$v=19$m=64,t=1,p=1"


async def test_what_can_be_nobodys_is_refused_by_name(house: House) -> None:
    for email, password, words in (
        ("ann", PASSWORD, "email is not an email address"),
        ("ann@example.com", "", "password is missing"),
        ("ann@example.com", "p" * 201, "password must be at most 200 characters"),
    ):
        with pytest.raises(InvalidAccount) as failure:
            await house.sign_in(email, password)
        assert failure.value.text == words


async def test_after_so_many_failed_tries_even_the_right_password_has_to_wait(house: House) -> None:
    await house.register()
    await _guess(house, 10)
    house.clock.move(60.5)
    with pytest.raises(TooManyTries) as failure:
        await house.sign_in("ANN@example.com")
    assert failure.value.seconds == 840
    assert failure.value.text == "too many failed tries; wait 840 s"
    house.clock.move(840)
    assert await house.sign_in()
    await _guess(house, 9)


async def test_a_right_password_makes_failed_tries_forgotten(house: House) -> None:
    await house.register()
    for _ in range(3):
        await _guess(house, 9)
        assert await house.sign_in()


async def test_tries_are_counted_for_each_address_and_for_those_without_an_account_too(house: House) -> None:
    await house.register()
    await _guess(house, 10, "bob@example.com")
    with pytest.raises(TooManyTries):
        await house.sign_in("bob@example.com", WRONG)
    assert await house.sign_in()


async def test_replicas_count_together(build: Callable[..., House]) -> None:
    houses = [build(), build()]
    await houses[0].register()
    for house in houses:
        await _guess(house, 5)
    for house in houses:
        with pytest.raises(TooManyTries):
            await house.sign_in()


async def test_no_more_can_be_guessed_by_guessing_at_once(build: Callable[..., House]) -> None:
    house = build(tries=3, hashes_at_once=1)
    await house.register()
    done = await asyncio.gather(*(house.sign_in(password=WRONG) for _ in range(8)), return_exceptions=True)
    assert all(isinstance(error, WrongCredentials | TooManyTries) for error in done)
    with pytest.raises(TooManyTries):
        await house.sign_in()


async def test_guesses_at_once_cost_no_more_work_than_there_are_tries(
    build: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(tries=3, hashes_at_once=1)
    await house.register()
    work: list[str] = []
    written, failed = threading.Semaphore(1), house.tries.failed

    def verify(password: str, hash: str) -> bool:
        work.append(password)
        return not written.acquire(timeout=30)  # work takes longer than writing down what came of the one before

    async def write(email: str) -> None:
        await failed(email)
        written.release()

    monkeypatch.setattr(house.passwords, "_verify", verify)
    monkeypatch.setattr(house.tries, "failed", write)
    await asyncio.gather(*(house.sign_in(password=WRONG) for _ in range(40)), return_exceptions=True)
    assert len(work) <= 3 + 1
    assert not house.passwords._turns.locked()


async def test_a_guess_that_is_right_too_late_does_not_count(
    build: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(tries=3)
    await house.register()
    fits = house.passwords.fits

    async def meanwhile(password: str, hash: str | None, admit: Any) -> bool:
        right = await fits(password, hash, admit)
        for _ in range(3):
            await house.tries.failed("ann@example.com")
        return right

    monkeypatch.setattr(house.passwords, "fits", meanwhile)
    with pytest.raises(TooManyTries):
        await house.sign_in()


async def test_failures_that_are_over_leave_nothing_behind(house: House) -> None:
    for n in range(5):
        await house.tries.failed(f"nobody{n}@example.com")
    house.clock.move(1000)
    await house.tries.failed("ann@example.com")
    assert [await house.tries.check(f"{who}@example.com") for who in ("ann", "nobody0")] == [1, 0]
    house.clock.move(-1000)
    assert await house.tries.check("nobody0@example.com") == 0


async def test_a_hash_is_made_anew_when_hashes_are_made_in_another_way(build: Callable[..., House]) -> None:
    await build().register()
    stronger = build(hash_passes=2)
    await stronger.sign_in()
    kept = await stronger.store.find("ann@example.com")
    assert kept is not None
    assert "$m=64,t=2,p=1$" in kept.password_hash
    assert await stronger.sign_in()


async def test_a_hash_that_cannot_be_read_lets_nobody_in_and_is_told(house: House) -> None:
    account = await house.register()
    kept = await house.store.get(account.account_id)
    await house.store.replace_hash(account.account_id, kept.password_hash, "nonsense")
    with pytest.raises(WrongCredentials):
        await house.sign_in()
    assert "cannot be read" in house.log.lines[0]
    assert "nonsense" not in house.log.lines[0]


async def test_the_cart_goes_along_as_the_accounts(house: House) -> None:
    account = await house.register()
    session = await house.sign_in(cart="anonymous")
    assert house.carts.taken == [(Principal(account.account_id), "anonymous", session.account_id)]


@pytest.mark.parametrize("trouble", [Unavailable("gone"), FailedPrecondition("full")])
async def test_trouble_with_the_cart_keeps_nobody_outside(trouble: Exception, house: House) -> None:
    async def fail() -> None:
        raise trouble

    await house.register()
    house.carts.trouble = fail
    assert (await house.sign_in(cart="a secret id")).access_token
    assert "a cart was not taken over" in house.log.lines[0]
    assert "a secret id" not in house.log.lines[0]


async def test_a_cart_that_hangs_keeps_nobody_outside(build: Callable[..., House]) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    house = build(cart_seconds=0.02)
    await house.register()
    house.carts.trouble = hang
    assert (await house.sign_in(cart="anonymous")).access_token
    assert "DEADLINE_EXCEEDED" in house.log.lines[0]


async def test_another_password_is_taken_for_the_old_one(house: House) -> None:
    account = await house.register()
    with acting(Principal(account.account_id)):
        await house.change_password(PASSWORD, "another horse altogether")
    with pytest.raises(WrongCredentials):
        await house.sign_in()
    assert await house.sign_in(password="another horse altogether")


async def test_passwords_that_cannot_be_are_refused_by_name(house: House) -> None:
    account = await house.register()
    for old, new, words in (
        ("", "another horse altogether", "old_password is missing"),
        (PASSWORD, "", "new_password is missing"),
        (PASSWORD, "short", "new_password must be at least 12 characters"),
        (PASSWORD, "Ann@Example.com", "new_password must not be the email or the name"),
    ):
        with acting(Principal(account.account_id)), pytest.raises(InvalidAccount) as failure:
            await house.change_password(old, new)
        assert failure.value.text == words


async def test_guessing_the_old_password_is_counted_like_guessing_at_the_door(house: House) -> None:
    account = await house.register()
    with acting(Principal(account.account_id)):
        for _ in range(10):
            with pytest.raises(WrongPassword, match="old_password is not your password"):
                await house.change_password(WRONG, "another horse altogether")
        with pytest.raises(TooManyTries):
            await house.change_password(PASSWORD, "another horse altogether")
    with pytest.raises(TooManyTries):
        await house.sign_in()


async def test_of_two_who_change_a_password_at_once_one_does(house: House) -> None:
    account = await house.register()
    with acting(Principal(account.account_id)):
        changes = (house.change_password(PASSWORD, f"another horse {n} altogether") for n in range(2))
        done = await asyncio.gather(*changes, return_exceptions=True)
    assert done.count(None) == 1
    assert sum(isinstance(error, WrongPassword) for error in done) == 1

"""What makes an account, and how passwords are hashed; no database is needed for either."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import Any

import pytest

from modules.accounts.contract import InvalidAccount
from modules.accounts.domain import check_chosen, check_email, check_name
from modules.accounts.passwords import Passwords
from modules.accounts.settings import AccountSettings
from modules.accounts.tests.conftest import PASSWORD, QUICK, Log


def _passwords(**settings: Any) -> Passwords:
    log: Any = Log()
    return Passwords(AccountSettings(**{**QUICK, **settings}), log)


@pytest.mark.parametrize(
    "email",
    [
        "ann",
        "ann@",
        "@example.com",
        "ann@example..com",
        "ann@example.com\r\nBcc: all@example.com",
        "a\0nn@example.com",
        "ann@exämple.com",
        "\ud800@example.com",
        "<ann@example.com>",
        "a" * 65 + "@example.com",
        "a" * 64 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63,
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidAccount, match=r"^email is not an email address$"):
        check_email(email)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "name is missing"),
        ("   ", "name is missing"),
        *((letter * 3, "name is missing") for letter in "\u00a0\u200b\u200f\u2060\u3000\U000e0041\u0301"),
        (" \t ", "name must have no control characters"),
        ("A" * 101, "name must be at most 100 characters"),
        *((f"Ann{letter}Onym", "name must have no control characters") for letter in "\n\r\0\x1b\x85\u2028\ud800"),
        *((f"Ann{letter}mynO", "name must have no control characters") for letter in "\u202a\u202e\u2066\u2069"),
    ],
)
def test_what_is_no_name_is_refused(name: str, words: str) -> None:
    with pytest.raises(InvalidAccount, match=f"^{words}$"):
        check_name(name)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "password is missing"),
        ("eleven char", "password must be at least 12 characters"),
        ("p" * 201, "password must be at most 200 characters"),
        ("twelve\0chars", "password must be text without NUL"),
        ("twelve chars\ud800", "password must be text without NUL"),
        ("ANN@example.com", "password must not be the email or the name"),
        ("ann with a name", "password must not be the email or the name"),
    ],
)
def test_what_may_be_no_password_is_refused_and_not_repeated(password: str, words: str) -> None:
    with pytest.raises(InvalidAccount) as failure:
        check_chosen(password, 12, 200, email="ann@example.com", name="Ann with a name")
    assert failure.value.text == words


def test_an_admin_needs_both_a_name_and_a_password() -> None:
    with pytest.raises(ValueError, match="admin_email and admin_password go together"):
        AccountSettings(admin_email="root@example.com")


def test_hashes_are_made_as_rfc_9106_asks_where_memory_is_little() -> None:
    from argon2.profiles import RFC_9106_LOW_MEMORY as ASKED

    said = AccountSettings()
    assert (said.hash_passes, said.hash_memory, said.hash_lanes) == (
        ASKED.time_cost,
        ASKED.memory_cost,
        ASKED.parallelism,
    )


async def test_a_password_that_is_typed_in_another_form_of_the_same_letters_fits() -> None:
    passwords = _passwords()
    assert await passwords.fits("Zoe\u0308 und die Eule", await passwords.hash("Zo\u00eb und die Eule"))


async def test_a_made_up_hash_fits_nothing() -> None:
    assert not await _passwords().fits(PASSWORD, None)


async def test_only_so_many_are_hashed_at_once_even_if_those_who_asked_have_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passwords = _passwords(hashes_at_once=2)
    lock, go = threading.Lock(), threading.Event()
    running = most = 0

    def slow(password: str, hash: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        go.wait(30)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(passwords, "_verify", slow)
    asked = [asyncio.create_task(passwords.fits(PASSWORD, "hash")) for _ in range(6)]
    while running < 2:
        await asyncio.sleep(0)
    for task in asked[:3]:
        task.cancel()
    await asyncio.wait(asked[:3])
    assert (running, most) == (2, 2)
    go.set()
    assert await asyncio.gather(*asked[3:]) == [True, True, True]
    assert most == 2


def test_argon2_is_imported_only_when_a_password_is_met() -> None:
    code = "import sys, modules.accounts.module; print(sorted({'argon2', 'jwt'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

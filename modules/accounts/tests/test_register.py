"""Accounts are opened, found again, renamed; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import inspect

from app import AlreadyExists, InvalidArgument, Principal, Unauthenticated, acting
from app.storing.pools import Pools
from modules.accounts.contract import ADMIN, EmailTaken, InvalidAccount, NoSuchAccount, NotYours, is_account
from modules.accounts.storage import metadata
from modules.accounts.tests.conftest import PASSWORD, House


async def test_an_account_is_kept_as_it_was_opened(house: House) -> None:
    account = await house.register("Ann@Example.com", name="Ann Önym 🛒")
    assert is_account(account.account_id)
    assert (account.email, account.name, account.roles) == ("Ann@Example.com", "Ann Önym 🛒", ())
    assert account.registered_at == house.clock.now()
    with acting(Principal(account.account_id)):
        assert await house.get_me() == account
        assert await house.get_account(account.account_id) == account


async def test_an_address_is_taken_in_whatever_case_it_is_written(house: House) -> None:
    await house.register("ann@example.com")
    with pytest.raises(EmailTaken) as failure:
        await house.register("ANN@example.COM")
    assert isinstance(failure.value, AlreadyExists)
    assert failure.value.text == "there is an account with this email already"


async def test_of_many_who_want_an_address_at_once_one_gets_it(house: House) -> None:
    done = await asyncio.gather(*(house.register() for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(error, EmailTaken) for error in done) == 5


async def test_what_makes_no_account_is_refused_by_name_and_leaves_nothing(house: House) -> None:
    given = {"email": "ann@example.com", "password": PASSWORD, "name": "Ann Onym"}
    for field, words in (("email", "is missing"), ("password", "is missing"), ("name", "is missing")):
        with pytest.raises(InvalidAccount) as failure:
            await house.register(**{**given, field: ""})
        assert isinstance(failure.value, InvalidArgument)
        assert (failure.value.field, failure.value.why) == (field, words)
    with pytest.raises(InvalidAccount, match="password must not be the email or the name"):
        await house.register(password="ann@EXAMPLE.com")
    assert await house.store.find("ann@example.com") is None


async def test_any_letters_make_passwords_and_names(house: House) -> None:
    passwords = ("p" * 12, "p" * 200, "ключ под ковриком", "tabs\tand\nlines\x1b", "🔑" * 12)
    names = ("N", "N" * 100, "<b>Robert'); DROP TABLE accounts;--</b>", "أحمد", "👩‍🚀")
    for n, (password, name) in enumerate(zip(passwords, names, strict=True)):
        account = await house.register(f"a{n}@example.com", password, name)
        assert (await house.sign_in(f"a{n}@example.com", password)).access_token
        with acting(Principal(account.account_id)):
            assert (await house.get_me()).name == name


async def test_no_password_is_kept_or_shown(house: House) -> None:
    await house.register()
    kept = await house.store.find("ann@example.com")
    assert kept is not None
    assert kept.password_hash.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    for shown in (repr(kept), str(house.log.lines)):
        assert PASSWORD not in shown
        assert "$argon2" not in shown


async def test_two_with_one_password_have_different_hashes(house: House) -> None:
    await house.register("ann@example.com")
    await house.register("bob@example.com", name="Bob")
    ann, bob = await house.store.find("ann@example.com"), await house.store.find("bob@example.com")
    assert ann
    assert bob
    assert ann.password_hash != bob.password_hash


async def test_a_new_name_is_checked_and_kept(house: House) -> None:
    account = await house.register()
    with acting(Principal(account.account_id)):
        assert (await house.rename_me("Annette")).name == "Annette"
        assert (await house.get_me()).name == "Annette"
        with pytest.raises(InvalidAccount, match="name is missing"):
            await house.rename_me("")


async def test_an_account_is_for_itself_and_for_admins(house: House) -> None:
    ann = await house.register()
    with pytest.raises(Unauthenticated):
        await house.get_account(ann.account_id)
    with acting(Principal("acct_" + "b" * 32)), pytest.raises(NotYours, match="this account belongs to another"):
        await house.get_account(ann.account_id)
    with acting(Principal("somebody", frozenset({ADMIN}))):
        assert await house.get_account(ann.account_id) == ann


async def test_an_id_that_nobody_has_is_not_found(house: House) -> None:
    with acting(Principal("somebody", frozenset({ADMIN}))):
        for account_id in ("", "acct_" + "0" * 32, "nobody", "a\0" * 500, "acct_'; DROP TABLE accounts;"):
            with pytest.raises(NoSuchAccount):
                await house.get_account(account_id)


async def test_whoever_is_known_and_has_no_account_is_not_found(house: House) -> None:
    for subject in ("acct_" + "0" * 32, "a service"):
        with acting(Principal(subject)):
            for call in (house.get_me(), house.rename_me("Ann"), house.change_password(PASSWORD, PASSWORD)):
                with pytest.raises(NoSuchAccount, match=subject):
                    await call


async def test_the_migrations_make_the_tables_that_the_code_uses(pools: Pools) -> None:
    async with pools.database("accounts").transaction() as tx:
        made = await tx.run_sync(lambda connection: {
            table: {column["name"] for column in inspect(connection).get_columns(table)} for table in metadata.tables
        })  # fmt: skip
    assert made == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}

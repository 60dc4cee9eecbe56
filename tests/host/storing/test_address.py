"""Where a module's data lies, by `database.url`."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.storing.address import address_of
from app.telling.refusals import Refused

DATA = Path("data")


def test_without_a_url_each_module_has_a_file_in_the_data_folder() -> None:
    assert address_of("cart", "", DATA).where == "data/cart.db"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_every_way_to_write_postgresql_means_the_same_and_is_shared(scheme: str) -> None:
    addresses = {address_of(module, f"{scheme}://me@db/shop", DATA) for module in ("cart", "orders")}
    assert [address.where for address in addresses] == ["postgresql://me@db/shop"]


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///files/", "files/cart.db"),
        ("sqlite:///files", "files/cart.db"),
        ("sqlite:////var/files", "/var/files/cart.db"),
        ("sqlite:///files/shop.db", "files/shop-cart.db"),
        ("sqlite+aiosqlite:///files/{module}.sqlite", "files/cart.sqlite"),
    ],
)
def test_a_sqlite_url_gives_each_module_its_own_file(url: str, file: str) -> None:
    assert address_of("cart", url, DATA).where == file


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://me:hush@db/shop", "mysql is neither postgresql nor sqlite"),
        ("data/shop.db", "has no scheme"),
        ("sqlite://shop.db", "three slashes"),
        ("sqlite:///:memory:", "gone with the process"),
        ("sqlite:///", "gone with the process"),
        ("sqlite:///files?mode=ro", "takes no parameters"),
        ("postgresql://me:hush@db:99999/shop", "no number up to 65535"),
    ],
)
def test_a_url_that_is_none_is_refused_without_showing_its_password(url: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        address_of("cart", url, DATA)
    assert "hush" not in str(refused.value)
    assert "write postgresql://" in str(refused.value)


def test_an_address_is_shown_without_its_password() -> None:
    assert "hush" not in address_of("cart", "postgresql://me:hush@db/shop", DATA).shown
    assert "hush" not in address_of("cart", "postgresql://me@db/shop?password=hush", DATA).shown

"""The catalogue: what is sold, listed and found by id."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import NotFound
from modules.catalog.contract import NoSuchProduct, Product
from modules.catalog.domain import Shelf
from modules.catalog.features.get_product import GetProduct
from modules.catalog.features.list_products import ListProducts
from modules.catalog.settings import CatalogSettings
from modules.catalog.storage import read_shelf
from modules.currency.contract import Money

SHELF = read_shelf(CatalogSettings())
SOLD = [
    ("OLJCESPC7Z", "Sunglasses", "sunglasses", 19, 990000000, ("accessories",)),
    ("66VCHSJNUP", "Tank Top", "tank-top", 18, 990000000, ("clothing", "tops")),
    ("1YMWWN1N4O", "Watch", "watch", 109, 990000000, ("accessories",)),
    ("L9ECAV7KIM", "Loafers", "loafers", 89, 990000000, ("footwear",)),
    ("2ZYFJ3GM2N", "Hairdryer", "hairdryer", 24, 990000000, ("hair", "beauty")),
    ("0PUK6V6EV0", "Candle Holder", "candle-holder", 18, 990000000, ("decor", "home")),
    ("LS4PSXUNUM", "Salt & Pepper Shakers", "salt-and-pepper-shakers", 18, 490000000, ("kitchen",)),
    ("9SIQT8TOJO", "Bamboo Glass Jar", "bamboo-glass-jar", 5, 490000000, ("kitchen",)),
    ("6E92ZMYYFZ", "Mug", "mug", 8, 990000000, ("kitchen",)),
]


async def test_all_products_are_listed_in_the_catalogues_order() -> None:
    products = (await ListProducts(SHELF).list_products()).products
    assert [
        (p.id, p.name, p.picture, p.price_usd, p.categories) for p in products
    ] == [
        (id, name, f"/static/img/products/{picture}.jpg", Money("USD", units, nanos), categories)
        for id, name, picture, units, nanos, categories in SOLD
    ]  # fmt: skip
    assert all(product.description for product in products)


async def test_a_product_is_found_by_its_id() -> None:
    assert (await GetProduct(SHELF).get_product("6E92ZMYYFZ")).name == "Mug"


@pytest.mark.parametrize("id", ["6e92zmyyfz", "6E92ZMYYFZ ", "", "nothing"])
async def test_an_id_that_is_not_exactly_one_of_ours_is_not_found(id: str) -> None:
    with pytest.raises(NoSuchProduct) as failure:
        await GetProduct(SHELF).get_product(id)
    assert isinstance(failure.value, NotFound)
    assert failure.value.text == f"no product with ID {id}"


async def test_an_endless_id_is_said_again_in_short() -> None:
    with pytest.raises(NoSuchProduct) as failure:
        await GetProduct(SHELF).get_product("x" * 100_000)
    assert failure.value.id == f"{'x' * 200}…"


def test_other_products_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "products.toml"
    file.write_text(
        '[[products]]\nid = "1"\nname = "One"\ndescription = "d"\npicture = "p"\nprice_usd = { currency_code = "USD" }\n'
    )
    assert read_shelf(CatalogSettings(products=str(file))).products == (Product("1", "One", "d", "p", Money("USD")),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[products]]\nid = "1"\n', "missing required field `name`"),
        ('[[products]]\nid = 1\n', "Expected `str`"),
    ],
)  # fmt: skip
def test_an_entry_that_is_no_product_is_refused_by_file_and_field(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "products.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=words) as error:
        read_shelf(CatalogSettings(products=str(file)))
    assert str(file) in str(error.value)


def test_an_id_that_stands_twice_is_refused() -> None:
    product = Product("1", "One", "", "", Money("USD"))
    with pytest.raises(ValueError, match="two products have the id 1"):
        Shelf([product, product])

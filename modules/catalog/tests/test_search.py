"""Product search: what it finds, and that its index finds what reading everything would."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import InvalidArgument
from app.testing import TestHost
from modules.catalog.contract import Catalog, InvalidQuery, Product
from modules.catalog.domain import Shelf
from modules.catalog.features.search_products import SearchProducts
from modules.catalog.module import module as catalog
from modules.catalog.search import SearchIndex
from modules.catalog.settings import CatalogSettings
from modules.catalog.storage import read_shelf
from modules.currency.contract import Money

SHELF = read_shelf(CatalogSettings())
SEARCH = SearchProducts(SearchIndex(SHELF))
FEW = st.text("abAB ßsSİiı̇", max_size=12)  # few letters, so that texts have pieces in common, and awkward cases of some
TEXTS = st.lists(st.tuples(FEW, FEW), max_size=12)


def shelf(*texts: tuple[str, str]) -> Shelf:
    return Shelf(Product(str(number), *pair, "", Money("USD")) for number, pair in enumerate(texts))


def plain_scan(shelf: Shelf, query: str) -> tuple[Product, ...]:
    """What is to be found, by reading everything."""
    wanted = query.casefold()
    return tuple(
        product
        for product in shelf.products
        if wanted in product.name.casefold() or wanted in product.description.casefold()
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("kitchen", ["Salt & Pepper Shakers", "Bamboo Glass Jar"]),
        ("KITCHEN", ["Salt & Pepper Shakers", "Bamboo Glass Jar"]),
        ("outfits", ["Sunglasses", "Watch"]),
        ("mug", ["Mug"]),
        ("57", ["Bamboo Glass Jar"]),
        ("&", ["Salt & Pepper Shakers"]),
        ("accessories", []),
        ("  ", []),
        (" mug", []),
        ("", [product.name for product in SHELF.products]),
    ],
)
async def test_search_looks_into_names_and_descriptions_as_they_are(text: str, names: list[str]) -> None:
    found = await SEARCH.search_products(text)
    assert [product.name for product in found.results] == names


async def test_a_search_for_nothing_in_particular_finds_all() -> None:
    assert (await SEARCH.search_products()).results == SHELF.products


@pytest.mark.parametrize("text", ["left\nright", "leftright", "tr", "ftr"])
def test_text_does_not_match_across_name_and_description(text: str) -> None:
    assert not SearchIndex(shelf(("Left", "Right"))).find(text)


def test_pieces_in_other_places_than_one_after_the_other_are_not_the_text() -> None:
    assert not SearchIndex(shelf(("abc bcd", "cde"))).find("abcde")
    assert not SearchIndex(shelf(("abcd", "bcde"))).find("abcde")


@pytest.mark.parametrize(
    ("text", "name"), [("STRASSE", "Straße"), ("straße", "STRASSE"), ("ß", "Bass"), ("кружка", "КРУЖКА")]
)
def test_case_is_that_of_any_alphabet(text: str, name: str) -> None:
    assert SearchIndex(shelf((name, ""))).find(text)


@pytest.mark.parametrize(
    "text", ["%", "_", "*", "' OR 1=1 --", "<script>", "\0", "\ud800", "a\x00b", "\U0001f6d2", "x" * 200]
)
def test_texts_that_mean_something_elsewhere_mean_themselves(text: str) -> None:
    assert not SearchIndex(SHELF).find(text)
    assert SearchIndex(shelf(("of", f"it has {text} in it"))).find(text)


def test_an_empty_shelf_has_nothing_to_find() -> None:
    assert SearchIndex(shelf()).find("") == SearchIndex(shelf()).find("a") == ()


async def test_two_hundred_characters_are_searched_for_and_more_are_refused_by_name() -> None:
    assert not (await SEARCH.search_products("ß" * 200)).results
    with pytest.raises(InvalidQuery) as failure:
        await SEARCH.search_products("x" * 201)
    assert isinstance(failure.value, InvalidArgument)
    assert failure.value.text == "query must be at most 200 characters, and has 201"


@pytest.mark.topology("all")
async def test_it_is_answered_wherever_the_module_runs(test_host: Callable[..., TestHost]) -> None:
    async with test_host(catalog) as host:
        assert [product.name for product in (await host.get(Catalog).search_products("mug")).results] == ["Mug"]
        with pytest.raises(InvalidQuery, match="and has 1000"):
            await host.get(Catalog).search_products("x" * 1000)


@given(TEXTS, FEW)
def test_the_index_finds_what_reading_everything_finds(texts: list[tuple[str, str]], query: str) -> None:
    made = shelf(*texts)
    assert SearchIndex(made).find(query) == plain_scan(made, query)


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=8), st.data())
def test_every_piece_of_every_text_finds_what_reading_everything_finds(
    texts: list[tuple[str, str]], data: st.DataObject
) -> None:
    made = shelf(*texts)
    text = data.draw(st.sampled_from([text for pair in texts for text in pair]))
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : data.draw(st.integers(start, len(text)))][:200]
    assert SearchIndex(made).find(piece) == plain_scan(made, piece)

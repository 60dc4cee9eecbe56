"""Recommendations: some of the catalogue, never what is known already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import Refused, Unavailable
from app.testing import TestHost
from modules.catalog.contract import Catalog, ListProductsResponse, Product
from modules.catalog.module import module as catalog
from modules.currency.contract import Money
from modules.recommendation.contract import Recommendations
from modules.recommendation.domain import recommended
from modules.recommendation.features.list_recommendations import ListRecommendations
from modules.recommendation.module import module as recommendation
from modules.recommendation.settings import RecommendationSettings

IDS = st.lists(st.text(max_size=3), max_size=30)


class Sells(Catalog):
    """A catalogue of these ids."""

    def __init__(self, *ids: str) -> None:
        self._answer = ListProductsResponse(tuple(Product(id, id, "", "", Money("USD")) for id in ids))

    async def list_products(self) -> ListProductsResponse:
        return self._answer


def recommends(catalog: Catalog, most: int = 5, seed: int = 7) -> ListRecommendations:
    return ListRecommendations(catalog, RecommendationSettings(most=most), Random(seed))


async def test_what_is_given_is_not_recommended() -> None:
    answer = await recommends(Sells("a", "b", "c", "d")).list_recommendations("ann", ("b", "d", "unknown", ""))
    assert sorted(answer.product_ids) == ["a", "c"]


async def test_five_are_recommended_where_nothing_is_given() -> None:
    sold = [f"p{number}" for number in range(9)]
    ids = (await recommends(Sells(*sold)).list_recommendations()).product_ids
    assert len(ids) == len(set(ids)) == 5
    assert set(ids) <= set(sold)


@pytest.mark.parametrize(("sold", "given"), [([], []), ([], ["a"]), (["a", "b"], ["b", "a", "a"])])
async def test_where_nothing_is_left_nothing_is_recommended(sold: list[str], given: list[str]) -> None:
    assert (await recommends(Sells(*sold)).list_recommendations("ann", tuple(given))).product_ids == ()


async def test_how_many_can_be_set() -> None:
    sold = Sells("a", "b", "c", "d")
    assert [len((await recommends(sold, most).list_recommendations()).product_ids) for most in (0, 2, 9)] == [0, 2, 4]


async def test_the_same_randomness_recommends_the_same() -> None:
    sold = Sells(*"abcdefghij")
    assert await recommends(sold).list_recommendations() == await recommends(sold).list_recommendations()


async def test_every_product_and_every_place_comes_alike_often() -> None:
    answering = recommends(Sells(*"abcdefghi"), most=3)
    drawn = [(await answering.list_recommendations()).product_ids for _ in range(9000)]
    for place in range(3):
        often = Counter(ids[place] for ids in drawn)
        assert all(850 < often[id] < 1150 for id in "abcdefghi")  # 1000 expected; five standard deviations are 149


@pytest.mark.topology("all")
async def test_a_catalogue_that_cannot_be_reached_is_unavailable(test_host: Callable[..., TestHost]) -> None:
    making = test_host(recommendation, catalog, settings={"calls.attempts": 1})
    making.faults(Catalog, seed=7, before=1.0)
    async with making as host:
        with pytest.raises(Unavailable):
            await host.get(Recommendations).list_recommendations("ann")


@pytest.mark.topology("all")
async def test_it_is_answered_wherever_the_modules_run(test_host: Callable[..., TestHost]) -> None:
    async with test_host(recommendation, catalog) as host:
        sold = {product.id for product in (await host.get(Catalog).list_products()).products}
        known = tuple(sorted(sold))[:6]
        answer = await host.get(Recommendations).list_recommendations("ann", known)
        assert set(answer.product_ids) == sold - set(known)


@pytest.mark.parametrize("most", [-1, 1001])
async def test_a_number_that_is_none_is_refused_before_anything_starts(most: int) -> None:
    with pytest.raises(Refused, match="most"):
        async with TestHost(recommendation, catalog, settings={"modules.recommendation.most": most}):
            pass


@given(IDS, IDS, st.integers(0, 10), st.integers())
def test_recommendations_are_sold_unknown_distinct_and_as_many_as_can_be(
    sold: list[str], known: list[str], most: int, seed: int
) -> None:
    ids = recommended(sold, known, most, Random(seed))
    left = set(sold) - set(known)
    assert set(ids) <= left
    assert len(ids) == len(set(ids)) == min(most, len(left))

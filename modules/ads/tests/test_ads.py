"""Ads: those of the categories asked for, in order; some of all where there are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from app import InvalidArgument
from app.testing import TestHost
from modules.ads.contract import Ad, Ads, InvalidContext
from modules.ads.domain import Billboard
from modules.ads.features.get_ads import GetAds
from modules.ads.module import module as ads
from modules.ads.settings import AdsSettings
from modules.ads.storage import read_billboard

BILLBOARD = read_billboard(AdsSettings())
LEADS_TO = {
    "clothing": ["66VCHSJNUP"],
    "accessories": ["1YMWWN1N4O"],
    "footwear": ["L9ECAV7KIM"],
    "hair": ["2ZYFJ3GM2N"],
    "decor": ["0PUK6V6EV0"],
    "kitchen": ["9SIQT8TOJO", "6E92ZMYYFZ"],
}


async def shown(*keys: str, seed: int = 7) -> list[str]:
    """The products that the ads lead to."""
    answer = await GetAds(BILLBOARD, Random(seed)).get_ads(keys)
    return [ad.redirect_url.removeprefix("/product/") for ad in answer.ads]


@pytest.mark.parametrize(("key", "products"), LEADS_TO.items())
async def test_each_category_has_its_ads(key: str, products: list[str]) -> None:
    assert await shown(key) == products


async def test_ads_stand_in_the_order_of_the_keys_and_repeats_are_kept() -> None:
    mug, jar, watch = "6E92ZMYYFZ", "9SIQT8TOJO", "1YMWWN1N4O"
    assert await shown("kitchen", "nothing", "accessories", "kitchen") == [jar, mug, watch, jar, mug]


@pytest.mark.parametrize(
    "keys", [(), ("",), ("tops", "beauty", "home"), ("Kitchen",), (" kitchen",), ("kitchen\0",), ("<b>",), ("x" * 100_000,)]
)  # fmt: skip
async def test_two_ads_are_shown_at_random_where_none_is_found(keys: tuple[str, ...]) -> None:
    assert len(await shown(*keys)) == 2
    assert await shown(*keys) == await shown(*keys)
    assert len({tuple(await shown(*keys, seed=seed)) for seed in range(20)}) > 1


async def test_at_random_all_ads_come_alike_often_and_one_may_come_twice() -> None:
    answering = GetAds(BILLBOARD, Random(7))
    drawn = [(await answering.get_ads()).ads for _ in range(7000)]
    often = Counter(ad for pair in drawn for ad in pair)
    assert len(often) == 7
    assert all(1800 < count < 2200 for count in often.values())  # 2000 expected; four standard deviations are 166
    assert 800 < sum(first == second for first, second in drawn) < 1200


async def test_two_hundred_keys_are_looked_up_and_more_are_refused_by_name() -> None:
    assert len(await shown(*["hair"] * 200)) == 200
    with pytest.raises(InvalidContext) as failure:
        await shown(*["hair"] * 201)
    assert isinstance(failure.value, InvalidArgument)
    assert failure.value.text == "context_keys must be at most 200, and are 201"


@pytest.mark.topology("all")
async def test_it_is_answered_wherever_the_module_runs(test_host: Callable[..., TestHost]) -> None:
    async with test_host(ads) as host:
        caller = host.get(Ads)
        answer = await caller.get_ads(("clothing",))
        assert answer.ads == (Ad("/product/66VCHSJNUP", "Tank top: 20% off"),)
        assert len((await caller.get_ads()).ads) == 2
        with pytest.raises(InvalidContext, match="context_keys"):
            await caller.get_ads(("x",) * 1000)


async def test_other_ads_can_be_set_and_a_single_one_is_shown_twice(tmp_path: Path) -> None:
    file = tmp_path / "ads.toml"
    file.write_text('[[ads]]\ncategory = "tea"\nredirect_url = "https://tea.example/"\ntext = "Tea"\n')
    answering = GetAds(read_billboard(AdsSettings(ads=str(file))), Random(1))
    assert (await answering.get_ads()).ads == (Ad("https://tea.example/", "Tea"),) * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least one ad"),
        ("ads = 1", "Expected `array`"),
        ('[[ads]]\ncategory = "a"\nredirect_url = "/"\n', "missing required field `text`"),
        ('[[ads]]\ncategory = "a"\nredirect_url = "/"\ntext = ""\n', r"\[0\]\.text"),
        ('[[ads]]\ncategory = "a"\nredirect_url = "javascript:alert(1)"\ntext = "t"\n', r"\[0\]\.redirect_url"),
        ('[[ads]]\ncategory = "a"\nredirect_url = "/"\ntext = "t"\nprice = 1\n', "unknown field `price`"),
    ],
)
def test_an_entry_that_is_no_ad_is_refused_by_file_and_field(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "ads.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=words) as error:
        read_billboard(AdsSettings(ads=str(file)))
    assert str(file) in str(error.value)


def test_a_billboard_without_ads_is_none() -> None:
    with pytest.raises(ValueError, match="at least one ad"):
        Billboard([])

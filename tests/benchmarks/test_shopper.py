"""The load: what shoppers send, what is counted, what is written down."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.results import HOT, LOAD, keep_budgets, keep_hot, keep_load
from benchmarks.shopper.__main__ import main
from benchmarks.shopper.browser import Broken, Browser
from benchmarks.shopper.crowd import Orders
from benchmarks.shopper.deployment import Deployment, processes
from benchmarks.shopper.figures import Figures, read, summed
from benchmarks.shopper.report import section, written
from benchmarks.shopper.run import Outcome, shop_in
from benchmarks.shopper.stories import WEIGHTS, Shopper, pages, rest

from .stand import stand

ROOT = Path(__file__).parents[2]
REFUSED = b"HTTP/1.1 422 No\r\ncontent-length: 0\r\n\r\n"


async def test_a_browser_keeps_cookies_and_follows_redirects_on_one_connection() -> None:
    async with stand() as shop:
        shop.answers = {
            "POST": b"HTTP/1.1 302 Found\r\nlocation: /cart\r\nset-cookie: who=me; Path=/\r\ncontent-length: 0\r\n\r\n",
            "GET /chunks": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        }
        browser = Browser(shop.url)
        assert (await browser.submit("/cart", {"quantity": 2, "note": "a b&c"})).status == 200
        assert (await browser.get("/chunks")).size == 3
        browser.close()
    assert list(shop.asked) == ["POST /cart", "GET /cart", "GET /chunks"]
    assert "quantity=2&note=a+b%26c" in shop.requests[0]
    assert "cookie: who=me" in shop.requests[1]


async def test_what_is_no_answer_is_said_in_few_words() -> None:
    async with stand(GET=b"", POST=b"220 smtp\r\n\r\n") as shop:
        browser = Browser(shop.url)
        with pytest.raises(Broken, match="connection closed"):
            await browser.get("/")
        with pytest.raises(Broken, match="no HTTP"):
            await browser.submit("/", {})
    with pytest.raises(Broken, match="connection refused"):
        await browser.get("/")


@pytest.mark.parametrize(
    ("story", "asked"),
    [
        (pages, {"GET /", "GET /cart", "POST /setCurrency", "POST /cart", "POST /cart/checkout"}),
        (rest, {"GET /api/products", "GET /api/currencies", "POST /api/orders"}),
    ],
)
async def test_a_story_asks_for_what_its_tasks_are(story: Any, asked: set[str]) -> None:
    figures = Figures()
    async with stand() as shop:
        browser = Browser(shop.url)
        shopper = Shopper(browser, Random(1), lambda: figures)
        for task in WEIGHTS:
            assert await story(shopper, task)
        browser.close()
    assert asked <= shop.asked.keys()
    assert {name: met.requests for name, met in figures.tasks.items()} == {
        "home": 1, "set currency": 1, "browse": 3, "add to cart": 2, "view cart": 1, "check out": 1
    }  # fmt: skip
    assert (figures.orders, figures.requests, figures.errors) == (1, 9, 0)


def test_every_card_is_a_visa_that_passes_luhn_s_check() -> None:
    shopper = Shopper(Browser("http://127.0.0.1:1"), Random(2), lambda: None)
    for _ in range(200):
        digits = [int(digit) for digit in str(shopper.card()["credit_card_number"])]
        assert (len(digits), digits[0]) == (16, 4)
        assert sum(sum(divmod(d * 2, 10)) if place % 2 == 0 else d for place, d in enumerate(digits)) % 10 == 0


async def test_a_crowd_counts_what_it_meets_by_task_and_kind() -> None:
    told: list[int] = []
    async with stand() as shop:
        shop.answers = {"POST /cart/checkout": REFUSED, "GET /cart": b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"}
        orders = Orders(url=shop.url, users=5, seconds=60, requests=300)
        outcome = await shop_in(Deployment(shop.url), "", orders, 2, lambda _, requests, __: told.append(requests))
    figures = outcome.figures
    assert figures.requests >= 300
    assert figures.requests == figures.whole().requests
    assert figures.tasks["check out"].errors.keys() == {"422"}
    assert figures.tasks["view cart"].errors.keys() == {"500"}
    assert not figures.tasks["browse"].errors
    assert (figures.orders, outcome.cpu, outcome.processes, outcome.crowds) == (0, None, None, 2)
    assert told


async def test_the_command_says_as_json_what_a_running_shop_answered() -> None:
    words = ["--users", "2", "--seconds", "30", "--warmup", "0", "--requests", "40", "--json"]
    async with stand() as shop:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.shopper", "--url", shop.url, *words, stdout=-1, stderr=-1, cwd=ROOT
        )
        said, told = await process.communicate()
    assert process.returncode == 0, told
    (outcome,) = json.loads(said)
    assert outcome["requests"] >= 40
    assert (outcome["errors"], outcome["topology"], outcome["cpu_seconds"]) == (0, None, None)
    assert b"browse" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["monolith", "pangea"], "there is no topology pangea; the topologies: monolith, microservices"),
        (["--users", "0"], "--users: 0 is not from 1 to 10,000"),
        (["--users", "many"], "--users: 'many' is no number"),
        (["--users", "1.5"], "--users: 1.5 is no whole number"),
        (["--seconds", "0"], "--seconds: 0 is not from 0.1 to 3,600"),
        (["--seconds", "nan"], "--seconds: nan is not"),
        (["--rate", "-1"], "--rate: -1 is not from 0 to 10,000"),
    ],
)
def test_what_makes_no_load_is_told_before_any_shop_opens(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert said in capsys.readouterr().err


def test_quantiles_are_right_to_one_per_cent_and_survive_being_written_and_summed() -> None:
    ones, twos = Figures(seconds=2.0), Figures(seconds=3.0)
    for number in range(1, 1001):
        (ones if number % 2 else twos).answered("browse", number / 1000)
    twos.failed("browse", "500")
    whole = summed([read(ones.written()), read(twos.written())])
    met = whole.tasks["browse"]
    for share in (0.5, 0.95, 0.99):
        assert met.quantile(share) == pytest.approx(share, rel=0.011)
    assert (met.requests, met.errors, whole.requests, whole.errors) == (1001, Counter({"500": 1}), 1001, 1)
    assert whole.rate == pytest.approx(1000 / 3)
    assert math.isnan(Figures().whole().quantile(0.5))


def test_processor_time_is_that_of_a_process_and_its_children() -> None:
    burn = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))']); print('ok', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", burn], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ok\n"
        assert process.pid in processes(os.getpid())
        assert Deployment("", process.pid).cpu() > 0
        process.communicate(b"\n", timeout=30)


@pytest.mark.parametrize("gone", [FileNotFoundError, ProcessLookupError], ids=["before", "while it is read"])
def test_a_process_that_ends_before_it_is_looked_at_is_none(gone: type[OSError], monkeypatch: Any) -> None:
    def read(path: Path) -> str:
        raise gone(path)

    monkeypatch.setattr(Path, "read_text", read)
    assert processes(os.getpid()) == []


def test_each_part_of_the_results_keeps_the_other(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    keep_load("# What it costs\n\nfirst", file)
    keep_budgets(f"{LOAD}\n\nsecond", file)
    keep_hot(f"{HOT}\n\nbetween", file)
    keep_load("# What it costs\n\nthird", file)
    keep_budgets(f"{LOAD}\n\nlast", file)
    assert file.read_text() == f"# What it costs\n\nthird\n\n{HOT}\n\nbetween\n\n{LOAD}\n\nlast\n"


def test_a_section_says_what_each_topology_took() -> None:
    figures = Figures(seconds=10.0, orders=50)
    for _ in range(100):
        figures.answered("browse", 0.01)
    outcomes = [Outcome("monolith", figures, 4.0, 2, 1), Outcome("microservices", figures, 8.0, 13, 1)]
    said = section("make load", {"processor": "some"}, outcomes)
    assert "| monolith | 2 | 10 | 10.0 ms | 10.0 ms | 10.0 ms | 0 | 50 | 40.00 | 80.0 |" in said.replace(
        "9.9 ms", "10.0 ms"
    )
    assert "| microservices | 13 |" in said
    assert written(outcomes[1])["cpu_seconds_per_1000_orders"] == 160.0

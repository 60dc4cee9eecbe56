"""A shopper's story in a real browser: looking around, ordering, coming back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Windows
from .forms import DETAILS, PASSWORD, add, fill_in, order, register

MUG, WATCH, SHAKERS = "6E92ZMYYFZ", "1YMWWN1N4O", "LS4PSXUNUM"


def test_a_stranger_browses_searches_changes_the_currency_and_orders(window: Windows) -> None:
    page = window().page
    page.goto("/")
    expect(page).to_have_title(re.compile("Pangaea Supply"))
    expect(page.locator(".shelf .good")).to_have_count(9)
    drawn = "Array.from(document.images).every(i => (i.loading = 'eager') && i.decode().then(() => i.naturalWidth > 0))"
    assert page.evaluate(drawn)

    page.get_by_label("Search the shop").fill("kitchen")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("2 found")).to_be_visible()
    page.get_by_role("link", name="Salt & Pepper Shakers").click()
    expect(page.locator(".about .price")).to_have_text("$18.49")

    page.get_by_label("Currency").select_option("EUR")
    page.get_by_role("button", name="Set currency").click()
    expect(page.locator(".about .price")).to_have_text("€16.35")
    expect(page).to_have_url(re.compile(f"/product/{SHAKERS}$"))
    page.get_by_label("Quantity").select_option("3")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("link", name="Cart 3 pieces")).to_be_visible()
    expect(page.locator(".total dd")).to_have_text("€57.01")

    fill_in(page)
    order_id = order(page)
    assert re.fullmatch(r"[0-9a-f-]{36}", order_id)
    expect(page.locator("#tracking-id")).to_have_text(re.compile(r"^[A-Z]{2}-\d+-\d+$"))
    expect(page.locator(".total dd")).to_have_text("€57.01")
    page.reload()  # which sends the form once more
    expect(page.locator("#order-id")).to_have_text(order_id)
    page.get_by_role("link", name="this order").click()
    expect(page.get_by_text("Mountain View")).to_be_visible()
    page.get_by_role("link", name="Cart 0 pieces").click()
    expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()


def test_a_customer_takes_the_cart_along_and_finds_the_order_in_the_history(window: Windows) -> None:
    page = window().page
    add(page, MUG, 2)
    email = register(page)
    page.get_by_role("link", name="Cart 2 pieces").click()
    fill_in(page)
    order_id = order(page)
    page.get_by_role("link", name="Orders").first.click()
    expect(page.locator(".history li")).to_have_count(1)
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("link", name="Open an account")).to_be_visible()

    add(page, WATCH)
    page.goto("/orders")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("something else entirely")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Email or password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".history a").click()
    expect(page.locator("#order-id")).to_have_text(order_id)
    expect(page.get_by_role("link", name="Cart 1 piece", exact=True)).to_be_visible()

    page.goto("/account")
    page.get_by_label("What we call you").fill("Ann <b>Other</b>")
    page.get_by_role("button", name="Change name").click()
    expect(page.get_by_role("heading", name="Hello, Ann <b>Other</b>")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Your name is changed.")


def test_everything_works_without_scripts(window: Windows) -> None:
    page = window(java_script_enabled=False).page
    add(page, MUG)
    fill_in(page)
    assert order(page)


def test_two_clicks_place_one_order(window: Windows) -> None:
    page = window().page
    register(page)
    add(page, MUG)
    fill_in(page)
    page.get_by_role("button", name="Place order").dblclick(no_wait_after=True)
    expect(page.get_by_role("heading", name="Your order is on its way")).to_be_visible()
    page.goto("/orders")
    expect(page.locator(".history li")).to_have_count(1)


@pytest.mark.parametrize("refused", ["3782 822463 10005", "4432 8015 6152 0455"])
def test_what_is_wrong_has_the_focus_and_leads_to_its_field(window: Windows, refused: str) -> None:
    page = window().page
    add(page, MUG)
    fill_in(page, credit_card_number=refused)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    number = page.get_by_label("Card number")
    expect(number).to_be_focused()
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_value("")
    expect(page.get_by_label("Security code")).to_have_value("")
    expect(page.get_by_label("City")).to_have_value(DETAILS["city"])

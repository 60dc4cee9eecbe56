"""The shop for everybody: by keyboard, on a phone, in the dark, with little sight, without motion."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Windows
from .forms import DETAILS, add, fill_in, order, register

MUG = "6E92ZMYYFZ"
CONTRAST = """() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.closest('option, .unseen')) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize);
    const [a, b] = [light(rgb(style.color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < (size >= 24 ? 3 : 4.5)) poor.push(`${e.tagName} ${e.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]):not([hidden]), select, button, a, img')]
  .filter(e => e.tagName === 'IMG' ? !e.hasAttribute('alt')
    : !(e.labels?.length || e.textContent.trim() || e.getAttribute('aria-label')))
  .map(e => e.outerHTML.slice(0, 120))"""
PLACES = ("/", f"/product/{MUG}", "/search?q=kitchen", "/search?q=zeppelin", "/cart", "/signin", "/register")


def test_a_shopper_orders_with_the_keyboard_alone(window: Windows) -> None:
    shopper = window()
    page = shopper.page
    shopper.go("/")
    shopper.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    shopper.press("Enter")
    expect(page.locator("main")).to_be_focused()
    shopper.tab_to(f'a[href="/product/{MUG}"]')
    shopper.press("Enter")
    page.wait_for_url(f"**/product/{MUG}")
    shopper.tab_to("select#quantity")
    shopper.press("2")
    shopper.tab_to(".buy button")
    shopper.press("Enter")
    page.wait_for_url("**/cart")
    for name, value in DETAILS.items():
        shopper.tab_to(f"#{name}")
        page.keyboard.insert_text(value)
    shopper.press("Enter")
    expect(page.get_by_role("heading", name="Your order is on its way")).to_be_visible()
    expect(page.get_by_text("Quantity 2")).to_be_visible()


def test_whatever_has_the_focus_shows_it(window: Windows) -> None:
    shopper = window()
    shopper.go(f"/product/{MUG}")
    shown = """() => { const e = document.activeElement, s = n => getComputedStyle(e, n);
      return [s(null), s('::after')].some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) }"""
    for _ in range(12):  # things on this page, at least
        shopper.press("Tab")
        assert shopper.page.evaluate(shown), shopper.page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_is_wider_than_its_window(window: Windows, width: int) -> None:
    page = window(viewport={"width": width, "height": 740}).page
    add(page, MUG)
    register(page)
    for path in (*PLACES, "/account", "/orders"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto("/cart")
    fill_in(page)
    order(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_has_room_for_fingers(window: Windows) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 px; ours have 44 in what is filled in and pressed."""
    page = window(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True).page
    add(page, MUG)
    small = """() => [...document.querySelectorAll('input:not([type=hidden]), select, button, .button')]
      .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(([, height]) => height < 44)"""
    for path in PLACES:
        page.goto(path)
        assert page.evaluate(small) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(window: Windows, scheme: str) -> None:
    page = window(color_scheme=scheme).page
    add(page, MUG)
    for path in PLACES:
        page.goto(path)
        assert page.evaluate(CONTRAST) == [], path
    page.goto("/cart")
    fill_in(page, credit_card_number="4432 8015 6152 0455")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate(CONTRAST) == []


def test_everything_to_be_used_has_a_name_and_pages_have_landmarks(window: Windows) -> None:
    page = window().page
    add(page, MUG)
    for path in PLACES:
        page.goto(path)
        assert page.evaluate(NAMELESS) == [], path
        for landmark in ("banner", "main", "contentinfo", "search"):
            expect(page.get_by_role(landmark)).to_have_count(1)
        expect(page.locator("h1")).to_have_count(1)


def test_who_wants_no_motion_gets_none(window: Windows) -> None:
    page = window(reduced_motion="reduce").page
    page.goto("/")
    moving = """() => [...document.querySelectorAll('*')].filter(e =>
      getComputedStyle(e).transitionDuration.split(', ').some(d => parseFloat(d) > 0)).length"""
    assert page.evaluate(moving) == 0

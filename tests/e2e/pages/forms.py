"""What shoppers type into the forms."""

from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import Page, expect

PASSWORD = "correct horse battery staple"
DETAILS = {
    "email": "someone@example.com",
    "street_address": "1600 Amphitheatre Parkway",
    "zip_code": "94043",
    "city": "Mountain View",
    "state": "CA",
    "country": "United States",
    "credit_card_number": "4432 8015 6152 0454",
    "credit_card_expiration_month": "1",
    "credit_card_expiration_year": "2039",
    "credit_card_cvv": "672",
}


def add(page: Page, product_id: str, quantity: int = 1) -> None:
    """Put something into the cart."""
    page.goto(f"/product/{product_id}")
    page.get_by_label("Quantity").select_option(str(quantity))
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/cart")


def fill_in(page: Page, **changes: str) -> None:
    """Fill in the checkout's form."""
    for name, value in {**DETAILS, **changes}.items():
        page.locator(f"#{name}").fill(value)


def order(page: Page) -> str:
    """Send it; the order's id."""
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Your order is on its way")).to_be_visible()
    return page.locator("#order-id").inner_text()


def register(page: Page) -> str:
    """Open an account; its email address."""
    email = f"{uuid4().hex}@example.com"
    page.goto("/register")
    page.get_by_label("Name").fill("Ann Example")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open an account").click()
    expect(page.get_by_role("heading", name="Hello, Ann Example")).to_be_visible()
    return email

"""Who shops, what they type in, and what they read off the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx

ADMIN, ADMIN_PASSWORD = "boss@example.com", "the boss knows this one"
PASSWORD = "correct horse battery staple"
CARD = {
    "credit_card_number": "4432-8015-6152-0454",
    "credit_card_cvv": 672,
    "credit_card_expiration_year": 2039,
    "credit_card_expiration_month": 1,
}
ADDRESS = {
    "street_address": "1600 Amphitheatre Parkway",
    "city": "Mountain View",
    "state": "CA",
    "country": "United States",
    "zip_code": 94043,
}
MUG, SHAKERS, JAR = "6E92ZMYYFZ", "LS4PSXUNUM", "9SIQT8TOJO"
PRICES = {MUG: Decimal("8.99"), SHAKERS: Decimal("18.49"), JAR: Decimal("5.49")}
SHIPPING = Decimal("8.99")
EUROS = Decimal(1) / Decimal("1.1305")
"""For a dollar."""
CLOSE = Decimal("0.00001")
"""How far an amount may be from the original shop's."""


def amount(money: Mapping[str, Any]) -> Decimal:
    """An amount as a number, from JSON."""
    return money["units"] + Decimal(money["nanos"]).scaleb(-9)


def somebody() -> str:
    """An email address that nobody has yet."""
    return f"{uuid4().hex}@example.com"


@dataclass
class Customer:
    """Somebody who calls the REST interface; signed in once they have a token."""

    client: httpx.Client
    user_id: str = field(default_factory=lambda: str(uuid4()))
    """At first that of an anonymous shopper, then the account's."""
    email: str = field(default_factory=somebody)

    def register(self) -> dict[str, Any]:
        """Open an account."""
        said = {"email": self.email, "password": PASSWORD, "name": "Some One"}
        return self.expect(201, "POST", "/api/accounts", json=said)

    def sign_in(self, password: str = PASSWORD) -> dict[str, Any]:
        """Sign in; the anonymous cart comes along."""
        said = {"email": self.email, "password": password, "cart": self.user_id}
        session = self.expect(200, "POST", "/api/sessions", json=said)
        self.client.headers["authorization"] = f"Bearer {session['access_token']}"
        self.user_id = session["account_id"]
        return session

    def add(self, product_id: str, quantity: int) -> None:
        """Put something into the cart."""
        item = {"product_id": product_id, "quantity": quantity}
        self.expect(204, "POST", f"/api/carts/{self.user_id}/items", json=item)

    def cart(self) -> list[tuple[str, int]]:
        """What is in the cart."""
        lines = self.expect(200, "GET", f"/api/carts/{self.user_id}")["items"]
        return [(line["product_id"], line["quantity"]) for line in lines]

    def order(self, key: str | None = None, *, status: int = 201, **changes: Any) -> dict[str, Any]:
        """Order what is in the cart."""
        headers = {"idempotency-key": key} if key is not None else {}
        return self.expect(status, "POST", "/api/orders", json=order_of(self, **changes), headers=headers)

    def expect(self, status: int, verb: str, path: str, **options: Any) -> Any:
        """The JSON of an answer that must have this status."""
        answer = self.client.request(verb, path, **options)
        assert answer.status_code == status, f"{verb} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


def order_of(customer: Customer, **changes: Any) -> dict[str, Any]:
    """What is sent to order."""
    return {
        "user_id": customer.user_id,
        "user_currency": "EUR",
        "address": ADDRESS,
        "email": customer.email,
        "credit_card": CARD,
        **changes,
    }


Customers = Callable[[], Customer]
"""The fixture `customer`: somebody new at the door, with each call."""
Browsers = Callable[[], httpx.Client]
"""The fixture `browser`: likewise, with a browser that keeps cookies and follows nothing by itself."""

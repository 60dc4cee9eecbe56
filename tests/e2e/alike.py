"""HTTP calls that every topology answers byte for byte alike, and with which statuses."""

from __future__ import annotations

import httpx

MONEY = {"currency_code": "USD", "units": 19, "nanos": 990000000}
PRODUCTS = (
    "OLJCESPC7Z", "66VCHSJNUP", "1YMWWN1N4O", "L9ECAV7KIM", "2ZYFJ3GM2N",
    "0PUK6V6EV0", "LS4PSXUNUM", "9SIQT8TOJO", "6E92ZMYYFZ",
)  # fmt: skip
CALLS: list[tuple[str, str, dict]] = [
    ("GET", "/api/products", {}),
    ("GET", "/api/products/OLJCESPC7Z", {}),
    ("GET", "/api/products/nothing", {}),
    ("GET", "/api/products/search?q=kitchen", {}),
    ("GET", "/api/products/search?q=%20%20", {}),
    ("GET", "/api/products/search", {}),
    ("GET", "/api/currencies", {}),
    ("POST", "/api/currencies/convert", {"json": {"from": MONEY, "to_code": "EUR"}}),
    ("POST", "/api/currencies/convert", {"json": {"from": MONEY, "to_code": "XXX"}}),
    ("POST", "/api/currencies/convert", {"json": {"from": {**MONEY, "units": "many"}, "to_code": "EUR"}}),
    ("POST", "/api/currencies/convert", {"json": {"from": MONEY, "to_code": "EUR", "extra": 1}}),
    ("POST", "/api/currencies/convert", {"json": {"to_code": "EUR"}}),
    ("POST", "/api/currencies/convert", {"content": b"{not json", "headers": {"content-type": "application/json"}}),
    ("POST", "/api/currencies/convert", {"content": b"\xff\xfe", "headers": {"content-type": "application/json"}}),
    ("POST", "/api/currencies/convert", {"json": []}),
    ("GET", "/api/carts/ann", {}),
    ("POST", "/api/carts/ann/items", {"json": {"product_id": "6E92ZMYYFZ", "quantity": 2}}),
    ("POST", "/api/carts/ann/items", {"json": {"product_id": "6E92ZMYYFZ", "quantity": 3}}),
    ("POST", "/api/carts/ann/items", {"json": {"product_id": "1YMWWN1N4O", "quantity": 1}}),
    ("GET", "/api/carts/ann", {}),
    ("POST", "/api/carts/ann/items", {"json": {"product_id": "6E92ZMYYFZ", "quantity": 0}}),
    ("POST", "/api/carts/ann/items", {"json": {"product_id": "6E92ZMYYFZ", "quantity": 10**30}}),
    ("POST", "/api/carts/ann/items", {"json": {"product_id": "6E92ZMYYFZ"}}),
    ("POST", "/api/carts/ann/items", {"content": b"x" * (2 << 20), "headers": {"content-type": "application/json"}}),
    ("DELETE", "/api/carts/ann", {}),
    ("GET", "/api/carts/ann", {}),
    ("GET", "/api/nothing", {}),
    ("PUT", "/api/products", {}),
    ("GET", "/schema/openapi.json", {}),
    ("GET", "/healthz", {}),
    ("GET", f"/api/products/{'x' * 15_000}", {}),
    ("POST", "/api/currencies/convert", {"json": {"from": MONEY, "to_code": "X" * 100_000}}),
    ("GET", "/api/carts/%ff", {}),
    ("GET", "/api/carts/%EF%BF%BD", {}),
    ("GET", "/api/ads?context_keys=kitchen&context_keys=hair", {}),
    ("GET", f"/api/recommendations?{'&'.join(f'product_ids={id}' for id in PRODUCTS)}", {}),
    ("POST", "/api/shipping/quotes", {"json": {"items": [{"product_id": "A", "quantity": 2}]}}),
    ("POST", "/api/shipping/quotes", {"json": {"items": [{"product_id": "A", "quantity": -2}]}}),
    ("GET", "/api/orders/none", {}),
    ("POST", "/api/orders", {"json": {}}),
    ("POST", "/api/accounts", {"json": {"email": "nobody", "password": "x", "name": "y"}}),
    ("GET", "/api/accounts/me", {}),
    ("GET", "/api/accounts/me", {"headers": {"authorization": "Bearer x"}}),
    ("GET", f"/api/carts/acct_{'0' * 32}", {}),
    ("GET", "/_healthz", {}),
    ("GET", "/robots.txt", {}),
]
STATUSES = [
    200, 200, 404, 200, 200, 200, 200, 200, 400, 400, 400, 400, 400, 400, 400,
    200, 204, 204, 204, 200, 400, 400, 400, 413, 204, 200, 404, 405, 200, 200,
    404, 400, 400, 200,
    200, 200, 200, 400, 404, 400, 400, 401, 401, 401, 200, 200,
]  # fmt: skip
"""Of the calls, in their order."""


def answers(url: str) -> list[tuple[str, int, dict[str, str], bytes]]:
    got = []
    with httpx.Client(base_url=url, timeout=20) as client:
        for verb, path, options in CALLS:
            response = client.request(verb, path, **options)
            headers = {name: value for name, value in response.headers.items() if name != "date"}
            got.append((f"{verb} {path}", response.status_code, headers, response.content))
    return got

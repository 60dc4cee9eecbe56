"""The tables: orders and their lines are what happened, `history` is what a shopper's list of orders reads.

An amount is kept in three columns, as it came: no database rounds any of them. Times are microseconds since 1970 in
UTC, which both databases compare and keep exactly.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()


def _amount(name: str) -> list[Column[Any]]:
    return [
        Column(f"{name}_code", Text, nullable=False),
        Column(f"{name}_units", BigInteger, nullable=False),
        Column(f"{name}_nanos", Integer, nullable=False),
    ]


orders = Table(
    "orders",
    metadata,
    Column("order_id", String(200), primary_key=True),
    Column("user_id", String(200), nullable=False),
    Column("email", Text, nullable=False),
    Column("placed_at", BigInteger, nullable=False),
    *_amount("total"),
    Column("tracking_id", Text, nullable=False),
    *_amount("shipping"),
    Column("street_address", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("zip_code", Integer, nullable=False),
)
order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", String(200), ForeignKey("orders.order_id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("product_id", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    *_amount("cost"),
)
history = Table(
    "history",
    metadata,
    Column("user_id", String(200), primary_key=True),
    Column("placed_at", BigInteger, primary_key=True),
    Column("order_id", String(200), primary_key=True),
    *_amount("total"),
    Column("pieces", Integer, nullable=False),
    Column("tracking_id", Text, nullable=False),
)
"""Its primary key is the order in which it is read: a page is one range of the index."""

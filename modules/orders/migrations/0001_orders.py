"""Orders with their lines, and the history that is read beside them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _amount(name: str) -> list[sa.Column[Any]]:
    return [
        sa.Column(f"{name}_code", sa.Text, nullable=False),
        sa.Column(f"{name}_units", sa.BigInteger, nullable=False),
        sa.Column(f"{name}_nanos", sa.Integer, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(200), primary_key=True),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("placed_at", sa.BigInteger, nullable=False),
        *_amount("total"),
        sa.Column("tracking_id", sa.Text, nullable=False),
        *_amount("shipping"),
        sa.Column("street_address", sa.Text, nullable=False),
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("zip_code", sa.Integer, nullable=False),
    )
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.String(200), sa.ForeignKey("orders.order_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        *_amount("cost"),
    )
    op.create_table(
        "history",
        sa.Column("user_id", sa.String(200), primary_key=True),
        sa.Column("placed_at", sa.BigInteger, primary_key=True),
        sa.Column("order_id", sa.String(200), primary_key=True),
        *_amount("total"),
        sa.Column("pieces", sa.Integer, nullable=False),
        sa.Column("tracking_id", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("history")
    op.drop_table("order_lines")
    op.drop_table("orders")

"""Carts and their lines."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "carts",
        sa.Column("user_id", sa.String(200), primary_key=True),
        sa.Column("additions", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "lines",
        sa.Column("user_id", sa.String(200), sa.ForeignKey("carts.user_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.String(200), primary_key=True),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.CheckConstraint("quantity > 0", name="quantity_is_positive"),
    )


def downgrade() -> None:
    op.drop_table("lines")
    op.drop_table("carts")

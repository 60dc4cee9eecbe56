"""Charges. Nothing of a card but its brand and last four digits has a column."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "charges",
        sa.Column("transaction_id", sa.String(36), primary_key=True),
        sa.Column("request_id", sa.String(200), unique=True),
        sa.Column("currency_code", sa.String(3), nullable=False),
        sa.Column("units", sa.BigInteger, nullable=False),
        sa.Column("nanos", sa.Integer, nullable=False),
        sa.Column("brand", sa.String(30), nullable=False),
        sa.Column("last_four", sa.String(4), nullable=False),
        sa.Column("charged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refund_id", sa.String(36)),
        sa.Column("refunded_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("units >= 0 AND nanos >= 0", name="amount_is_not_negative"),
        sa.CheckConstraint("(refund_id IS NULL) = (refunded_at IS NULL)", name="refund_is_whole"),
    )


def downgrade() -> None:
    op.drop_table("charges")

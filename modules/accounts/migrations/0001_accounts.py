"""Accounts, and the tries that failed at them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(500), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "tries",
        sa.Column("email_key", sa.String(254), primary_key=True),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("since", sa.Float, nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("tries")
    op.drop_table("accounts")

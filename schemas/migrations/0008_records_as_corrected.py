"""The claims and quotes of corrected documents as they stand, for searches

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-27 05:40:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # workers/store/migrations/env.py fills it, for what a correction comes to is not told in SQL.
    op.create_table(
        "corrected_records",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("measure", sa.String(length=16), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "ordinal"),
    )
    op.create_index("ix_corrected_records_measure", "corrected_records", ["measure"], unique=False)
    op.create_index("ix_corrected_records_name", "corrected_records", ["name"], unique=False)


def downgrade() -> None:
    op.drop_table("corrected_records")

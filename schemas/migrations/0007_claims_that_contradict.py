"""Which claims of a text contradict each other

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-26 23:50:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("claims", sa.Column("contradicts", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("claims", "contradicts")

"""An index of the times of publication, by which searches ask

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-27 19:40:00
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index("ix_documents_published", "documents", ["published"])


def downgrade() -> None:
    op.drop_index("ix_documents_published", table_name="documents")

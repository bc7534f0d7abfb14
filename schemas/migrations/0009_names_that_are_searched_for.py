"""Indexes of the names that searches ask for: of places, speakers and claimants, in lower case

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-27 09:35:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_OF_A_PLACE = sa.text("label IN ('GPE', 'LOC', 'FAC')")


def upgrade() -> None:
    for name, of in (("ix_entities_place_name", "name"), ("ix_entities_place_text", "text")):
        op.create_index(
            name, "entities", [sa.text(f"lower({of})")], sqlite_where=_OF_A_PLACE, postgresql_where=_OF_A_PLACE
        )
    op.create_index("ix_quotes_speaker", "quotes", [sa.text("lower(speaker_name)")])
    op.create_index("ix_claims_claimant", "claims", [sa.text("lower(claimant_name)")])


def downgrade() -> None:
    op.drop_index("ix_claims_claimant", table_name="claims")
    op.drop_index("ix_quotes_speaker", table_name="quotes")
    op.drop_index("ix_entities_place_text", table_name="entities")
    op.drop_index("ix_entities_place_name", table_name="entities")

"""Places of texts, stories parted from others, and the further stories of round-ups

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-26 15:20:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TIME = sa.DateTime(timezone=True)
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("geonameid", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("precision", sa.String(length=16), nullable=False),
        sa.Column("demonym", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "ordinal"),
    )
    op.add_column("stories", sa.Column("parted_from", sa.String(length=32), nullable=True))
    op.add_column("stories", sa.Column("parted", _TIME, nullable=True))
    op.add_column("stories", sa.Column("parting_score", sa.Double(), nullable=True))
    op.create_index("ix_stories_parted_from", "stories", ["parted_from"])
    op.create_table(
        "further_stories",
        sa.Column("number", _BIG, nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("compared", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["documents.number"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["compared"], ["documents.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", "story_id"),
    )
    op.create_index("ix_further_stories_story_id", "further_stories", ["story_id"])


def downgrade() -> None:
    op.drop_table("further_stories")
    op.drop_index("ix_stories_parted_from", "stories")
    op.drop_column("stories", "parting_score")
    op.drop_column("stories", "parted")
    op.drop_column("stories", "parted_from")
    op.drop_table("places")

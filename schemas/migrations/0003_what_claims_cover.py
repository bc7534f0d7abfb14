"""What claims cover: status, scope, claimant type, place and date

Claims stored before are not comparable (null) until their documents are extracted again.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-26 15:55:00
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_COLUMNS: dict[str, Any] = {
    "status": sa.String(length=16),
    "scope": sa.String(length=16),
    "claimant_type": sa.String(length=16),
    "place": sa.Text(),
    "place_start": sa.Integer(),
    "place_end": sa.Integer(),
    "geonameid": sa.Integer(),
    "country": sa.String(length=3),
    "lat": sa.Double(),
    "lon": sa.Double(),
    "place_precision": sa.String(length=16),
    "event_date": sa.Date(),
    "event_date_precision": sa.String(length=16),
}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("claims", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("claims") as table:
        for name in reversed(_COLUMNS):
            table.drop_column(name)

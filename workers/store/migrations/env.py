"""How Alembic reaches the database: handed over by the program, or the settings' for `alembic` on the command line.

The versions themselves are in schemas/migrations.
"""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy.orm import Session

import schemas.dedupe_tables
import schemas.desk_tables  # noqa: F401 (so that their tables are known)
from schemas.tables import Table, UTCDateTime
from workers.store.corrections.standing import keep_all_standing
from workers.store.database import database


def _as_plain_type(kind: str, item: object, _: object) -> str | Literal[False]:
    """A migration is history: it names SQLAlchemy's own types, not ours, which may change."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def _is_described(name: str | None, kind: str, _: object) -> bool:
    """The search index is no model's: FTS5 keeps tables of its own for it, and PostgreSQL a tsvector."""
    return not (kind == "table" and (name or "").startswith("search"))


if context.is_offline_mode():
    # `alembic upgrade head --sql`: for PostgreSQL, where an administrator may want to read it first.
    context.configure(dialect_name="postgresql", target_metadata=Table.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    target = context.config.attributes.get("database") or database()
    with target.migrating() as connection:
        context.configure(
            connection=connection,
            target_metadata=Table.metadata,
            render_as_batch=target.on_sqlite,
            render_item=_as_plain_type,
            include_name=_is_described,
        )
        before = context.get_context().get_current_revision()
        context.run_migrations()
        present = context.get_context().get_current_revision()
        if before is not None and before < "0008" and present == context.get_head_revision():
            with Session(connection) as session:
                keep_all_standing(session)

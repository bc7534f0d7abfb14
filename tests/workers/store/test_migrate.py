"""The tables are those of the models, on both databases, and can be brought up and down."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import make_url

import schemas.dedupe_tables
import schemas.desk_tables  # noqa: F401 (so that their tables are compared)
from schemas.documents import RawDocument
from schemas.errors import ServiceError
from schemas.tables import Table
from workers.settings import Settings
from workers.store.database import Database
from workers.store.intake import accept
from workers.store.migrate import configuration, migrate


def _is_search(kind: str, name: str) -> bool:
    """The search index, which no model describes and triggers keep."""
    return kind == "table" and name.startswith("search")


def test_the_migrated_tables_are_those_of_the_models(tables: Database) -> None:
    with tables.engine.connect() as connection:
        described = {"compare_type": True, "include_name": lambda name, kind, _: not _is_search(kind, name)}
        context = MigrationContext.configure(connection, opts=described)
        assert compare_metadata(context, Table.metadata) == []


def test_migrations_run_down_and_up_with_data_in_the_tables(tables: Database) -> None:
    with tables.writing() as session:
        accept(session, [RawDocument(content="one")])
    command.downgrade(configuration(tables), "base")
    assert set(inspect(tables.engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    migrate(tables)
    assert "documents" in inspect(tables.engine).get_table_names()


def _value(column: Column[Any], row: int) -> Any:
    """Any value that a column takes, another in each row."""
    match column.type:
        case JSON():
            return {"row": row}
        case String():
            return f"row {row}"[: column.type.length]
        case Date():
            return date(2026, 3, row)
        case DateTime():
            return datetime(2026, 3, row, tzinfo=UTC)
        case Boolean():
            return True
        case LargeBinary():
            return b"packed"
        case _:
            return row


def _insert_everywhere(tables: Database, row: int) -> dict[str, int]:
    """Puts a row in every table that there is, whatever its columns; gives the rows that each has then."""
    found = MetaData()
    found.reflect(tables.engine)
    counts, inserted = {}, dict[str, dict[str, Any]]()
    with tables.writing() as session:
        connection = session.connection()
        for table in found.sorted_tables:
            if table.name in ("alembic_version", "sqlite_sequence") or _is_search("table", table.name):
                continue
            values = {column.name: _value(column, row) for column in table.columns}
            for column in table.columns:
                for key in column.foreign_keys:
                    known = inserted.get(
                        key.column.table.name, values
                    )  # a row may refer to its own table, and so itself
                    values[column.name] = known[key.column.name]
            inserted[table.name] = values
            connection.execute(insert(table), values)
            counts[table.name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return counts


def _counts(tables: Database) -> dict[str, int]:
    with tables.engine.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT COUNT(*) FROM "{name}"')).scalar_one()  # noqa: S608
            for name in inspect(connection).get_table_names()
            if name not in ("alembic_version", "sqlite_sequence") and not _is_search("table", name)
        }


def test_every_revision_keeps_the_rows_of_the_tables_it_leaves(database_url: str) -> None:
    tables = Database(Settings(DATABASE_URL=database_url).database)
    configured = configuration(tables)
    revisions = [script.revision for script in ScriptDirectory.from_config(configured).walk_revisions()][::-1]
    kept: dict[str, int] = {}
    for row, revision in enumerate(revisions, start=1):
        command.upgrade(configured, revision)
        counted = _counts(tables)
        assert {name: counted[name] for name in kept} == kept, f"up to {revision}"
        kept = _insert_everywhere(tables, row)
    for revision in [*revisions[-2::-1], "base"]:
        command.downgrade(configured, revision)
        counted = _counts(tables)
        assert counted == {name: count for name, count in kept.items() if name in counted}, f"down to {revision}"
    assert counted == {}
    migrate(tables)
    assert {name for name, count in _counts(tables).items() if count} == {"change_counter"}  # of which there is one row
    tables.engine.dispose()


def test_alembic_by_hand_creates_what_the_models_say(database_url: str) -> None:
    for arguments in (["upgrade", "head"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "alembic", *arguments],
            cwd=Path(__file__).parents[3],
            env=os.environ | {"DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert "No new upgrade operations detected" in done.stdout + done.stderr


def test_services_that_start_at_once_create_the_tables_once(database_url: str) -> None:
    start = [sys.executable, "-c", "from workers.store import database as d, migrate as m; m.migrate(d.database())"]
    services = [subprocess.Popen(start, env=os.environ | {"DATABASE_URL": database_url}) for _ in range(3)]
    assert [service.wait(60) for service in services] == [0, 0, 0]


def test_tables_of_a_later_version_are_left_alone(tables: Database) -> None:
    with tables.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ServiceError, match=r"later version \(9999\).*upgrade Wireroom"):
        migrate(tables)


def test_a_database_that_cannot_be_reached_is_named_without_its_password() -> None:
    with pytest.raises(ServiceError, match="cannot be reached") as raised:
        migrate(Database(make_url("postgresql+psycopg://u:secret@127.0.0.1:1/d")))
    assert "secret" not in str(raised.value)

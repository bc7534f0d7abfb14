"""The tables are those of the models, on both databases, and can be brought up and down."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from schemas.documents import RawDocument
from schemas.errors import ServiceError
from schemas.tables import Table
from workers.store.database import Database
from workers.store.intake import accept
from workers.store.migrate import configuration, migrate


def test_the_migrated_tables_are_those_of_the_models(tables: Database) -> None:
    with tables.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_migrations_run_down_and_up_with_data_in_the_tables(tables: Database) -> None:
    with tables.writing() as session:
        accept(session, [RawDocument(content="one")])
    command.downgrade(configuration(tables), "base")
    assert set(inspect(tables.engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    migrate(tables)
    assert "documents" in inspect(tables.engine).get_table_names()


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

"""Bringing the tables to the present version: `alembic upgrade head`, as every command does it at its start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

import schemas
from schemas.errors import ServiceError
from workers.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
_VERSIONS = Path(schemas.__file__).parent / "migrations"


def configuration(database: Database) -> Config:
    """Alembic's configuration for a database, with no file needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("version_locations", str(_VERSIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["database"] = database
    return config


def migrate(database: Database) -> None:
    """Creates the tables or brings them to the present version; does nothing where they are.

    Raises:
        ServiceError: the database cannot be reached, or is of a later version than this program.
    """
    database.check()
    present = _present(database)
    known = sorted(path.stem.partition("_")[0] for path in _VERSIONS.glob("[0-9]*.py"))
    if present == known[-1]:
        return
    if present is not None and present not in known:
        raise ServiceError(
            database.shown, f"has tables of a later version ({present}) than this program knows", "upgrade Wireroom"
        )
    from alembic import command  # a third of a second to load, which a start with nothing to migrate saves

    command.upgrade(configuration(database), "head")


def _present(database: Database) -> str | None:
    """The revision that the tables are of; None where there are none."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found

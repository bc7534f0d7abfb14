"""Bringing the tables to the present version: `alembic upgrade head`, as every command does it at its start."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import schemas
from schemas.errors import ServiceError
from workers.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"
_VERSIONS = Path(schemas.__file__).parent / "migrations"


def configuration(database: Database) -> Config:
    """Alembic's configuration for a database, with no file needed."""
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
    config = configuration(database)
    script = ScriptDirectory.from_config(config)
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == script.get_current_head():
        return
    if present is not None and present not in {revision.revision for revision in script.walk_revisions()}:
        raise ServiceError(
            database.shown, f"has tables of a later version ({present}) than this program knows", "upgrade Wireroom"
        )
    command.upgrade(config, "head")

"""What the commands share: the options for the services, the exit codes, and how tables are printed."""

from __future__ import annotations

import json
import os
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from workers import settings
from workers.store.database import database
from workers.store.migrate import migrate

if TYPE_CHECKING:
    from workers.producers.intake import Taken

Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="The tables (default: DATABASE_URL, then SQLite).")
]
Redis = Annotated[
    str | None, typer.Option("--redis", metavar="URL", help="The broker (default: REDIS_URL, then the embedded one).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON in place of tables.")]


class Exit(IntEnum):
    """The contract's exit codes; a defect of ours (sysexits.h); and the shell's own for Ctrl-C (128 + SIGINT)."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_USE = 2
    NO_SERVICE = 3
    BUG = os.EX_SOFTWARE
    INTERRUPTED = 130


# Columns of a table that goes to a file or a pipe: as a wide terminal.
_FILE_WIDTH = 140


def use(database_url: str | None, redis_url: str | None = None) -> None:
    """Applies the options and brings the tables to the present version.

    Raises:
        SettingError, ServiceError: the settings cannot be used, the database cannot be reached.
    """
    settings.override(database_url, redis_url)
    database.cache_clear()
    migrate(database())


def messages() -> Console:
    """Where progress and messages go: standard error, so that output can be piped."""
    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def output() -> Console:
    """Where results go: standard output, as wide as the terminal, or wide enough for tables in a file."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)


def place_of_results() -> str:
    """The path of the SQLite file, or the URL of the database without its password."""
    url = database().url
    return str(url.database) if database().on_sqlite else database().shown


def print_unread(taken: Taken, console: Console) -> None:
    """A line for what could not be read, as many as a person reads, and for what else there is to say of an input."""
    for notice in taken.notices:
        console.print(f"note: {notice}", markup=False)
    count, errors = taken.unread, taken.errors
    for error in errors:
        console.print(f"not read: {error}", style="yellow", markup=False)
    if count > len(errors):
        console.print(f"not read: {count - len(errors)} more", style="yellow")


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))

"""What the commands share: the options for the services, the exit codes, and how tables are printed."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from schemas.errors import InputError

if TYPE_CHECKING:
    from workers.producers.intake import Intake

DatabaseUrl = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="Database (default: DATABASE_URL, then SQLite).")
]
RedisUrl = Annotated[
    str | None, typer.Option("--redis", metavar="URL", help="Broker (default: REDIS_URL, then the embedded one).")
]


def _local(given: str) -> Path:
    if "://" in given:
        raise InputError(given, "is a URL, not a file or folder", "download it, or add a feed by `wireroom feeds add`")
    return Path(given)


Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", parser=_local, help="Files and folders to ingest.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


class Exit(IntEnum):
    """Exit codes: the documented ones, that of a bug (sysexits.h), and the shell's for Ctrl-C (128 + SIGINT)."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_USE = 2
    NO_SERVICE = 3
    BUG = os.EX_SOFTWARE
    INTERRUPTED = 130


# Columns of a table that goes to a file or a pipe: as a wide terminal.
_FILE_WIDTH = 140


def use(database_url: str | None, redis_url: str | None = None) -> None:
    """Applies the options and migrates the database.

    Raises:
        SettingError, ServiceError: the settings cannot be used, the database cannot be reached.
    """
    from workers import settings  # with the tables, which a command's help is printed without
    from workers.store.database import database
    from workers.store.migrate import migrate

    settings.override(database_url, redis_url)
    database.cache_clear()
    migrate(database())


def close_database() -> None:
    """Closes the database of this process, if a command has used one."""
    module = sys.modules.get("workers.store.database")
    if module is not None and module.database.cache_info().currsize:
        module.database().close()


def messages() -> Console:
    """Where progress and messages go: standard error, so that output can be piped."""
    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def output() -> Console:
    """Where results go: standard output, as wide as COLUMNS says or the terminal is, or wide enough for a file."""
    return Console(highlight=False, width=shutil.get_terminal_size((_FILE_WIDTH, 0)).columns)


def use_what_streams_can_show() -> None:
    """Has what the terminal's encoding cannot show printed as escapes: `LANG=C` is no reason for a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def place_of_results() -> str:
    """The path of the SQLite file, or the URL of the database without its password."""
    from workers.store.database import database

    url = database().url
    return str(url.database) if database().on_sqlite else database().shown


def print_unread(intake: Intake, console: Console) -> None:
    """A line for what could not be read, as many as a person reads, and for what else there is to say of an input."""
    from workers.logs import printable  # with Celery

    for notice in intake.notices:
        console.print(f"note: {notice}", markup=False)
    count, errors = intake.unread, intake.errors
    for error in errors:
        console.print(f"not read: {printable(str(error))}", style="yellow", markup=False)
    if count > len(errors):
        console.print(f"not read: {count - len(errors)} more", style="yellow")


def print_json(value: Any) -> None:
    """One JSON document on standard output, in ASCII where that is all it can show."""
    everything = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, ensure_ascii=not everything, indent=2, default=str))

"""`wireroom export`: a table as JSON Lines, CSV or Parquet."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from schemas.errors import SettingError
from workers.cli.options import DatabaseUrl, RedisUrl, messages, use
from workers.export.formats import write_csv, write_jsonl, write_parquet
from workers.export.ucdp import write_ucdp
from workers.store.changes import last_number
from workers.store.database import database


class ExportTable(StrEnum):
    """The tables that can be exported."""

    DOCUMENTS = "documents"
    ENTITIES = "entities"
    PLACES = "places"
    QUOTES = "quotes"
    CLAIMS = "claims"
    STORIES = "stories"
    COUNTS = "counts"
    DISPUTES = "disputes"
    CORRECTIONS = "corrections"
    FAILURES = "failures"
    REVISIONS = "revisions"


class ExportFormat(StrEnum):
    """The forms a table can be written in."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    UCDP = "ucdp"


# By the ending of the file; standard output has none.
_FORMATS = {"": ExportFormat.JSONL, ".ndjson": ExportFormat.JSONL} | {
    f".{form}": form for form in ExportFormat if form != ExportFormat.UCDP
}


def export(
    what: Annotated[ExportTable, typer.Argument(metavar="WHAT", help=f"One of: {', '.join(ExportTable)}.")],
    form: Annotated[
        ExportFormat | None, typer.Option("--format", help="Default: the ending of --output, else jsonl.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The file to write (default: standard output).")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only of documents received then or later (ISO 8601).")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only of documents from this source.")] = None,
    changed_since: Annotated[
        int | None,
        typer.Option(min=0, metavar="NUMBER", help="Only what changed after that number, in the order of the changes."),
    ] = None,
    database_url: DatabaseUrl = None,
    redis_url: RedisUrl = None,
) -> None:
    """Write a table to standard output or a file."""
    from workers.store.read.rows import Filter, rows  # with the numerics of dedupe, which take long to load
    from workers.store.settling import settle_all

    use(database_url, redis_url)
    form = form or _by_ending(output)
    if form is ExportFormat.UCDP and what is not ExportTable.COUNTS:
        raise SettingError("--format ucdp", f"{what} have no low, best and high estimate", "export counts")
    chosen = Filter(since=_moment(since), source=source, changed_since=changed_since)
    settle_all(database())
    with database().reading() as session:
        latest = last_number(session)
        found = rows(session, what.value, chosen)
        if form is ExportFormat.PARQUET:
            with _binary(output) as file:
                count = write_parquet(what.value, found, file)
        else:
            with _text(output) as file:
                if form is ExportFormat.UCDP:
                    count = write_ucdp(found, file)
                else:
                    count = write_csv(what.value, found, file) if form is ExportFormat.CSV else write_jsonl(found, file)
    if changed_since is not None:
        messages().print(f"next time: --changed-since {latest}", markup=False)
    if output is not None:
        messages().print(f"{count} {what.value} written to {output}", markup=False)


def _by_ending(output: Path | None) -> ExportFormat:
    ending = output.suffix.lower() if output else ""
    if ending in _FORMATS:
        return _FORMATS[ending]
    raise SettingError(
        f"--output {output}",
        f"{ending} is not a supported format",
        "use .jsonl, .csv or .parquet, or say --format",
    )


def _moment(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        raise SettingError(
            "--since", f"{since!r} is not an ISO 8601 time", "write 2026-03-01 or 2026-03-01T09:00Z"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@contextmanager
def _text(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
        yield sys.stdout
        return
    with _whole(output) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as file:
        yield file


@contextmanager
def _binary(output: Path | None) -> Iterator[IO[bytes]]:
    if output is None:
        yield sys.stdout.buffer
        return
    with _whole(output) as unfinished, unfinished.open("wb") as file:
        yield file


@contextmanager
def _whole(output: Path) -> Iterator[Path]:
    """A file to write to that takes the place of `output` only once it is whole."""
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        unfinished.replace(output)
    except OSError as error:
        raise SettingError(
            f"--output {output}", f"cannot be written ({error.strerror})", "choose another path"
        ) from error
    finally:
        with suppress(OSError):  # it took the place of `output`, or never came to be
            unfinished.unlink()

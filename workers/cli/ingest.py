"""`wireroom ingest`: documents onto the queue of running workers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from schemas.stages import State
from workers.cli.options import DatabaseUrl, Exit, Json, Paths, RedisUrl, messages, print_json, print_unread, use
from workers.cli.report_tables import account, print_failures
from workers.desk.wording import counted
from workers.local.progress import follow, taking_in
from workers.queue.broker import require_broker
from workers.settings import settings
from workers.store.database import database

if TYPE_CHECKING:
    from schemas.documents import RawDocument
    from schemas.errors import InputError
    from workers.producers.intake import Intake

# In place of a path, as everywhere.
_STANDARD_INPUT = Path("-")


def ingest(
    paths: Paths,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until every document is stored or failed.")] = False,
    database_url: DatabaseUrl = None,
    redis_url: RedisUrl = None,
    as_json: Json = False,
) -> None:
    """Put documents on the queue of running workers and return. PATH - reads JSON Lines from standard input."""
    from workers.store.read.report import failures  # with the numerics of dedupe, which take long to load

    use(database_url, redis_url)
    console = messages()
    require_broker()
    intake = _accept(paths, console, wait, as_json)
    print_unread(intake, console)
    states: dict[State, int] = {}
    if wait:
        states = follow(intake.ids, console, lambda: None)
    failed: list[dict[str, Any]] = []
    if states.get(State.FAILED):
        with database().reading() as session:
            failed = failures(session, intake.ids)
    if as_json:
        counts = {"documents": intake.documents, "new": intake.new, "not_read": intake.unread}
        accepted = [asdict(each) for each in intake.accepted]
        print_json({**counts, **states, "accepted": accepted, **({"failures": failed} if wait else {})})
    elif wait:
        print_failures(failed, console)
        console.print(account(intake.new, len(intake.ids), states), markup=False)
    else:
        console.print(f"{counted(intake.documents, 'document')} ingested, {intake.new:,} of them new", markup=False)
    if intake.unread:
        raise typer.Exit(Exit.WRONG_USE)
    if states.get(State.FAILED):
        raise typer.Exit(Exit.SOME_FAILED)


def _accept(paths: list[Path], console: Console, wait: bool, as_json: bool) -> Intake:
    from workers.producers import read, size  # with the parsers of pages and feeds, a second to load
    from workers.producers.intake import Intake, Keep, accept_all
    from workers.producers.json_input import read_arriving

    limit = settings().max_document_mb * 2**20
    keep = Keep.ACCEPTED if as_json else Keep.IDS if wait else Keep.NOTHING
    files = [path for path in paths if path != _STANDARD_INPUT]
    piped = len(files) < len(paths)
    intake = Intake()
    total = size(files) if console.is_terminal and not piped else None
    with taking_in(console, total) as (on_bytes, on_documents):

        def documents() -> Iterator[RawDocument | InputError | None]:
            yield from read(files, limit, on_bytes)
            if piped:
                yield from read_arriving(sys.stdin.fileno(), "standard input", limit)

        for intake in accept_all(documents(), keep=keep):
            on_documents(intake.documents)
    return intake

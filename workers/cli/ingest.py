"""`wireroom ingest`: documents onto the queue of running workers."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from schemas.stages import State
from workers.cli.options import Database, Exit, Json, Redis, messages, print_json, print_unread, use
from workers.local.progress import follow, taking_in
from workers.queue.broker import require_broker
from workers.settings import settings
from workers.store.census import failed_of
from workers.store.database import database

if TYPE_CHECKING:
    from workers.producers.intake import Taken

# In place of a path, as everywhere.
_STANDARD_INPUT = Path("-")

# Failed documents that are named, as many as a person reads; `wireroom export failures` has all.
_NAMED = 20


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files and folders to take in; - for JSON lines piped in.")
    ],
    wait: Annotated[bool, typer.Option("--wait", help="Follow the documents to their end.")] = False,
    database_url: Database = None,
    redis_url: Redis = None,
    as_json: Json = False,
) -> None:
    """Put documents on the queue of running workers and return."""
    use(database_url, redis_url)
    console = messages()
    require_broker()
    taken = _take_in(paths, console, wait, as_json)
    print_unread(taken, console)
    states: dict[State, int] = {}
    failed: list[dict[str, Any]] = []
    if wait:
        states = follow(taken.ids, console, lambda: None)
        with database().reading() as session:
            failed = [
                {"id": each.id, "external_id": each.external_id, "title": each.title, "error": each.error}
                for each in failed_of(session, taken.ids, len(taken.ids) if as_json else _NAMED)
            ]
    if as_json:
        figures: dict[str, Any] = {"documents": taken.documents, "new": taken.new, "not_read": taken.unread}
        accepted = [asdict(each) for each in taken.accepted]
        print_json(figures | dict(states) | {"accepted": accepted} | ({"failures": failed} if wait else {}))
    else:
        console.print(f"{taken.documents:,} documents taken in, {taken.new:,} of them new", markup=False)
        if wait:
            _print_ends(states, failed, console)
    if taken.unread:
        raise typer.Exit(Exit.WRONG_USE)
    if states.get(State.FAILED):
        raise typer.Exit(Exit.SOME_FAILED)


def _take_in(paths: list[Path], console: Console, wait: bool, as_json: bool) -> Taken:
    from workers.producers import read, size  # with the parsers of pages and feeds, a second to load
    from workers.producers.intake import Keep, Taken, take_in
    from workers.producers.json_input import read_arriving

    limit = settings().max_document_mb * 2**20
    keep = Keep.ACCEPTED if as_json else Keep.IDS if wait else Keep.NOTHING
    files = [path for path in paths if path != _STANDARD_INPUT]
    piped = len(files) < len(paths)
    taken = Taken()
    total = size(files) if console.is_terminal and not piped else None
    with taking_in(console, total) as (on_bytes, on_documents):

        def documents() -> Any:
            yield from read(files, limit, on_bytes)
            if piped:
                yield from read_arriving(sys.stdin.fileno(), "standard input", limit)

        for taken in take_in(documents(), keep=keep):
            on_documents(taken.documents)
    return taken


def _print_ends(states: dict[State, int], failed: list[dict[str, Any]], console: Console) -> None:
    for each in failed:
        known_as = each["title"] or each["external_id"] or "-"
        console.print(f"failed: {each['id']} ({known_as}): {each['error']}", style="yellow", markup=False)
    if states[State.FAILED] > len(failed):
        console.print(f"failed: {states[State.FAILED] - len(failed):,} more", style="yellow")
    again = "; `wireroom retry` sends them again" if states[State.FAILED] else ""
    console.print(f"{states[State.STORED]:,} stored, {states[State.FAILED]:,} failed{again}", markup=False)

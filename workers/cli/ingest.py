"""`wireroom ingest`: documents onto the queue of running workers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schemas.stages import State
from workers.cli.options import Database, Exit, Json, Redis, messages, print_json, print_unread, use
from workers.local.progress import follow
from workers.queue.broker import require_broker
from workers.settings import settings


def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders to take in.")],
    wait: Annotated[bool, typer.Option("--wait", help="Follow the documents to their end.")] = False,
    database_url: Database = None,
    redis_url: Redis = None,
    as_json: Json = False,
) -> None:
    """Put documents on the queue of running workers and return."""
    from workers.producers import read  # with the parsers of pages and feeds, a second to load
    from workers.producers.intake import Taken, take_in

    use(database_url, redis_url)
    console = messages()
    require_broker()
    taken = Taken()
    for taken in take_in(read(paths, settings().max_document_mb * 2**20)):
        if console.is_terminal:
            console.print(f"{len(taken.ids)} documents taken in", end="\r")
    print_unread(taken.unread, taken.errors, console)
    states: dict[State, int] = {}
    if wait:
        states = follow(taken.ids, console, lambda: None)
    if as_json:
        print_json({"documents": len(taken.ids), "new": taken.new, "not_read": taken.unread, **states})
    else:
        console.print(f"{len(taken.ids)} documents taken in, {taken.new} of them new", markup=False)
    if taken.unread:
        raise typer.Exit(Exit.WRONG_USE)
    if states.get(State.FAILED):
        raise typer.Exit(Exit.SOME_FAILED)

"""`wireroom ingest`: documents onto the queue of running workers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from schemas.stages import State
from workers.cli.options import Database, Exit, Json, Paths, Redis, messages, print_json, print_unread, use
from workers.cli.report_tables import account, print_failures
from workers.local.progress import follow
from workers.queue.broker import require_broker
from workers.settings import settings
from workers.store.database import database
from workers.store.read.report import failures


def ingest(
    paths: Paths,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until every document is stored or failed.")] = False,
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
            console.print(f"{len(taken.ids)} documents ingested", end="\r")
    print_unread(taken.unread, taken.errors, console)
    states: dict[State, int] = {}
    if wait:
        states = follow(taken.ids, console, lambda: None)
    failed: list[dict[str, Any]] = []
    if states.get(State.FAILED):
        with database().reading() as session:
            failed = failures(session, taken.ids)
    if as_json:
        counts = {"documents": len(taken.ids), "new": taken.new, "not_read": taken.unread}
        print_json({**counts, **states, **({"failures": failed} if wait else {})})
    elif wait:
        print_failures(failed, console)
        console.print(account(taken.new, len(taken.ids), states), markup=False)
    else:
        console.print(f"{len(taken.ids)} documents ingested, {taken.new} of them new", markup=False)
    if taken.unread:
        raise typer.Exit(Exit.WRONG_USE)
    if states.get(State.FAILED):
        raise typer.Exit(Exit.SOME_FAILED)

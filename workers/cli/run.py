"""`wireroom run`: the whole job on this machine."""

from __future__ import annotations

import typer

from schemas.stages import State
from workers.cli.options import (
    Database,
    Exit,
    Json,
    Paths,
    Redis,
    messages,
    output,
    place_of_results,
    print_json,
    print_unread,
    use,
)
from workers.cli.report_tables import account, print_report
from workers.queue.broker import broker_running
from workers.store.database import database
from workers.store.read.report import report


def run(
    paths: Paths,
    database_url: Database = None,
    redis_url: Redis = None,
    as_json: Json = False,
) -> None:
    """Ingest files, wait until every document is stored or failed, and print a report.

    Starts what is missing (broker, workers) and stops what it started.
    """
    from workers.local.run import process  # with the parsers of pages and feeds, a second to load

    use(database_url, redis_url)
    console = messages()
    with broker_running():
        taken, states = process(paths, console)
    with database().reading() as session:
        found = report(session, taken.ids)
    if as_json:
        print_json(found)
    else:
        print_report(found, output())
    print_unread(taken.unread, taken.errors, console)
    console.print(account(taken.new, len(taken.ids), states), markup=False)
    console.print(f"The results are in {place_of_results()}", markup=False)
    if taken.unread:
        raise typer.Exit(Exit.WRONG_USE)
    if states[State.FAILED]:
        raise typer.Exit(Exit.SOME_FAILED)

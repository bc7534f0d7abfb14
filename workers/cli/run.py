"""`wireroom run`: the whole job on this machine."""

from __future__ import annotations

import typer

from schemas.stages import State
from workers.cli.options import (
    DatabaseUrl,
    Exit,
    Json,
    Paths,
    RedisUrl,
    messages,
    output,
    place_of_results,
    print_json,
    print_unread,
    use,
)
from workers.cli.report import write_report
from workers.cli.report_tables import account, print_report
from workers.queue.broker import broker_running
from workers.settings import desk_address, settings
from workers.store.database import database


def run(
    paths: Paths,
    database_url: DatabaseUrl = None,
    redis_url: RedisUrl = None,
    as_json: Json = False,
) -> None:
    """Ingest files, wait until every document is stored or failed, and print a report.

    Starts what is missing (broker, workers) and stops what it started.
    """
    from workers.local.run import process  # with the parsers of pages and feeds, a second to load
    from workers.local.workers import LocalWorkers
    from workers.store.read.report import report
    from workers.store.settling import settle_all

    use(database_url, redis_url)
    console = messages()
    with broker_running(), LocalWorkers() as workers:
        intake, states = process(paths, workers, console)
        workers.leave()
        settle_all(database())
        with database().reading() as session:
            found = report(session, intake.ids)
        if as_json:
            print_json(found)
        else:
            print_report(found, output())
        print_unread(intake, console)
        console.print(account(intake.new, len(intake.ids), states), markup=False)
        console.print(f"The results are in {place_of_results()}", markup=False)
        page = settings().services_folder.parent / "report.html"
        write_report(page)
        console.print(f"Read them in a browser: {page}", markup=False)
        console.print(f"or at the desk: `wireroom up`, then {desk_address()}", markup=False)
    if intake.unread:
        raise typer.Exit(Exit.WRONG_USE)
    if states[State.FAILED]:
        raise typer.Exit(Exit.SOME_FAILED)

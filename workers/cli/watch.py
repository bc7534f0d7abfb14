"""`wireroom watch`: the files that appear in a folder, put on the queue of running workers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from workers.cli.options import DatabaseUrl, Exit, RedisUrl, messages, print_unread, use
from workers.desk.wording import counted
from workers.queue.broker import require_broker
from workers.settings import settings


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder, with its subfolders.")],
    move: Annotated[
        Path | None,
        typer.Option(help="Folder to move ingested files to (default: they stay, and are recorded as ingested)."),
    ] = None,
    settled: Annotated[float, typer.Option(min=0, help="Seconds a file must be unchanged to count as complete.")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Ingest what is complete now, then return.")] = False,
    database_url: DatabaseUrl = None,
    redis_url: RedisUrl = None,
) -> None:
    """Ingest files once they are complete, each once, until stopped."""
    from workers.producers.files import printable  # with the parsers of pages and feeds, a second to load
    from workers.producers.folders import Watched

    use(database_url, redis_url)
    console = messages()
    require_broker()
    watched = Watched(folder, settled, move, settings().services_folder / "taken-files.jsonl")
    # With --once: when every file found by the first scan is known to be complete or not.
    deadline = time.monotonic() + settled + 0.1
    unread = 0
    try:
        with watched:
            while True:
                last = time.monotonic() >= deadline
                for path, intake in watched.look():
                    unread += intake.unread
                    print_unread(intake, console)
                    told = f"{counted(intake.documents, 'document')}, {intake.new:,} of them new"
                    console.print(f"{printable(path)}: {told}", markup=False)
                if once and last:
                    break
                watched.wait()
    except KeyboardInterrupt:
        console.print("stopped")
    if unread:
        raise typer.Exit(Exit.WRONG_USE)

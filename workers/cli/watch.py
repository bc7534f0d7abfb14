"""`wireroom watch`: the files that arrive in a folder, put on the queue of running workers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from workers.cli.options import Database, Exit, Redis, messages, print_unread, use
from workers.queue.broker import require_broker
from workers.settings import settings


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Walked with all that is in it.")],
    move: Annotated[
        Path | None, typer.Option(help="Where taken files go (default: they stay, and are marked as taken).")
    ] = None,
    settled: Annotated[float, typer.Option(min=0, help="Seconds a file must not have changed to be finished.")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Take what is there and finished, then return.")] = False,
    database_url: Database = None,
    redis_url: Redis = None,
) -> None:
    """Take in files as they are finished, each once, until stopped."""
    from workers.producers.files import printable  # with the parsers of pages and feeds, a second to load
    from workers.producers.folders import Watched

    use(database_url, redis_url)
    console = messages()
    require_broker()
    watched = Watched(folder, settled, move, settings().services_folder / "taken-files.jsonl")
    # With --once: when all that was there at the first look is known to be finished, or not.
    deadline = time.monotonic() + settled + 0.1
    unread = 0
    try:
        while True:
            last = time.monotonic() >= deadline
            for path, taken in watched.look():
                unread += taken.unread
                print_unread(taken.unread, taken.errors, console)
                console.print(f"{printable(path)}: {len(taken.ids)} documents, {taken.new} of them new", markup=False)
            if once and last:
                break
            time.sleep(min(1.0, max(0.05, settled / 2)))
    except KeyboardInterrupt:
        console.print("stopped")
    if unread:
        raise typer.Exit(Exit.WRONG_USE)

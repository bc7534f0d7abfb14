"""`wireroom feeds`: the feeds that are polled while the services run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.errors import InputError
from schemas.feeds import FeedState, Pages
from workers.cli.options import DatabaseUrl, Exit, Json, messages, output, print_json, use
from workers.cli.tables import add_row, new_table, print_table
from workers.feeds.listing import rows
from workers.fetching.urls import checked, shown
from workers.store import feeds as store
from workers.store.database import database

program = typer.Typer(
    name="feeds", help="The feeds that are polled while the services run.", no_args_is_help=True, rich_markup_mode=None
)

FeedNames = Annotated[list[str], typer.Argument(metavar="FEED...", help="Numbers (see `feeds list`) or addresses.")]


@program.command("add")
def add(
    urls: Annotated[
        list[str], typer.Argument(metavar="URL...", help="Address of a feed, or of a page that links to one.")
    ],
    pages: Annotated[Pages, typer.Option(help="When to fetch the pages that its entries link to.")] = Pages.AUTO,
    no_fetch: Annotated[bool, typer.Option("--no-fetch", help="Add the address without fetching it.")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Add feeds; for a page, the feed that it links to."""
    from workers.feeds.discovery import discover  # with the parsers of pages and feeds, a second to load

    use(database_url)
    console, failed = messages(), False
    for url in urls:
        try:
            _require_url(url)
            found = checked(url) if no_fetch else discover(url)
        except InputError as error:
            console.print(f"not added: {error}", style="yellow", markup=False)
            failed = True
            continue
        with database().writing(durable=True) as session:
            feed = store.add(session, found, pages=pages)
        console.print(f"{feed.number}  {shown(found)}", markup=False)
    if failed:
        raise typer.Exit(Exit.WRONG_USE)


def _require_url(given: str) -> None:
    """Refuses the path of a file, which without a scheme reads like a host and the path there."""
    host = given.partition("/")[0]
    is_like_host = "." in host.strip(".") or ":" in host
    if "://" not in given and (Path(given).exists() or not is_like_host):
        raise InputError(
            given, "is not an HTTP(S) URL", "write https://… for a feed; files are ingested by `wireroom ingest FILE`"
        )


@program.command("list")
def list_feeds(database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List feeds: last success, next poll, articles per day, last error."""
    use(database_url)
    with database().reading() as session:
        found = rows(session)
    if as_json:
        print_json(found)
        return
    _print(found)


@program.command("remove")
def remove(names: FeedNames, database_url: DatabaseUrl = None) -> None:
    """Remove feeds; their documents stay."""
    _change(names, database_url, store.remove, "removed")


@program.command("pause")
def pause(names: FeedNames, database_url: DatabaseUrl = None) -> None:
    """Stop polling feeds until they are resumed."""
    _change(names, database_url, lambda session, found: store.set_state(session, found, FeedState.PAUSED), "paused")


@program.command("resume")
def resume(names: FeedNames, database_url: DatabaseUrl = None) -> None:
    """Resume polling of paused, gone or dead feeds."""
    _change(names, database_url, lambda session, found: store.set_state(session, found, FeedState.ACTIVE), "resumed")


@program.command("import")
def import_feeds(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="OPML, or one address per line.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Add the feeds of lists, without fetching them."""
    from workers.feeds.lists import read_list  # likewise

    use(database_url)
    console, failed, count = messages(), False, 0
    for file in files:
        try:
            listed = read_list(file)
        except InputError as error:
            listed = [error]
        with database().writing(durable=True) as session:
            for each in listed:
                if isinstance(each, InputError):
                    console.print(f"not read: {each}", style="yellow", markup=False)
                    failed = True
                else:
                    store.add(session, each.url, each.title)
                    count += 1
    console.print(f"{count} feeds added from these lists", markup=False)
    if failed:
        raise typer.Exit(Exit.WRONG_USE)


@program.command("export")
def export_feeds(
    credentials: Annotated[
        bool, typer.Option("--credentials", help="Include passwords and secret parameters.")
    ] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Write the feeds as OPML to standard output."""
    from workers.feeds.lists import opml  # likewise

    use(database_url)
    with database().reading() as session:
        listed = store.find(session, [])
    written = [(feed.url if credentials else shown(feed.url), feed.title) for feed in listed]
    hidden = sum(url != feed.url for (url, _), feed in zip(written, listed, strict=True))
    sys.stdout.buffer.write(opml(written))
    if hidden:
        messages().print(
            f"{hidden} addresses are written without their credentials (--credentials keeps them)", style="yellow"
        )


def _change(names: list[str], url: str | None, change: Callable[[Any, list[int]], None], done: str) -> None:
    use(url)
    with database().writing(durable=True) as session:
        found = store.find(session, names)
        known = {str(feed.number) for feed in found} | {feed.url for feed in found}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise InputError(shown(unknown[0]), "is not one of the feeds", "see `wireroom feeds list`")
        change(session, [feed.number for feed in found])
    for feed in found:
        messages().print(f"{done}: {feed.number}  {shown(feed.url)}", markup=False)


def _print(feeds: list[dict[str, Any]]) -> None:
    columns = ("#", "feed", "state", "last success", "next poll", "per day", "error")
    table = new_table(None, *columns)
    for row in feeds:
        cells = (
            row["number"],
            row["title"] or row["url"],
            row["state"],
            _ago(row["last_success"]),
            _ahead(row["next_poll"]),
            row["articles_a_day"],
            row["error"] or "",
        )
        add_row(table, *cells)
    print_table(table, output())


def _ago(moment: datetime | None) -> str:
    return f"{_span(datetime.now(UTC) - moment)} ago" if moment else "never"


def _ahead(moment: datetime | None) -> str:
    if moment is None:
        return "never"
    return f"in {_span(moment - datetime.now(UTC))}" if moment > datetime.now(UTC) else "now"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"

"""`wireroom prune`: deletes what is old."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from schemas.errors import SettingError
from workers.cli.options import DatabaseUrl, Json, messages, print_json, use
from workers.store.database import database


def prune(
    before: Annotated[str, typer.Option(metavar="TIME", help="Documents received before then (ISO 8601).")],
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Delete old documents with their records, and old events; keeps what was corrected or is still in progress."""
    use(database_url)
    from workers.store import pruning
    from workers.store.hooks import catch_up

    try:
        time = datetime.fromisoformat(before)
    except ValueError as error:
        raise SettingError(f"--before {before}", "is not an ISO 8601 time", "write 2026-01-01") from error
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    more = True
    while more:
        with database().writing() as session:
            more = catch_up(session)
    documents = 0
    while True:
        with database().writing(deciding=True) as session:
            deleted = pruning.prune(session, time)
        documents += deleted
        if not deleted:
            break
    with database().writing() as session:
        events = pruning.prune_events(session, time)
    if as_json:
        print_json({"documents": documents, "events": events})
    else:
        messages().print(f"{documents} documents and {events} events were deleted", markup=False)

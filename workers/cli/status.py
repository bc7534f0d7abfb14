"""`wireroom status`: where the documents are, and whether somebody works on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import redis
from kombu.exceptions import OperationalError
from rich.console import Console

from workers.cli.options import DatabaseUrl, Json, RedisUrl, output, print_json, use
from workers.cli.tables import add_row, new_table, print_table
from workers.local.workers import workers_seen
from workers.queue.broker import broker_url, without_password
from workers.queue.queues import TASKS
from workers.queue.sending import queue_lengths
from workers.store import census
from workers.store.database import database


def status(database_url: DatabaseUrl = None, redis_url: RedisUrl = None, as_json: Json = False) -> None:
    """Show documents by state, queue lengths, workers, the oldest waiting document, and failures by stage and type."""
    use(database_url, redis_url)
    seen = _from_tables() | _from_broker()
    if as_json:
        print_json(seen)
    else:
        _print(seen)


def _from_tables() -> dict[str, Any]:
    with database().reading() as session:
        oldest = census.oldest_waiting(session)
        return {
            "database": database().shown,
            "documents": {state.value: count for state, count in census.by_state(session).items()},
            "oldest_waiting_seconds": (datetime.now(UTC) - oldest).total_seconds() if oldest else None,
            "failures": [
                {"stage": stage, "error_type": kind, "documents": count}
                for stage, kind, count in census.failures_by_type(session)
            ],
        }


def _from_broker() -> dict[str, Any]:
    """An unreachable broker is a finding, not an error: `status` is how people learn of it."""
    url = broker_url()
    if url is None:
        return {"broker": "none configured and the embedded one is not running", "queues": None, "workers": None}
    try:
        return {
            "broker": without_password(url),
            "queues": queue_lengths(TASKS),
            "workers": workers_seen(),
        }
    except (redis.RedisError, OperationalError) as error:
        return {"broker": f"{without_password(url)} cannot be reached ({error})", "queues": None, "workers": None}


def _print(seen: dict[str, Any]) -> None:
    console = output()
    console.print(f"database  {seen['database']}\nbroker    {seen['broker']}", markup=False)
    _table(console, "documents", ("state", "documents"), seen["documents"].items())
    if seen["oldest_waiting_seconds"] is not None:
        console.print(f"the oldest waiting document has been in its state for {seen['oldest_waiting_seconds']:.0f} s")
    if seen["queues"] is not None:
        _table(console, "queues", ("queue", "messages"), seen["queues"].items())
        workers = [(name, ", ".join(queues)) for name, queues in seen["workers"].items()]
        _table(console, "workers", ("worker", "queues"), workers or [("none", "")])
    if seen["failures"]:
        rows = [(f["stage"], f["error_type"], f["documents"]) for f in seen["failures"]]
        _table(console, "failures", ("stage", "error", "documents"), rows)


def _table(console: Console, title: str, columns: tuple[str, ...], rows: Any) -> None:
    table = new_table(title, *columns)
    for row in rows:
        add_row(table, *row)
    print_table(table, console)

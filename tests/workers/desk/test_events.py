"""Events as a stream: in their order, chosen by story or kind, and going on where a listener was cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from workers.store import changes
from workers.store.changes import EventKind, NewEvent
from workers.store.database import Database

_MINUTE = httpx.Timeout(60)


def _happens(tables: Database, *events: tuple[EventKind, str]) -> list[int]:
    with tables.writing() as session:
        changes.record(session, events=[NewEvent(kind, story) for kind, story in events])
    with tables.reading() as session:
        return [event.number for event in changes.events_after(session, 0, 100)][-len(events) :]


def _told(lines: Iterator[str], many: int) -> list[dict[str, Any]]:
    """The next events of a stream; each is also what its `id` and `event` lines say."""
    found: list[dict[str, Any]] = []
    fields: dict[str, str] = {}
    while len(found) < many:
        line = next(lines)
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            event = json.loads(fields["data"])
            assert (str(event["number"]), event["kind"]) == (fields["id"], fields["event"])
            found.append(event)
        fields = {}
    return found


def _numbers(events: Sequence[dict[str, Any]]) -> list[int]:
    return [event["number"] for event in events]


def test_a_listener_hears_what_happens_and_goes_on_after_what_it_heard(client: httpx.Client, tables: Database) -> None:
    with client.stream("GET", "/api/events", timeout=_MINUTE) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines).startswith("retry: ")
        first, second, third = _happens(tables, *((EventKind.DISPUTE_OPENED, story) for story in "abc"))
        assert _numbers(_told(lines, 3)) == [first, second, third]
    missed = _happens(tables, (EventKind.DISPUTE_CLOSED, "a"))
    with client.stream("GET", "/api/events", headers={"Last-Event-ID": str(first)}, timeout=_MINUTE) as answer:
        assert _numbers(_told(answer.iter_lines(), 3)) == [second, third, *missed]


@pytest.mark.parametrize(
    ("query", "heard"), [("story=a", [0, 2]), ("kind=dispute.opened", [0, 1]), ("story=a&kind=figure.changed", [2])]
)
def test_a_listener_chooses(client: httpx.Client, tables: Database, query: str, heard: list[int]) -> None:
    numbers = _happens(
        tables,
        (EventKind.DISPUTE_OPENED, "a"),
        (EventKind.DISPUTE_OPENED, "b"),
        (EventKind.FIGURE_CHANGED, "a"),
    )
    with client.stream("GET", f"/api/events?{query}&after=0", timeout=_MINUTE) as answer:
        assert _numbers(_told(answer.iter_lines(), len(heard))) == [numbers[place] for place in heard]


def test_what_is_no_kind_of_event_is_named(client: httpx.Client) -> None:
    answer = client.get("/api/events?kind=weather")
    assert answer.status_code == 400
    assert "dispute.opened" in answer.json()["error"]

"""`wireroom prune`: what is old goes, and hooks still get what they wait for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from schemas.desk_tables import Event
from schemas.documents import RawDocument
from schemas.hooks import HookState
from schemas.tables import Document
from schemas.urls import Url
from tests.workers.cli.conftest import Wireroom
from tests.workers.stored import accepted, stored
from workers.store import hooks
from workers.store.changes import EventKind
from workers.store.database import Database
from workers.store.pruning import prune_events

_LATER = "2100-01-01"


def _paused(tables: Database, query: str) -> str:
    with tables.writing() as session:
        hook = hooks.add(session, Url.parse("https://a.example/"), [EventKind.DOCUMENT_STORED], query)
        hooks.set_state(session, hook, HookState.PAUSED)
        return hook.id


def _events(tables: Database) -> set[str | None]:
    with tables.reading() as session:
        return set(session.scalars(select(Event.document_id)))


def test_a_paused_hook_is_sent_what_happened_to_documents_that_are_gone(
    tables: Database, wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_PORTION", 1)
    hook_id = _paused(tables, "ferry")
    wanted, other = accepted(tables, RawDocument(content="A ferry sank."), RawDocument(content="All is calm."))
    for document_id, text in ((other, "All is calm."), (wanted, "A ferry sank.")):
        stored(tables, document_id, text)
    with tables.writing() as session:
        assert hooks.put_on_their_way(session) == 0
    ended = wireroom("prune", "--before", _LATER, "--json")
    assert ended.code == 0, ended.messages
    with tables.reading() as session:
        assert session.scalars(select(Document.id)).all() == []
    assert _events(tables) == {wanted}, "what nobody waits for is gone"
    with tables.writing() as session:
        assert hooks.claim_due(session, 10, timedelta(minutes=1)) == []
        hooks.set_state(session, hooks.find(session, hook_id), HookState.ACTIVE)
    with tables.writing() as session:
        assert [due.event.document_id for due in hooks.claim_due(session, 10, timedelta(minutes=1))] == [wanted]


def test_an_event_that_a_hook_has_yet_to_look_at_stays(tables: Database) -> None:
    (early,) = accepted(tables, "Before the hook.")
    stored(tables, early, "Before the hook.")
    _paused(tables, "ferry")
    (late,) = accepted(tables, "After it.")
    stored(tables, late, "After it.")
    with tables.writing() as session:
        prune_events(session, datetime(2100, 1, 1, tzinfo=UTC))
    assert _events(tables) == {late}

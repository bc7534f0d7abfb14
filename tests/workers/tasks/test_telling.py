"""Hooks are told of events at least once, of one story in order, whatever becomes of the receiver meanwhile."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook, WebhookVerificationError

from schemas.desk_tables import Delivery, Hook
from schemas.hooks import DeliveryState, HookState
from schemas.urls import Url
from tests.workers.stored import disagreement
from workers.settings import settings
from workers.store import changes, hooks
from workers.store.changes import EventKind, NewEvent
from workers.store.database import Database
from workers.tasks.telling import tell_hooks


class Receiver(ThreadingHTTPServer):
    """A receiver that keeps what it was sent, and answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.meanwhile: Callable[[], object] = lambda: None
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    @property
    def numbers(self) -> list[int]:
        """The numbers of the events that it was sent."""
        return [json.loads(body)["data"]["number"] for _, body in self.got]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.server.meanwhile()
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receivers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Receiver, Receiver]]:
    monkeypatch.setenv("WIREROOM_FETCH_NETWORKS", "127.0.0.0/8")
    settings.cache_clear()
    servers = Receiver(), Receiver()
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver(receivers: tuple[Receiver, Receiver]) -> Receiver:
    return receivers[0]


def _add(tables: Database, url: str, **chosen: Any) -> Hook:
    with tables.writing() as session:
        return hooks.add(session, Url.parse(url), **chosen)


def _happens(tables: Database, *stories: str) -> None:
    for story in stories:
        with tables.writing() as session:
            changes.record(session, events=[NewEvent(EventKind.FIGURE_CHANGED, story, data={"measure": "killed"})])


def _now_due(tables: Database) -> None:
    with tables.writing() as session:
        session.execute(update(Delivery).values(due=datetime.now(UTC)))


def _tell(tables: Database, times: int = 1) -> None:
    for _ in range(times):
        tell_hooks.run()
        _now_due(tables)


def test_a_message_is_signed_and_says_what_happened(tables: Database, receiver: Receiver) -> None:
    hook = _add(tables, receiver.url)
    _happens(tables, "s")
    _tell(tables)
    ((headers, body),) = receiver.got
    told = Webhook(hook.secret).verify(body.decode(), headers)
    assert (told["type"], told["data"]["story_id"], told["data"]["measure"]) == ("figure.changed", "s", "killed")
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.secret).verify(body.decode().replace("killed", "hurt"), headers)
    _tell(tables)
    assert len(receiver.got) == 1


def test_a_receiver_that_is_down_loses_nothing_and_gets_it_in_order(tables: Database, receiver: Receiver) -> None:
    _add(tables, receiver.url)
    receiver.status = 503
    _happens(tables, "s", "s", "t", "s")
    with tables.reading() as session:
        s1, s2, t1, s3 = [event.number for event in changes.events_after(session, 0, 10)]
    _tell(tables, 2)
    assert sorted(receiver.numbers) == sorted([s1, t1] * 2)  # nothing of a story goes before what failed
    first_ids = {headers["webhook-id"] for headers, _ in receiver.got}
    receiver.status, receiver.got = 204, []
    _tell(tables, 4)
    assert [number for number in receiver.numbers if number != t1] == [s1, s2, s3]
    assert receiver.numbers.count(t1) == 1
    assert first_ids <= {headers["webhook-id"] for headers, _ in receiver.got}
    with tables.reading() as session:
        assert set(session.scalars(select(Delivery.state))) == {"delivered"}


def test_a_receiver_that_is_down_is_left_alone_and_keeps_no_other_waiting(
    tables: Database, receivers: tuple[Receiver, Receiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.tasks.telling._WAITS", (3600,))  # so that no wait ends during the test
    down, up = receivers
    _add(tables, down.url)
    _add(tables, up.url)
    down.status = 503
    stories = [f"story {number}" for number in range(40)]
    _happens(tables, *stories)
    tell_hooks.run()
    tell_hooks.run()
    assert len(down.got) <= 8, "what is on its way at the same time, and no more"
    assert len(up.got) == 40
    with tables.reading() as session:
        waiting = session.scalars(select(Delivery).where(Delivery.state == DeliveryState.WAITING)).all()
    assert len(waiting) == 40
    assert all(each.due > datetime.now(UTC) and each.first_tried for each in waiting)
    down.status, down.got = 204, []
    _tell(tables, 2)
    _tell(tables)
    assert sorted(down.numbers) == sorted(up.numbers)


def test_what_waits_for_its_turn_is_not_claimed_before_it(tables: Database, receiver: Receiver) -> None:
    """Claimed and still unsent when the claim runs out, it would be sent by two, the second time out of order."""
    claimed = []

    def count() -> None:
        with tables.reading() as session:
            waiting = session.scalars(select(Delivery).where(Delivery.state == DeliveryState.WAITING)).all()
        claimed.append(sum(each.attempts > 0 for each in waiting))

    receiver.meanwhile = count
    _add(tables, receiver.url)
    _happens(tables, *(f"story {number}" for number in range(40)))
    tell_hooks.run()
    assert len(claimed) == 40
    assert max(claimed) <= 8


def test_one_that_took_too_long_does_not_speak_for_the_next_try(tables: Database, receiver: Receiver) -> None:
    _add(tables, receiver.url)
    _happens(tables, "s")
    with tables.writing() as session:
        hooks.put_on_their_way(session)
        (first,) = hooks.claim_due(session, 1, timedelta(0))
    with tables.writing() as session:
        (second,) = hooks.claim_due(session, 1, timedelta(hours=1))
    with tables.writing() as session:
        hooks.settle(session, first, 500, "answers with 500", timedelta(0))
    with tables.writing() as session:
        assert hooks.claim_due(session, 1, timedelta(0)) == []
        hooks.settle(session, second, 204, None, timedelta(0))
    with tables.reading() as session:
        assert session.scalars(select(Delivery.state)).all() == ["delivered"]


def test_what_a_receiver_could_not_be_sent_for_days_is_given_up(tables: Database, receiver: Receiver) -> None:
    _add(tables, receiver.url)
    receiver.status = 503
    _happens(tables, *(f"story {number}" for number in range(20)))
    tell_hooks.run()
    with tables.writing() as session:
        session.execute(update(Delivery).values(due=datetime.now(UTC), first_tried=datetime.now(UTC) - timedelta(6)))
    tell_hooks.run()
    with tables.reading() as session:
        assert set(session.scalars(select(Delivery.state))) == {DeliveryState.GIVEN_UP}


def test_a_pause_does_not_count_among_the_days_after_which_an_event_is_given_up(
    tables: Database, receiver: Receiver
) -> None:
    hook = _add(tables, receiver.url)
    receiver.status = 503
    _happens(tables, "one", "another")
    tell_hooks.run()
    for state in (HookState.PAUSED, HookState.ACTIVE):
        with tables.writing() as session:
            long_ago = datetime.now(UTC) - timedelta(6)
            session.execute(update(Delivery).values(due=datetime.now(UTC), first_tried=long_ago))
            hooks.set_state(session, hooks.find(session, hook.id), state)
    tell_hooks.run()
    receiver.status, receiver.got = 200, []
    _now_due(tables)
    _tell(tables)
    with tables.reading() as session:
        assert set(session.scalars(select(Delivery.state))) == {DeliveryState.DELIVERED}
    assert len(receiver.got) == 2


def test_a_failed_try_waits_and_says_why(tables: Database, receiver: Receiver) -> None:
    _add(tables, receiver.url)
    receiver.status = 500
    _happens(tables, "s")
    tell_hooks.run()
    tell_hooks.run()
    assert len(receiver.got) == 1  # the second try is not due yet
    with tables.reading() as session:
        (standing,) = hooks.statuses(session)
        delivery = session.scalars(select(Delivery)).one()
    assert (standing.waiting, standing.error) == (1, "answers with 500")
    assert delivery.due > datetime.now(UTC)


def test_nobody_inside_is_told(tables: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_FETCH_NETWORKS", "")
    settings.cache_clear()
    _add(tables, receiver.url)
    _happens(tables, "s")
    _tell(tables)
    assert receiver.got == []
    with tables.reading() as session:
        assert "not a public address" in (session.scalar(select(Delivery.error)) or "")


def test_a_hook_is_told_of_what_it_asked_for_and_of_nothing_before_it(tables: Database, receiver: Receiver) -> None:
    disagreement(tables)
    _happens(tables, "s")
    _add(tables, receiver.url, events=["figure.changed"], query="measure:killed>20 rebels")
    _add(tables, receiver.url, query="earthquake")
    with tables.writing() as session:
        changes.record(session, events=[NewEvent(EventKind.DISPUTE_OPENED, "s")])
    _happens(tables, "s", "elsewhere")
    _tell(tables, 2)
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["figure.changed"]

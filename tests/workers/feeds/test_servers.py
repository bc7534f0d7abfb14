"""All that is due on one server: at its pace, by one visitor, with few writes; its robots.txt at every hop."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event, func, select, update

from schemas.messages import StageMessage
from schemas.stages import Stage
from schemas.tables import Document, Entry, Host, RawBody
from schemas.urls import Url
from tests.workers.feeds.polled import Polling, item, rss
from tests.workers.fetching.misbehaving import answer, serving
from workers import settings as settings_module
from workers.feeds.servers import visit
from workers.queue.app import app
from workers.queue.broker import connect
from workers.queue.sending import send
from workers.store import hosts
from workers.tasks.polling import fetch_server, send_due

pytestmark = pytest.mark.usefixtures("patient")

_PAGE = answer(b"<html><p>Two people died when the bridge fell.</p>", Content_Type="text/html")


def backlog(polling: Polling, count: int) -> None:
    """A feed of so many teasers, polled: their pages wait."""
    server = polling.server
    server.paths |= {f"/page?{n}": _PAGE for n in range(count)}
    items = (item(n, "Two died …", link=server.url(f"/page?{n}")) for n in range(count))
    server.paths["/feed"] = answer(rss(*items))
    polling.poll()


def configured(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"WIREROOM_{name}", value)
    settings_module.settings.cache_clear()


def waiting(polling: Polling) -> int:
    with polling.tables.reading() as session:
        return session.scalar(select(func.count()).select_from(Entry).where(Entry.page_due.is_not(None))) or 0


def test_a_backlog_is_worked_off_with_two_writes_a_page_by_one_visitor(
    polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, POLL_SECONDS="600")  # a visit's share of time, which a busy machine may need more of
    backlog(polling, 30)
    began: list[object] = []
    event.listen(polling.tables.engine, "begin", began.append)
    server = Url.parse(polling.server.url("/")).origin
    assert visit(server) == (30, False)
    assert (waiting(polling), polling.count(Document)) == (0, 30)
    # One reads what is next, of each page and once in vain, and for the one robots.txt; three hold and let go.
    assert len(began) <= 4 * 30 + 8
    assert polling.server.times("/robots.txt") == 1


def test_the_allowed_pace_is_kept_and_used(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, FETCH_HOST_SECONDS="0.2", POLL_SECONDS="2")
    backlog(polling, 40)
    polling.server.asked.clear()
    visits, more = visit(Url.parse(polling.server.url("/")).origin)
    asked = [moment for path, _, moment in polling.server.asked if path.startswith("/page")]
    assert more, "it goes to the end of the queue"
    assert visits == len(asked) == polling.count(Document)
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(asked))


def test_a_server_is_sent_once_and_again_when_it_was_visited(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    backlog(polling, 3)
    assert [send_due(), send_due()] == [1, 0]
    server = Url.parse(polling.server.url("/")).origin
    configured(monkeypatch, FETCH_HOST_SECONDS="0.01", POLL_SECONDS="0.01")
    while fetch_server(server) != "0 visits":
        with polling.tables.writing() as session:
            session.execute(update(Host).values(free=datetime.now(UTC)))
    assert waiting(polling) == 0
    assert send_due() == 0, "nothing is due there"


def test_flower_is_not_told_of_it(polling: Polling, broker: str) -> None:
    backlog(polling, 3)
    with connect(broker).pubsub(ignore_subscribe_messages=True) as events:  # type: ignore[no-untyped-call]
        events.psubscribe("*celeryev*")
        events.get_message(timeout=60)
        assert send_due() == 1
        send([(Stage.CLEAN, StageMessage(document_id="a" * 32))])
        told = events.get_message(timeout=60)
        assert told is not None
        assert events.get_message(timeout=1) is None, "the stage's message alone"
    kinds = [event["type"] for event in json.loads(b64decode(json.loads(told["data"])["body"]))]
    assert kinds == ["task-sent"]
    app().loader.import_default_modules()
    own = {name for name, task in app().tasks.items() if task.send_events and not name.startswith("celery.")}
    assert own == set(Stage)


def test_nobody_is_sent_to_a_server_that_somebody_visits(polling: Polling) -> None:
    backlog(polling, 3)
    server = Url.parse(polling.server.url("/")).origin
    with polling.tables.writing() as session:
        assert hosts.reserve(session, server, timedelta(seconds=60)) is None
    assert send_due() == 0
    assert visit(server) == (0, False)
    assert waiting(polling) == 3


def test_a_robots_txt_that_cannot_be_had_is_asked_for_again(polling: Polling) -> None:
    polling.server.paths["/robots.txt"] = answer(b"", "503 Service Unavailable")
    backlog(polling, 1)
    assert polling.fetch_page() == "to be attempted again later: its robots.txt is unavailable: the server answered 503"
    assert polling.server.times("/page?0") == 0
    polling.server.paths["/robots.txt"] = answer(b"User-agent: *\nAllow: /\n")
    with polling.tables.writing() as session:
        session.execute(update(Host).values(robots_until=datetime.now(UTC)))
        session.execute(update(Entry).values(page_due=datetime.now(UTC)))
    assert polling.fetch_page() == "fetched"


def test_at_last_the_true_reason_stands_beside_the_entrys_own_words(polling: Polling) -> None:
    polling.server.paths["/robots.txt"] = answer(b"", "503 Service Unavailable")
    backlog(polling, 1)
    with polling.tables.writing() as session:
        session.execute(update(Entry).values(page_attempts=9))
    assert "using the feed entry" in polling.fetch_page()
    with polling.tables.reading() as session:
        extra = session.scalars(select(RawBody.extra)).one()
    assert extra["page"] == "its robots.txt is unavailable: the server answered 503"


@pytest.fixture
def elsewhere(polling: Polling) -> Iterator[str]:
    """A page on another server, to which the only entry's link redirects; and that server's origin."""
    with serving() as other:
        polling.server.paths["/page?0"] = answer(status="302 Found", Location=other.url("/elsewhere"))
        other.paths |= {"/elsewhere": _PAGE, "/robots.txt": answer(b"User-agent: *\nDisallow: /elsewhere\n")}
        link = polling.server.url("/page?0")
        polling.server.paths["/feed"] = answer(rss(item(0, "Two died …", link=link)))
        polling.poll()
        yield Url.parse(other.url("/")).origin
        assert other.times("/elsewhere") == 0


def test_a_redirect_asks_the_robots_txt_of_where_it_leads(polling: Polling, elsewhere: str) -> None:
    assert polling.fetch_page() == "using the feed entry's text: robots.txt does not allow it"
    with polling.tables.reading() as session:
        assert session.get_one(Host, elsewhere).free <= datetime.now(UTC), "it was let go of"


def test_a_redirect_to_a_server_that_is_visited_waits_and_is_no_fault_of_the_page(
    polling: Polling, elsewhere: str
) -> None:
    with polling.tables.writing() as session:
        hosts.reserve(session, elsewhere, timedelta(seconds=60))
    assert polling.fetch_page() == "postponed: its server is busy"
    with polling.tables.reading() as session:
        entry = session.scalars(select(Entry)).one()
    assert (entry.page_attempts, entry.document_id) == (0, None)
    assert entry.page_due is not None


def test_a_feed_that_redirects_to_a_server_that_is_visited_waits(polling: Polling) -> None:
    with serving() as other:
        polling.server.paths["/feed"] = answer(status="302 Found", Location=other.url("/feed"))
        other.paths["/feed"] = answer(rss(item(1)))
        with polling.tables.writing() as session:
            hosts.reserve(session, Url.parse(other.url("/")).origin, timedelta(seconds=60))
        assert polling.poll() == "postponed: its server is busy"
        assert (polling.feed.errors, polling.feed.claim, other.asked) == (0, None, [])
        with polling.tables.writing() as session:
            hosts.give_back(session, Url.parse(other.url("/")).origin, 0)
        assert polling.poll() == "1 entries, 1 new, 0 edited"

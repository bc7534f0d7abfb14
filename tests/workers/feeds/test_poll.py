"""Polls against a real server that misbehaves, with real tables and a real broker."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
import redis
from sqlalchemy import select, update

from schemas.feeds import FeedState
from schemas.stages import Stage
from schemas.tables import Document, Entry, EntryKey, Feed, Fetch, Host
from tests.workers.feeds.polled import TEXT, Polling, item, rss
from tests.workers.fetching.misbehaving import answer, drip, later
from workers import settings as settings_module
from workers.feeds.interval import Schedule, adapted
from workers.feeds.pages import fetch_page
from workers.feeds.poll import poll
from workers.queue.sending import queue_lengths
from workers.store import feeds
from workers.store.read.columns import COLUMNS
from workers.store.read.rows import Filter, rows
from workers.tasks.polling import send_due


def test_entries_become_documents_once_and_are_sent_on(polling: Polling) -> None:
    polling.server.paths["/feed"] = answer(rss(item(1), item(2)), ETag='"a"', Last_Modified=later(-60))
    assert polling.poll() == "2 entries, 2 new, 0 edited"
    assert queue_lengths()[Stage.CLEAN] == 2
    assert polling.poll() == "unchanged", "the same bytes"
    polling.server.paths["/feed"] = answer(rss(item(3), item(2), item(1, "Corrected. " + TEXT)))
    assert polling.poll() == "3 entries, 1 new, 1 edited"
    assert (polling.count(Document), polling.count(Fetch), queue_lengths()[Stage.CLEAN]) == (3, 3, 4)
    feed = polling.feed
    assert (feed.title, feed.errors, feed.error, feed.claim) == ("The Gazette", 0, None, None)
    assert polling.server.asked[1][1]["if-none-match"] == '"a"'
    with polling.tables.reading() as session:
        (standing,) = feeds.summaries(session)
    assert standing.articles_a_day == pytest.approx(3 / 7)


def test_a_server_that_says_not_modified_for_ever_is_asked_for_the_whole_now_and_then(polling: Polling) -> None:
    def lying(headers: dict[str, str]) -> Iterator[bytes]:
        said = answer(status="304 Not Modified") if "if-none-match" in headers else answer(rss(item(1)), ETag='"x"')
        yield from said(headers)

    polling.server.paths["/feed"] = lying
    polling.poll()
    assert polling.poll() == "unchanged"
    polling.change(read=datetime.now(UTC) - timedelta(days=2))
    polling.poll()
    assert ["if-none-match" in headers for _, headers, _ in polling.server.asked] == [False, True, False]


def test_an_etag_that_stays_while_the_feed_changes_hides_nothing(polling: Polling) -> None:
    for n in (1, 2, 3):
        polling.server.paths["/feed"] = answer(rss(item(n)), ETag='"same"')
        assert polling.poll() == "1 entries, 1 new, 0 edited"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (answer(b"", "503 Service Unavailable", Retry_After="5000"), "503 Service Unavailable"),
        # The date is computed when it is asked for: the tests may run minutes after they were collected.
        (lambda _: answer(b"", "429 Too Many Requests", Retry_After=later(5000))({}), "429 Too Many Requests"),
        (answer(b"", "304 Not Modified"), "304 Not Modified"),
        (answer(b"", "404 Not Found"), "404 Not Found"),
        (answer(b"<html><body>Welcome</body></html>"), "not a feed"),
        (answer(b'{"version": 1}'), "not a feed"),
        (answer(b"no gzip", Content_Encoding="gzip"), "cannot be decoded"),
        (answer(status="302 Found", Location="/feed"), "redirects in a loop"),
        (drip(b"HTTP/1.1 200 OK\r\n\r\n<rss>"), "too long"),
    ],
)
def test_an_error_is_named_and_the_feed_is_tried_later_and_later(polling: Polling, said: Any, cause: str) -> None:
    polling.server.paths["/feed"] = said
    polling.change(interval=600.0)
    polling.poll()
    assert cause in (polling.feed.error or "")
    assert polling.feed.errors == 1
    first = polling.wait()
    polling.change(errors=6)
    with polling.tables.writing() as session:
        session.execute(update(Host).values(free=datetime.now(UTC)))
    polling.poll()
    assert first >= (4900 if (cause[0] in "45" and "0 S" in cause) or "429" in cause else 590)
    assert polling.wait() > max(first, 30_000)
    assert polling.count(Document) == 0


def test_a_body_cut_short_gives_what_is_whole_and_is_fetched_whole_again(polling: Polling) -> None:
    body = rss(*(item(n) for n in range(40)))
    polling.server.paths["/feed"] = answer(body, length=len(body) + 900, ETag='"a"')
    polling.poll()
    assert polling.feed.etag is None
    assert "is truncated after entry" in (polling.feed.error or "")
    assert 30 < polling.count(Document) < 40
    polling.server.paths["/feed"] = answer(body)
    polling.poll()
    assert (polling.count(Document), polling.feed.error) == (40, None)


def test_gone_is_gone_dead_is_dead_and_both_can_be_resumed(polling: Polling) -> None:
    polling.server.paths["/feed"] = answer(b"", "410 Gone")
    polling.poll()
    assert polling.feed.state == FeedState.GONE
    assert polling.poll() == "not due"
    polling.server.paths["/feed"] = answer(b"", "500 Internal Server Error")
    polling.change(state=FeedState.ACTIVE, errors=9, succeeded=datetime.now(UTC) - timedelta(days=20))
    polling.poll()
    assert polling.feed.state == FeedState.DEAD
    with polling.tables.writing() as session:
        feeds.set_state(session, [polling.number], FeedState.ACTIVE)
    polling.server.paths["/feed"] = answer(rss(item(1)))
    assert polling.poll() == "1 entries, 1 new, 0 edited"


def test_a_move_for_good_moves_the_address_with_its_credentials(polling: Polling) -> None:
    private = polling.server.url("/feed").replace("http://", "http://desk:s3cret@")
    polling.change(url=private)
    polling.server.paths |= {"/feed": answer(status="301 Moved", Location="/new"), "/new": answer(rss(item(1)))}
    polling.poll()
    assert polling.feed.url == private.replace("/feed", "/new")
    twin = polling.add(private.replace("/feed", "/twin"))
    polling.server.paths["/new"] = answer(status="308 Moved", Location="/twin")
    polling.server.paths["/twin"] = answer(rss(item(2)))
    polling.poll()
    assert polling.feed.state == FeedState.GONE
    assert "polled already" in (polling.feed.error or "")
    assert twin != polling.number


def test_credentials_stand_in_the_address_of_the_feed_and_nowhere_else(
    polling: Polling, broker: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "workers")
    address = "/feed?token=s3cret"
    private = polling.server.url(address).replace("http://", "http://desk:s3cret@")
    polling.change(url=private, due=datetime.now(UTC))
    assert send_due() == 1
    messages = b"".join(redis.Redis.from_url(broker).lrange("fetch", 0, -1))  # type: ignore[arg-type]
    shown = base64.b64decode(json.loads(messages)["body"]) + messages
    assert b"server=http://127.0.0.1" in shown, "this is what Flower has to show"
    for said in (
        answer(rss(item(1), "<item><guid>cut")),
        answer(b"no gzip", Content_Encoding="gzip"),
        answer(b"", "404 Not Found"),
        answer(status="302 Found", Location=address),
        answer(b"<html>", length=5000),
    ):
        polling.server.paths[address] = said
        polling.poll()
    kept = []
    with polling.tables.reading() as session:
        for table in Feed.metadata.sorted_tables:
            columns = [column for column in table.columns if column is not Feed.__table__.c.url]
            kept += [str(tuple(row)) for row in session.execute(select(*columns))]
        exported = [list(rows(session, table, Filter())) for table in COLUMNS]
    assert polling.count(Fetch) == 5
    assert "404" in caplog.text
    for place in (*kept, caplog.text, str(exported), shown.decode()):
        assert "s3cret" not in place


def test_ttl_cache_control_and_skipped_hours_are_kept(polling: Polling) -> None:
    polling.change(interval=300.0)
    polling.server.paths["/feed"] = answer(rss(item(1), head="<ttl>120</ttl>"))
    polling.poll()
    assert 7200 <= polling.wait() + 5 < 8000
    polling.server.paths["/feed"] = answer(rss(item(2)), Cache_Control="max-age=3600")
    polling.poll()
    assert 3600 <= polling.wait() + 5 < 4000
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24) if hour != 5)
    polling.server.paths["/feed"] = answer(rss(item(3), head=f"<skipHours>{hours}</skipHours>"))
    polling.poll()
    assert polling.feed.due.hour == 5


def test_the_interval_follows_the_feed_between_its_bounds() -> None:
    interval = 3600.0
    for _ in range(9):
        interval = adapted(interval, True, 300, 86400)
    assert interval == 300
    for _ in range(99):
        interval = adapted(interval, False, 300, 86400)
    assert interval == 86400
    night = datetime(2026, 3, 7, 22, 30, tzinfo=UTC)  # a Saturday
    schedule = Schedule(skipped_hours=frozenset({22, 23}), skipped_days=frozenset({6}))
    assert schedule.first_not_skipped(night) == datetime(2026, 3, 9, tzinfo=UTC)
    assert Schedule(skipped_hours=frozenset(range(24))).first_not_skipped(night) == night


def test_many_pollers_make_one_poll_and_a_dead_one_costs_only_time(polling: Polling) -> None:
    body = rss(item(1))  # dated now, and so another one a second later

    def slow(headers: dict[str, str]) -> Iterator[bytes]:
        time.sleep(0.3)
        yield from answer(body)(headers)

    polling.server.paths["/feed"] = slow
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(poll(polling.number))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["1 entries, 1 new, 0 edited", *["not due"] * 5]
    assert polling.server.times("/feed") == polling.count(Fetch) == 1
    polling.change(claim="f" * 32, claimed_until=datetime.now(UTC) + timedelta(seconds=60))
    assert polling.poll() == "not due", "somebody has it"
    polling.change(claimed_until=datetime.now(UTC) - timedelta(seconds=1))
    assert polling.poll() == "unchanged", "and was killed"


def test_a_server_gets_one_request_at_a_time(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_FETCH_HOST_SECONDS", "60")
    settings_module.settings.cache_clear()
    polling.server.paths |= {path: answer(rss(item(1))) for path in ("/feed", "/b")}
    polling.poll()
    assert poll(polling.add(polling.server.url("/b"))) == "postponed: its server is busy"
    assert len(polling.server.asked) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_only_the_latest_entries_of_a_feed_without_end_are_taken(
    polling: Polling, monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    monkeypatch.setenv("WIREROOM_FEED_ENTRIES", "5")
    settings_module.settings.cache_clear()
    polling.server.paths["/feed"] = answer(rss(*(item(n) for n in range(50)[::order])))
    assert polling.poll() == "5 entries, 5 new, 0 edited"
    assert "more than 5 entries" in (polling.feed.error or "")
    with polling.tables.reading() as session:
        assert set(session.scalars(select(Document.title))) == {f"T{n}" for n in range(5)}


def test_a_feed_that_is_removed_while_it_is_polled_leaves_nothing_behind(polling: Polling) -> None:
    def removed(headers: dict[str, str]) -> Iterator[bytes]:
        with polling.tables.writing() as session:
            feeds.remove(session, [polling.number])
        yield from answer(rss(item(1)))(headers)

    polling.server.paths["/feed"] = removed
    assert polling.poll() == "removed, or polled by another meanwhile"
    assert (polling.count(Entry), polling.count(Document)) == (0, 0)
    with polling.tables.reading() as session:
        assert session.scalars(select(Host)).one().free <= datetime.now(UTC), "its server was let go of"


@pytest.mark.parametrize(
    ("home", "link", "meant"),
    [
        ("", "/news/1", "/news/1"),
        ("/blog/", "news/1", "/blog/news/1"),
        ("https://gazette.example/", "/news/1", "https://gazette.example/news/1"),
        ("", "?id=1", "/feed?id=1"),
        ("", "//gazette.example/1", "http://gazette.example/1"),
    ],
)
@pytest.mark.parametrize("kind", ["rss", "json"])
def test_a_link_without_a_host_leads_to_the_site_of_its_feed(
    polling: Polling, kind: str, home: str, link: str, meant: str
) -> None:
    given = {"title": "T", "url": link, "content_text": TEXT}
    whole = {"version": "https://jsonfeed.org/version/1.1", "home_page_url": home, "items": [given]}
    entry = f"<item><title>T</title><link>{link}</link><description>{TEXT}</description></item>"
    body = json.dumps(whole).encode() if kind == "json" else rss(entry, head=f"<link>{home}</link>")
    polling.server.paths["/feed?key=s3cret"] = answer(body)
    polling.poll(polling.add(polling.server.url("/feed?key=s3cret")))
    with polling.tables.reading() as session:
        assert session.scalars(select(Document.url)).one() == urljoin(polling.server.url("/"), meant)


def test_an_entry_that_says_nothing_is_named_and_is_no_document(polling: Polling) -> None:
    undated = "<item><title>Barge adrift</title></item>"
    for number in range(3):
        head = f"<generator>{number}</generator>"
        polling.server.paths["/feed"] = answer(
            rss("<item/>", f"<item><pubDate>{later(0)}</pubDate></item>", undated, head=head)
        )
        polling.poll()
    assert (polling.count(Entry), polling.count(Document)) == (1, 1)
    assert "entry 1: has neither text, title nor link" in (polling.feed.error or "")


def test_what_a_feed_says_of_its_schedule_holds_also_when_it_has_not_changed(polling: Polling) -> None:
    polling.change(interval=300.0)
    polling.server.paths["/feed"] = answer(rss(item(1), head="<ttl>120</ttl>"))
    polling.poll()
    assert polling.poll() == "unchanged"
    assert polling.wait() > 7000


def test_old_fetches_and_entries_that_a_feed_shows_no_more_are_forgotten(polling: Polling) -> None:
    polling.server.paths["/feed"] = answer(rss(item(1), item(2)))
    polling.poll()
    long_ago = datetime.now(UTC) - timedelta(days=200)
    with polling.tables.writing() as session:
        session.execute(update(Entry).values(seen=long_ago))
        session.execute(update(Fetch).values(started=long_ago))
    polling.change(taken=long_ago)
    polling.server.paths["/feed"] = answer(rss(item(2), item(3)))
    assert polling.poll() == "2 entries, 1 new, 0 edited", "it had not changed for long, and knows what it showed"
    assert (polling.count(Entry), polling.count(Fetch)) == (3, 1)
    with polling.tables.writing() as session:
        session.execute(update(Entry).where(Entry.number == 1).values(seen=long_ago))
    polling.server.paths["/feed"] = answer(rss(item(3), item(4)))
    polling.poll()
    assert polling.count(Entry) == 3
    assert polling.count(EntryKey) == 9
    assert polling.count(Document) == 4, "the documents stay"


def test_servers_that_nobody_asks_any_more_are_forgotten(polling: Polling) -> None:
    with polling.tables.writing() as session:
        session.add(Host(origin="https://old.example:443", free=datetime.now(UTC) - timedelta(days=3), robots="x"))
    polling.server.paths["/feed"] = answer(rss(item(1, "Two died …", link=polling.server.url("/page"))))
    polling.poll()
    polling.fetch_page()
    assert polling.count(Host) == 1


def test_a_crawl_delay_is_kept_between_two_pages_of_a_server(polling: Polling) -> None:
    polling.server.paths |= {
        "/robots.txt": answer(b"User-agent: *\nCrawl-delay: 30\n"),
        "/page": answer(b"<p>Two people died when the bridge fell.</p>", Content_Type="text/html"),
        "/feed": answer(rss(*(item(n, "Two …", link=polling.server.url(f"/page?{n}")) for n in (1, 2)))),
    }
    polling.poll()
    with polling.tables.reading() as session:
        first, second = session.scalars(select(Entry.number))
    fetch_page(first)
    assert fetch_page(second) == "postponed: its server is busy"
    with polling.tables.reading() as session:
        free = session.scalars(select(Host.free)).one()
        entry = session.get_one(Entry, second)
        assert entry.page_attempts == 0, "which is no fault of the page"
    assert 25 < (free - datetime.now(UTC)).total_seconds() <= 30
    assert polling.server.times("/page?2") == 0


def test_no_feed_is_sent_while_documents_pile_up(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    polling.server.paths["/feed"] = answer(rss(item(1), item(2)))
    polling.poll()
    polling.change(due=datetime.now(UTC))
    monkeypatch.setenv("WIREROOM_QUEUE_LIMIT", "2")
    settings_module.settings.cache_clear()
    assert send_due() == 0
    monkeypatch.setenv("WIREROOM_QUEUE_LIMIT", "3")
    settings_module.settings.cache_clear()
    assert send_due() == 1


def test_two_schedulers_send_a_due_feed_once(polling: Polling) -> None:
    assert [send_due(), send_due()] == [1, 0]

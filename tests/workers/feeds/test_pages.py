"""The pages that entries link to, fetched from a real server that misbehaves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from schemas.stages import Stage
from schemas.tables import Document, Entry, RawBody
from tests.workers.feeds.polled import Polling, item, rss
from tests.workers.fetching.misbehaving import answer
from workers.queue.sending import queue_lengths


def _contents(polling: Polling) -> list[tuple[str, dict[str, Any]]]:
    with polling.tables.reading() as session:
        return [(content, extra) for content, extra in session.execute(select(RawBody.content, RawBody.extra))]


@pytest.mark.parametrize(
    "link",
    ["http://a.example:port/a", "http://[a.example/b", "http://a.example:99999/c", f"http://a.example/{'d' * 9000}"],
)
def test_an_entry_whose_link_is_no_address_is_taken_with_its_own_words(polling: Polling, link: str) -> None:
    polling.server.paths["/feed"] = answer(rss(item(1, "Two people died …", link=link)))
    assert polling.poll() == "1 entries, 1 new, 0 edited"
    assert (polling.count(Document), queue_lengths()[Stage.CLEAN]) == (1, 1)


@pytest.mark.parametrize("teaser", ["Two people died …", ""])
def test_the_page_of_a_teaser_is_fetched(polling: Polling, teaser: str) -> None:
    server = polling.server
    server.paths["/page"] = answer(b"<html><p>Two people died when the bridge fell.</p>", Content_Type="text/html")
    server.paths["/feed"] = answer(rss(item(1, teaser, link=server.url("/page")).replace("<description>1 </d", "<d")))
    assert polling.poll() == "1 entries, 1 new, 0 edited"
    assert polling.count(Document) == 0
    assert polling.fetch_page() == "fetched"
    ((content, _),) = _contents(polling)
    assert "when the bridge fell" in content
    assert polling.fetch_page() == "not due"
    assert server.times("/robots.txt") == server.times("/page") == 1


@pytest.mark.parametrize(
    ("path", "said", "why"),
    [
        ("/robots.txt", answer(b"User-agent: *\nDisallow: /"), "robots.txt does not allow it"),
        ("/page", answer(b"", "404 Not Found"), "404"),
        ("/page", answer(b"%PDF-", Content_Type="application/pdf"), "of the type application/pdf"),
    ],
)
def test_where_the_page_is_not_to_be_had_the_entry_stands_in(polling: Polling, path: str, said: Any, why: str) -> None:
    polling.server.paths[path] = said
    polling.server.paths["/feed"] = answer(rss(item(1, "Two people died …", link=polling.server.url("/page"))))
    polling.poll()
    assert why in polling.fetch_page()
    ((content, extra),) = _contents(polling)
    assert content == "1 Two people died …"
    assert why in extra["page"]


def test_a_page_whose_server_is_down_is_tried_again(polling: Polling) -> None:
    polling.server.paths["/page"] = answer(b"", "503 Service Unavailable")
    polling.server.paths["/feed"] = answer(rss(item(1, "Two died …", link=polling.server.url("/page"))))
    polling.poll()
    assert "attempted again later" in polling.fetch_page()
    with polling.tables.writing() as session:
        session.execute(update(Entry).values(page_due=datetime.now(UTC), page_attempts=9))
    assert "using the feed entry" in polling.fetch_page()
    assert polling.count(Document) == 1

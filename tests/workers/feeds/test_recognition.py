"""Entries of feeds that tell them apart badly, over several polls: nothing lost, nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from schemas.tables import Document, Entry, EntryKey, Revision
from tests.workers.feeds.polled import TEXT, Polling, rss
from tests.workers.fetching.misbehaving import answer, later

pytestmark = pytest.mark.usefixtures("patient")

_POLLS = 5


def entry(n: int, text: str = TEXT, **facts: str) -> str:
    """An entry of these facts alone: no guid, link or date unless given."""
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in facts.items())
    return f"<item><title>Barge {n} adrift</title>{elements}<description>{n} {text}</description></item>"


@pytest.mark.parametrize(
    "facts",
    [
        {"link": "https://courier.example/live"},
        {"link": "https://courier.example/"},
        {"link": "https://courier.example/live#post-{n}", "guid": "https://courier.example/live#post-{n}"},
        {"link": "https://courier.example/{n}", "guid": "velmora"},
        {"link": "https://courier.example/live", "guid": "velmora"},
        {"guid": "{n}-{poll}", "link": "https://courier.example/{n}"},
        {"guid": "{n}-{poll}", "link": "https://courier.example/?s={poll}{n}"},
        {},
    ],
)
@pytest.mark.parametrize("teaser", [False, True])
def test_four_entries_are_four_documents_at_every_poll(polling: Polling, facts: dict[str, str], teaser: bool) -> None:
    text = "Tugs were sent." if teaser else TEXT
    for poll in range(_POLLS):
        stated = [{name: value.format(n=n, poll=poll) for name, value in facts.items()} for n in range(4)]
        items = (entry(n, text, pubDate=later(-3600), **stated[n]) for n in range(4))
        polling.server.paths["/feed"] = answer(rss(*items, head=f"<generator>{poll}</generator>"))
        polling.poll()
    with polling.tables.reading() as session:
        entries = list(session.scalars(select(Entry)))
    assert len(entries) == 4
    assert polling.count(Document) == sum(each.page is None for each in entries)


def test_an_edit_among_entries_of_one_link_is_a_revision(polling: Polling) -> None:
    date = later(-3600)
    for text in ("Three saved. ", "Four saved. "):
        items = (
            entry(n, (text if n == 2 else "") + TEXT, link="https://courier.example/live", pubDate=date)
            for n in range(3)
        )
        polling.server.paths["/feed"] = answer(rss(*items))
        polling.poll()
    assert (polling.count(Document), polling.count(Revision)) == (3, 1)


def headline(n: int, link: str, more: str = "") -> str:
    return f"<item><title>Barge {n} adrift</title><link>{link}</link>{more}</item>"


@pytest.mark.parametrize(
    "more",
    [
        "",
        "<pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate>",
        '<guid isPermaLink="false">{poll}-{n}</guid>',
        '<guid isPermaLink="false">{poll}-{n}</guid><pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate>',
        "<description>{poll} minutes ago</description>",
    ],
)
@pytest.mark.parametrize("link", ["/p/{n}?token={poll}", "/s/{poll}/{n}"])
def test_headlines_whose_links_change_at_every_fetch_are_taken_once(polling: Polling, link: str, more: str) -> None:
    for poll in range(_POLLS):
        given = [(polling.server.url(link.format(n=n, poll=poll)), more.format(n=n, poll=poll)) for n in range(3)]
        polling.server.paths["/feed"] = answer(rss(*(headline(n, *each) for n, each in enumerate(given))))
        polling.poll()
    assert polling.count(Entry) == 3
    assert polling.count(EntryKey) <= 4 * 3, "what changes at every fetch is not kept either"


def test_entries_of_one_title_and_date_with_ids_of_their_own_stay_two(polling: Polling) -> None:
    date = "<pubDate>Tue, 03 Nov 2026 00:00:00 GMT</pubDate>"
    for n in range(3):
        more = f'<guid isPermaLink="false">g{n}</guid>{date}'
        polling.server.paths["/feed"] = answer(rss(headline(0, polling.server.url(f"/{n}"), more)))
        polling.poll()
    assert polling.count(Entry) == 3


def test_a_headline_of_every_day_is_a_new_one_each_day(polling: Polling) -> None:
    """The same title with another link, and with another date where there is one, is another entry."""
    for day in range(3):
        own = polling.server.url(f"/bulletin/{day}")
        dated = headline(0, own, f"<pubDate>{later(-86400 * (3 - day))}</pubDate>")
        polling.server.paths["/feed"] = answer(rss(dated))
        polling.poll()
    assert polling.count(Entry) == 3


def test_a_feed_that_moved_to_another_host_has_no_new_entries(polling: Polling) -> None:
    items = [entry(n, link=f"{polling.server.url('/')}{n}", pubDate=later(-60 * n)) for n in range(3)]
    polling.server.paths["/feed"] = answer(rss(*items))
    assert polling.poll() == "3 entries, 3 new, 0 edited"
    moved = polling.server.url("/moved", host="127.0.0.9")
    polling.server.paths |= {"/feed": answer(status="301 Moved", Location=moved), "/moved": answer(rss(*items))}
    polling.change(read=datetime(2026, 1, 1, tzinfo=UTC), digest=None)
    assert polling.poll() == "3 entries, 0 new, 0 edited"
    assert polling.feed.url == moved
    polling.server.paths["/moved"] = answer(rss(*items, head="<ttl>1</ttl>"))
    assert polling.poll() == "3 entries, 0 new, 0 edited"


def test_a_feed_at_the_address_that_another_left_shares_nothing_with_it(polling: Polling) -> None:
    first = rss(entry(1, guid="g1", link="https://a.example/1"))
    polling.server.paths["/feed"] = answer(first)
    polling.poll()
    polling.change(url=polling.server.url("/elsewhere"))
    polling.server.paths["/feed"] = answer(rss(entry(1, "Others. " + TEXT, guid="g1", link="https://a.example/1")))
    assert polling.poll(polling.add(polling.server.url("/feed"))) == "1 entries, 1 new, 0 edited"


def test_two_entries_that_swap_their_links_stay_two(polling: Polling) -> None:
    links = ["https://a.example/1", "https://a.example/2"]
    for order in (links, links[::-1]):
        items = (entry(n, guid=f"g{n}", link=link) for n, link in enumerate(order))
        polling.server.paths["/feed"] = answer(rss(*items))
        polling.poll()
    assert (polling.count(Entry), polling.count(Document), polling.count(Revision)) == (2, 2, 0)

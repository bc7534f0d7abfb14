"""An entry is one entry however often it is seen, and two entries stay two."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.documents import RawDocument
from schemas.errors import InputError
from schemas.feeds import SeenEntry
from schemas.urls import Url
from workers.feeds.identity import seen
from workers.fetching.urls import PageKey, shown

FEED = "https://gazette.example/feed"
SITE = "gazette.example"


def document(n: int = 1, **fields: Any) -> RawDocument:
    stated = {"content": f"Bridge {n} is open.", "id": f"g-{n}", "url": f"https://gazette.example/b{n}", "title": "B"}
    return RawDocument(**(stated | fields))


def one(entry: RawDocument, feed: str = FEED) -> SeenEntry:
    ((made,), errors) = seen([entry], Url.parse(feed).site, feed)
    assert not errors
    return made


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"url": "http://www.gazette.example/b1/?utm_source=rss&fbclid=7#top"},
        {"url": "https://elsewhere.example/x"},
        {"content": "Bridge 1 is closed again."},
        {"id": "another", "content": "Bridge 1 is closed again."},
        {"id": "another", "url": "https://gazette.example/moved"},
    ],
)
def test_a_change_leaves_a_key_by_which_it_is_known(change: dict[str, Any]) -> None:
    assert set(one(document()).keys) & set(one(document(**change)).keys)


@pytest.mark.parametrize(
    "other", [document(2), document(1, id="g-2", url="https://gazette.example/b2", content="New.")]
)
def test_two_entries_share_no_key(other: RawDocument) -> None:
    assert not set(one(document()).keys) & set(one(other).keys)


@pytest.mark.parametrize(
    "same",
    [{"id": "all"}, {"url": "https://gazette.example/live"}, {"content": "Watch."}, {"url": "https://g.example/"}],
)
def test_what_all_entries_of_a_feed_share_is_no_key(same: dict[str, Any]) -> None:
    entries, _ = seen([document(1, **same), document(2, **same)], SITE, FEED)
    assert len(entries) == 2
    assert not set(entries[0].keys) & set(entries[1].keys)


def test_an_entry_that_a_feed_holds_twice_is_taken_once() -> None:
    again = document(url="https://gazette.example/b1?utm_source=rss")
    entries, _ = seen([document(), document(), again], SITE, FEED)
    assert len(entries) == 1


@pytest.mark.parametrize("other", [{"content": "Old."}, {"title": "Other"}, {"published": "2026-03-01T10:00:00Z"}])
def test_entries_of_one_poll_that_differ_in_anything_they_say_stay_two(other: dict[str, Any]) -> None:
    entries, _ = seen([document(), document(**other)], SITE, FEED)
    assert len(entries) == 2
    assert not set(entries[0].keys) & set(entries[1].keys)


@pytest.mark.parametrize(("fragment", "same"), [("#post-2", False), ("#xtor=RSS-3208", True), ("#at_medium=x", True)])
def test_the_place_on_a_page_counts_and_how_a_reader_came_there_does_not(fragment: str, same: bool) -> None:
    bare, other = (
        one(document(id=None, url=f"https://gazette.example/live{end}", content=f"A{end}")) for end in ("", fragment)
    )
    assert bool(set(bare.keys) & set(other.keys)) is same


def test_a_feed_that_moves_keeps_its_keys() -> None:
    (before,), _ = seen([document()], SITE, "scope")
    (after,), _ = seen([document()], "feeds.elsewhere.example", "scope")
    assert set(after.keys) <= set(before.keys)


@pytest.mark.parametrize(
    ("urls", "titles", "own"),
    [
        (("https://g.example/live", "https://g.example/live"), ("A", "B"), False),
        (("https://g.example/live#1", "https://g.example/live#2"), ("A", "B"), False),
        (("https://g.example/live", "https://g.example/live"), ("A", "A"), True),
        (("https://g.example/1", "https://g.example/2"), ("A", "B"), True),
        (("https://g.example/", "https://g.example/2"), ("A", "B"), False),
    ],
)
def test_a_page_that_entries_of_other_titles_share_is_nobodys_own(
    urls: tuple[str, str], titles: tuple[str, str], own: bool
) -> None:
    given = [document(n, url=url, title=title) for n, (url, title) in enumerate(zip(urls, titles, strict=True))]
    assert (seen(given, SITE, FEED)[0][0].page is not None) is own


def test_a_feed_shares_links_with_its_own_source_only() -> None:
    here, sister = one(document(id="x", content="A.")), one(document(id="y", content="B."), f"{FEED}/sport")
    stranger = one(document(id="y", content="B."), "https://copycat.example/feed")
    assert set(here.keys) & set(sister.keys)
    assert not set(here.keys) & set(stranger.keys)


def test_an_id_that_the_parser_takes_for_a_link_is_a_key() -> None:
    before, after = (one(document(id="g1", url="g1", content=text)) for text in ("Open.", "Closed."))
    assert set(before.keys) & set(after.keys)


def test_new_markup_is_no_edit_and_new_words_are() -> None:
    def digest(content: str, **fields: Any) -> str:
        return one(document(content=content, content_type="text/html", **fields)).digest

    assert digest("<p>Open.</p>") == digest('<p>Open. <img src="/counter?8"></p>')
    assert digest("<p>Open.</p>") != digest("<p>Closed.</p>")
    assert digest("<p>Open.</p>") != digest("<p>Open.</p>", title="Corrected")


def test_what_cannot_be_read_is_handed_on() -> None:
    error = InputError("feed, entry 2", "is broken")
    assert seen([error], SITE, FEED) == ([], [error])


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://a.example/x?b=2&a=1&utm_medium=rss", "http://www.a.example/x/?a=1&b=2"),
        ("https://a.example:443/x#c", "https://A.example/x"),
    ],
)
def test_one_page_under_several_addresses(url: str, same: str) -> None:
    page, other = PageKey.of(url), PageKey.of(same)
    assert page is not None
    assert other is not None
    assert page.canonical == other.canonical


def test_other_pages_stay_others() -> None:
    urls = ["https://a.example/x", "https://a.example/y", "https://a.example/x?id=1", "https://b.example/x"]
    assert len({PageKey.of(url) for url in urls}) == 4
    assert PageKey.of("https://a.example/") is None
    assert PageKey.of("urn:x:1") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://desk:s3cret@a.example/feed",
        "http://[s3cret",
        "https://a.example/feed?s3cret",
        "https://a.example/feed?n=5;token=s3cret",
        "https://a.example/feed?n=5%26token=s3cret",
        "https://a.example/feed;jsessionid=s3cret?n=5",
        *(
            f"https://a.example/feed?n=5&{name}=s3cret"
            for name in (
                "Token",
                "access_key",
                "x-api-key",
                "jwt",
                "code",
                "subscriber",
                "X-Amz-Signature",
                "u",
                "k[]",
                "a%20b",
            )
        ),
    ],
)
def test_no_credentials_are_shown(url: str) -> None:
    assert "s3cret" not in shown(url)
    assert "desk" not in shown(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/feed",
        "https://a.example/?feed=rss2&cat=7",
        "https://a.example/feeds/videos.xml?channel_id=UC16niRr50-MSBwiO3YDb3RA",
        "https://a.example/rss/search?q=flood+%22Costa%20Marena%22&hl=en-US&gl=US&ceid=US:en",
        "https://a.example/feed?jwt=&Page=2",
    ],
)
def test_what_chooses_a_feed_is_shown_as_it_is(url: str) -> None:
    assert shown(url) == url

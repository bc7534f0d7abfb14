"""The feeds that a page names, found from the page's address."""

from __future__ import annotations

import pytest

from schemas.errors import InputError
from tests.workers.feeds.polled import item, rss
from tests.workers.fetching.misbehaving import Server, answer
from workers.feeds.discovery import discover

pytestmark = pytest.mark.usefixtures("patient")


def page(*links: str, base: str = "") -> bytes:
    named = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return f"<html><head>{f'<base href={base!r}>' if base else ''}{named}</head><p>News.</p></html>".encode()


@pytest.mark.parametrize(
    ("link", "base"),
    [
        ("feed.xml", ""),
        ("/news/feed.xml#top", ""),
        ("feed.xml", "/news/"),
        ("/news/feed.xml", "mailto:desk@gazette.example"),
    ],
)
def test_a_link_is_resolved_against_the_page_or_its_base(server: Server, link: str, base: str) -> None:
    at = "/news/" if not base else "/"
    server.paths |= {at: answer(page(link, base=base)), "/news/feed.xml": answer(rss(item(1)))}
    assert discover(server.url(at)).text == server.url("/news/feed.xml")


@pytest.mark.parametrize(
    "link", ["mailto:desk@gazette.example", "javascript:void(0)", "https://:80/", "ftp://a.example/f"]
)
def test_what_cannot_be_fetched_is_no_feed(server: Server, link: str) -> None:
    server.paths["/"] = answer(page(link))
    with pytest.raises(InputError, match="links to none"):
        discover(server.url("/"))
    server.paths |= {"/": answer(page(link, link, link, "/feed.xml")), "/feed.xml": answer(rss(item(1)))}
    assert discover(server.url("/")).text == server.url("/feed.xml"), "and takes no other link's turn"


def test_the_next_link_is_tried_where_the_first_is_broken(server: Server) -> None:
    server.paths |= {"/": answer(page("/gone", "/feed.xml")), "/gone": answer(b"", "404 Not Found")}
    server.paths["/feed.xml"] = answer(rss(item(1)))
    assert discover(server.url("/")).text == server.url("/feed.xml")

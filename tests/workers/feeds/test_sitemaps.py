"""Sitemaps polled as feeds are."""

from __future__ import annotations

import gzip

import pytest
from sqlalchemy import select

from schemas.tables import Document, Entry
from tests.workers.feeds.polled import Polling
from tests.workers.fetching.misbehaving import Server, answer, later
from workers.feeds.discovery import discover
from workers.feeds.servers import visit

pytestmark = pytest.mark.usefixtures("patient")

_PAGE = answer(b"<html><p>Two people died when the bridge fell.</p>", Content_Type="text/html")
_SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def sitemap(*pages: str) -> bytes:
    return f'<?xml version="1.0"?><urlset {_SPACES}>{"".join(pages)}</urlset>'.encode()


def page(server: Server, n: int, news: bool = True) -> str:
    said = "<news:publication><news:name>The Gazette</news:name><news:language>en</news:language></news:publication>"
    said += f"<news:publication_date>{later(-3600 * n)}</news:publication_date><news:title>Bridge {n}</news:title>"
    return f"<url><loc>{server.url(f'/{n}')}</loc>{f'<news:news>{said}</news:news>' if news else ''}</url>"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("news", [False, True])
def test_the_pages_of_a_sitemap_are_fetched_once_each_as_it_grows(polling: Polling, news: bool, packed: bool) -> None:
    server = polling.server
    server.paths |= {f"/{n}": _PAGE for n in range(4)}
    for known in (2, 3, 4):
        body = sitemap(*(page(server, n, news) for n in range(known)))
        server.paths["/feed"] = answer(gzip.compress(body) if packed else body)
        assert polling.poll() == f"{known} entries, {2 if known == 2 else 1} new, 0 edited"
        visit(polling.feed.origin)
    assert polling.count(Document) == polling.count(Entry) == 4
    assert [server.times(f"/{n}") for n in range(4)] == [1] * 4
    with polling.tables.reading() as session:
        documents = list(session.scalars(select(Document)))
    assert polling.feed.title is None
    if news:
        assert {(each.source, each.language) for each in documents} == {("The Gazette", "en")}
        assert {each.title for each in documents} == {f"Bridge {n}" for n in range(4)}
        assert None not in {each.published for each in documents}


def test_of_an_index_the_sitemap_of_news_is_polled(server: Server) -> None:
    named = "".join(
        f"<sitemap><loc>{server.url(path)}</loc><lastmod>{moment}</lastmod></sitemap>"
        for path, moment in (("/old.xml", "2026-01-01"), ("/latest.xml", "2026-10-01"), ("/news.xml", "2025-01-01"))
    )
    server.paths["/index.xml"] = answer(f"<sitemapindex {_SPACES}>{named}</sitemapindex>".encode())
    server.paths |= {f"/{name}.xml": answer(sitemap(page(server, 1))) for name in ("old", "latest", "news")}
    assert discover(server.url("/index.xml")).text == server.url("/news.xml")
    server.paths["/news.xml"] = answer(b"", "404 Not Found")
    assert discover(server.url("/index.xml")).text == server.url("/latest.xml")

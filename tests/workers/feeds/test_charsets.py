"""The encoding that a server names in its header, of feeds and of pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from schemas.tables import RawBody
from tests.workers.feeds.polled import Polling, item, rss
from tests.workers.fetching.misbehaving import answer

pytestmark = pytest.mark.usefixtures("patient")

_TEXT = "Спасатели в порту Велморы искали экипаж баржи. "


def _content(polling: Polling) -> str:
    with polling.tables.reading() as session:
        return session.scalars(select(RawBody.content)).one()


@pytest.mark.parametrize("encoding", ["koi8-r", "windows-1251", "iso-8859-5"])
def test_a_feed_is_read_in_the_encoding_of_its_header(polling: Polling, encoding: str) -> None:
    body = rss(item(1, _TEXT * 20)).decode().encode(encoding)
    polling.server.paths["/feed"] = answer(body, Content_Type=f'application/rss+xml; charset="{encoding.upper()}"')
    polling.poll()
    assert _TEXT.strip() in _content(polling)


def test_a_page_is_read_in_the_encoding_of_its_header(polling: Polling) -> None:
    page = f"<html><p>{_TEXT * 10}</p></html>".encode("koi8-r")
    polling.server.paths["/page"] = answer(page, Content_Type="text/html;charset=koi8-r")
    polling.server.paths["/feed"] = answer(rss(item(1, "Two died …", link=polling.server.url("/page"))))
    polling.poll()
    assert polling.fetch_page() == "fetched"
    assert _TEXT.strip() in _content(polling)

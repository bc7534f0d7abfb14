"""Sitemaps (https://www.sitemaps.org/protocol.html) and news sitemaps
(https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap): each page an entry without text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from schemas.dates import stated_time
from schemas.documents import RawDocument
from schemas.errors import InputError

from .entries import EmptyFeed, entry


def sitemap(text: str, name: str) -> Iterator[RawDocument | InputError]:
    """The pages of a sitemap as entries, the latest first, to be fetched one by one.

    Args:
        text: the sitemap, decoded.
        name: its address, for errors.

    Raises:
        InputError: it names no page, or is an index of other sitemaps.
    """
    root = _root(text, name)
    if indexed(text):
        raise InputError(name, "is an index of sitemaps", "poll one of those that it names")
    pages = [page for page in root.iter("url") if _text(page, "loc")]
    if not pages:
        raise EmptyFeed(name)
    for number, page in enumerate(sorted(pages, key=_latest, reverse=True), 1):
        yield _page(page, f"{name}, entry {number}")


def indexed(text: str) -> list[str]:
    """The sitemaps that an index names: those of news first, then the latest changed; none for what is no index."""
    root = _root(text, "") if "<sitemapindex" in text else None
    if root is None:
        return []
    named = sorted((each for each in root.iter("sitemap") if _text(each, "loc")), key=_latest, reverse=True)
    places = [str(_text(each, "loc")) for each in named]
    return sorted(places, key=lambda place: "news" not in place.lower())


def _page(page: Any, place: str) -> RawDocument | InputError:
    url = _text(page, "loc")
    fields = {
        "id": url,
        "url": url,
        "title": _text(page, "news/title"),
        "language": _text(page, "news/publication/language"),
        "source": _text(page, "news/publication/name"),
    }
    # When a page was last changed is not when it was published: that the page itself says.
    date = _text(page, "news/publication_date")
    stated = {name: value for name, value in fields.items() if value}
    return entry(stated, place, None, texts=[], date=date, feed=None, home=None)


def _latest(page: Any) -> float:
    time = stated_time(_text(page, "news/publication_date") or _text(page, "lastmod") or "")
    return time.timestamp() if time else 0.0


def _root(text: str, name: str) -> Any:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise InputError(name, "is not a sitemap", "check where it came from")
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def _text(element: Any, path: str) -> str | None:
    found = element.find(path)
    return (found.text or "").strip() or None if found is not None else None

"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/); each item is a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from schemas.documents import RawDocument
from schemas.errors import InputError

from .documents import document
from .entries import EmptyFeed, entry

_VERSION = "https://jsonfeed.org/version/"


def is_json_feed(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is a JSON Feed, by the version that it must state."""
    return isinstance(value, dict) and str(value.get("version")).startswith(_VERSION)


def json_feed(
    value: dict[str, Any], name: str, stem: str | None = None, address: str = ""
) -> Iterator[RawDocument | InputError]:
    """The items of a JSON Feed, each with its HTML, else its text, else its summary; an error for one without.

    Args:
        value: the feed, parsed.
        name: the file or address, for errors.
        stem: stands in for the id of an item that has neither id nor link.
        address: where it was fetched, for links without a host.

    Raises:
        InputError: it holds no item.
    """
    items = value.get("items")
    if not isinstance(items, list) or not items:
        raise EmptyFeed(name)
    for number, item in enumerate(items, 1):
        place = f"{name}, entry {number}"
        yield _item(item, value, place, stem, address) if isinstance(item, dict) else document(item, place)


def _item(
    item: dict[str, Any], feed: dict[str, Any], place: str, stem: str | None, address: str
) -> RawDocument | InputError:
    fields = {
        "id": item.get("id"),
        "url": item.get("url") or item.get("external_url"),
        "title": item.get("title"),
        "author": _names(item) or _names(feed),
        "language": item.get("language") or feed.get("language"),
    }
    return entry(
        fields,
        place,
        stem,
        texts=[
            (item.get("content_html"), "text/html"),
            (item.get("content_text"), "text/plain"),
            (item.get("summary"), "text/plain"),
        ],
        date=item.get("date_published") or item.get("date_modified"),
        feed=feed.get("title"),
        home=feed.get("home_page_url"),
        address=address,
    )


def _names(value: dict[str, Any]) -> str:
    """The authors of an item or of the feed: a list since version 1.1, one before."""
    authors = value.get("authors") or [value.get("author")]
    given = [author.get("name") for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    return ", ".join(name for name in given if isinstance(name, str))

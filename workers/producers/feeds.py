"""RSS 0.9x, 1.0, 2.0 and Atom, from bytes; nothing is fetched. Each entry is a document."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import feedparser

from pipeline.clean import decode
from schemas.documents import ContentType, RawDocument
from schemas.errors import InputError

from .entries import EmptyFeed, entry, plain
from .files import File
from .streams import opened, whole

_ROOT = re.compile(r"<(\w[\w:.-]*)")
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>")
_TYPES: dict[str, ContentType] = {
    "text/plain": "text/plain",
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
}


def read_feed(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The entries of an RSS or Atom file.

    Raises:
        InputError: the file cannot be read, is too large, or is not a feed.
    """
    with opened(file, limit) as stream:
        data = whole(file, stream, limit)
    yield from feed(data, file.name, file.stem)


def feed(data: bytes, name: str, stem: str | None = None) -> Iterator[RawDocument | InputError]:
    """The entries of an RSS or Atom feed, each with the fullest text that it carries; an error for one without text.

    Args:
        data: the feed as served.
        name: the file or address, for errors.
        stem: stands in for the id of an entry that has neither id nor link.

    Raises:
        InputError: no feed, or one without entries.
    """
    text = decode(data)
    root = _ROOT.search(text)
    if not root:
        raise InputError(name, "is not a feed (RSS, Atom)", "correct its extension")
    if root[1].lower() == "opml":
        raise InputError(name, "is a list of feeds, no feed", "save the feeds it names and hand those in")
    # What stands before the root has done its work (the encoding), or could do harm (entities that grow on expansion).
    parsed = _parse(text[root.start() :], name)
    entries = parsed.entries
    if not entries and parsed.version:
        raise EmptyFeed(name)
    if not entries:
        raise InputError(name, "is not a feed (RSS, Atom)", "check its source")
    truncated = f"</{root[1]}" not in text
    if truncated and _ENTRY.search(text, max((end.end() for end in _ENTRY_END.finditer(text)), default=0)):
        entries = entries[:-1]  # the cut one
    for number, each in enumerate(entries, 1):
        yield _entry(each, parsed.feed, f"{name}, entry {number}", stem)
    if truncated:
        line = text.count("\n") + 1
        yield InputError(f"{name}, line {line}", f"is truncated after entry {len(entries)}", "fetch it again")


def _parse(text: str, name: str) -> Any:
    # A stream, for feedparser takes a string for an address or a path. Markup stays as it came: `clean` is next.
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # it takes whatever is served, and breaks in more ways than it names
        raise InputError(name, f"cannot be parsed as a feed ({type(error).__name__})", "fetch it again") from error


def _entry(given: Any, channel: Any, place: str, stem: str | None) -> RawDocument | InputError:
    title = given.get("title_detail", {})
    authors = [author["name"] for author in given.get("authors", []) if author.get("name")]
    fields = {
        "id": given.get("id"),
        "url": given.get("feedburner_origlink") or given.get("link"),
        "title": plain(title["value"]) if title.get("type") == "text/html" else title.get("value"),
        "author": ", ".join(authors) or given.get("author"),
    }
    parts = sorted(given.get("content", []), key=lambda part: len(part["value"]), reverse=True)
    parts += [given["summary_detail"]] if "summary_detail" in given else []
    texts = [(part["value"], _TYPES[part["type"]]) for part in parts if part.get("type") in _TYPES]
    # dict.get, for the parser's own gives `published` for a missing `updated`.
    date = given.get("published") or dict.get(given, "updated")
    home, name = channel.get("link"), channel.get("title")
    return entry(fields, place, stem, texts=texts, date=date, feed=name, home=home)

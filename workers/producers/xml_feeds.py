"""RSS 0.9x, 1.0, 2.0, Atom and sitemaps, from their text; nothing is fetched. Each entry is a document."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import feedparser

from pipeline.clean import decode
from schemas.documents import ContentType, RawDocument
from schemas.errors import InputError

from .agency_xml import ROOTS, agency_items
from .entries import EmptyFeed, entry, plain
from .files import File
from .sitemaps import sitemap
from .streams import opened, whole

_SITEMAPS = ("urlset", "sitemapindex")
_ROOT = re.compile(r"<(\w[\w:.-]*)")
_MEDIA = re.compile(r"""\bxmlns:([\w-]+)\s*=\s*["']http://search\.yahoo\.com/mrss/?["']""")
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>")
# "desk@gazette.example (Ilse Dornan)", as RSS 2.0 wants it, the other way round, and the address alone. The parser
# knows only addresses that end in a few letters.
_MAILBOX = re.compile(r"\S+@\S+\s*\((?P<after>[^()]*)\)|(?P<before>[^<>@]*)<\S+@\S+>|\S+@\S+")
_TYPES: dict[str, ContentType] = {
    "text/plain": "text/plain",
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
}


def read_feed(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The entries of a file of XML: a feed, or what agencies send.

    Raises:
        InputError: the file cannot be read, is too large, or is neither.
    """
    with opened(file, limit) as stream:
        text = decode(whole(file, stream, limit))
    root = _ROOT.search(text)
    if root and root[1].rpartition(":")[2].lower() in ROOTS:
        yield from agency_items(text[root.start() :], file.name, file.stem)
    elif root and root[1].lower() in _SITEMAPS:
        raise file.error("is a sitemap, which lists pages and contains none", "poll its address: `wireroom feeds add`")
    else:
        yield from feed(text, file.name, file.stem)


def feed(text: str, name: str, stem: str | None = None, address: str = "") -> Iterator[RawDocument | InputError]:
    """The entries of an RSS or Atom feed, each with the fullest text that it carries; an error for one without text.

    Args:
        text: the feed, decoded.
        name: the file or address, for errors.
        stem: stands in for the id of an entry that has neither id nor link.
        address: where it was fetched, for links without a host.

    Raises:
        InputError: no feed, or one without entries.
    """
    root = _ROOT.search(text)
    if not root:
        raise InputError(name, "is not a feed (RSS, Atom)", "check its source")
    if root[1].lower() == "html":
        raise InputError(name, "is a web page, not a feed", "add it with `wireroom feeds add`, which finds its feed")
    if root[1].lower() in _SITEMAPS:
        yield from sitemap(text[root.start() :], name)
        return
    if root[1].lower() == "opml":
        raise InputError(name, "is a list of feeds, not a feed", "add it with `wireroom feeds import`")
    # What stands before the root has done its work (the encoding), or could do harm (entities that grow on expansion).
    # Captions go too, for the parser takes them for texts of the entry; where they are all there is, they are.
    body = text[root.start() :]
    bare = _without_captions(body)
    parsed = _parse(bare, name)
    entries = parsed.entries
    if bare != body and not all(map(_texts, entries)):
        captioned = _parse(body, name).entries
        entries = [each if _texts(each) else other for each, other in zip(entries, captioned, strict=False)]
    if not entries and parsed.version:
        raise EmptyFeed(name)
    if not entries:
        raise InputError(name, "is not a feed (RSS, Atom)", "check its source")
    truncated = f"</{root[1]}" not in text
    if truncated and _ENTRY.search(text, max((end.end() for end in _ENTRY_END.finditer(text)), default=0)):
        entries = entries[:-1]  # the cut one
    for number, each in enumerate(entries, 1):
        yield _entry(each, parsed.feed, f"{name}, entry {number}", stem, address)
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


def _without_captions(text: str) -> str:
    """The feed without what Media RSS says of pictures and clips (https://www.rssboard.org/media-rss)."""
    named = _MEDIA.search(text)
    if not named:
        return text
    kept, at = [], 0
    for start in re.finditer(rf"<{re.escape(named[1])}:(description|title|text)\b[^<>]*(?<!/)>", text):
        end = text.find(f"</{named[1]}:{start[1]}", start.end())
        if start.start() < at or end < 0:
            continue
        kept.append(text[at : start.start()])
        at = text.find(">", end) + 1 or len(text)
    return "".join([*kept, text[at:]])


def _texts(given: Any) -> list[tuple[str, ContentType]]:
    """What an entry carries of its text, with types; its content before its summary."""
    parts = sorted(given.get("content", []), key=lambda part: len(part["value"]), reverse=True)
    parts += [given["summary_detail"]] if "summary_detail" in given else []
    found = ((part["value"], _TYPES[part["type"]]) for part in parts if part.get("type") in _TYPES)
    return [(text, kind) for text, kind in found if text.strip()]


def _entry(given: Any, channel: Any, place: str, stem: str | None, address: str) -> RawDocument | InputError:
    title = given.get("title_detail", {})
    fields = {
        "id": given.get("id"),
        "url": given.get("feedburner_origlink") or given.get("link"),
        "title": plain(title["value"]) if title.get("type") == "text/html" else title.get("value"),
        "author": _author(given),
    }
    # dict.get, for the parser's own gives `published` for a missing `updated`.
    date = given.get("published") or dict.get(given, "updated")
    home, name = channel.get("link"), channel.get("title")
    return entry(fields, place, stem, texts=_texts(given), date=date, feed=name, home=home, address=address)


def _author(given: Any) -> str | None:
    stated = given.get("author") or ""
    if mailbox := _MAILBOX.fullmatch(stated.strip()):
        return (mailbox["after"] or mailbox["before"] or "").strip() or None
    authors = [author["name"] for author in given.get("authors", []) if author.get("name")]
    return ", ".join(authors) or stated or None

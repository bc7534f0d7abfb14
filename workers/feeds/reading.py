"""A feed's bytes, whatever its kind, as its entries, its title and what it says of its own schedule."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from pipeline.clean import decode
from schemas.dates import in_utc
from schemas.documents import RawDocument
from schemas.errors import InputError
from workers.feeds.interval import Schedule
from workers.producers.entries import EmptyFeed, EntryWithoutText
from workers.producers.json_feeds import is_json_feed, json_feed
from workers.producers.xml_feeds import feed
from workers.settings import settings

_GZIP = b"\x1f\x8b"
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<(?:\w+:)?(?:url|sitemap)>")  # of a sitemap
_TITLE = re.compile(r"<(?:\w+:)?title[^>]*>\s*(?:<!\[CDATA\[)?\s*([^<\]]+)", re.IGNORECASE)
_TTL = re.compile(r"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_SKIPPED = re.compile(r"<skip(hours|days)>(.*?)</skip\1>", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"<(?:hour|day)>\s*(\w+)\s*<", re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Elements of a feed's head stand within this many characters of its begin, if not behind its entries.
_HEAD = 20_000


@dataclass(frozen=True)
class ParsedFeed:
    """What a feed says: its entries (an error in the place of each that cannot be read) and of itself."""

    entries: list[RawDocument | InputError] = field(default_factory=list)
    title: str | None = None
    schedule: Schedule = field(default_factory=Schedule)


def read_feed(body: bytes, name: str, most: int, charset: str | None = None, address: str = "") -> ParsedFeed:
    """The feed that a server sent: RSS, Atom, JSON Feed or a sitemap, packed with gzip or not.

    Args:
        name: the address as it may be shown, for errors.
        most: entries that are read, the latest ones.
        charset: the encoding that its server names.
        address: where it was fetched, without a query, for links without a host.

    Raises:
        InputError: it is not a feed.
    """
    body = unpacked(body)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _json(body, name, most, charset, address)
    text = decode(body, charset)
    page = _PAGE.search(text, 0, _HEAD)
    first = _ENTRY.search(text, 0, _HEAD) or page
    head = text[: first.start() if first else _HEAD]
    title = _TITLE.search(head)
    found = feed(text, name, address=address)
    entries = _latest(islice(found, most + 1) if page else found, most, name)  # those of sitemaps are in order
    return ParsedFeed(entries, title[1].strip() if title else None, _schedule(head))


def unpacked(body: bytes) -> bytes:
    """A file as it was before gzip, as sitemaps are kept on servers: what fits in the limit of a fetch, unpacked."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, settings().fetch_mb * 2**20)
    except zlib.error:
        return body


def _json(body: bytes, name: str, most: int, charset: str | None, address: str) -> ParsedFeed:
    try:
        value = json.loads(decode(body, charset))
    except (ValueError, RecursionError) as error:
        raise InputError(name, "is not valid JSON", "check its source") from error
    if not is_json_feed(value):
        raise InputError(name, "is not a feed (JSON Feed)", "check its source")
    title = value.get("title")
    entries = _latest(json_feed(value, name, address=address), most, name)
    return ParsedFeed(entries, title if isinstance(title, str) else None)


def _latest(entries: Iterable[RawDocument | InputError], most: int, name: str) -> list[RawDocument | InputError]:
    """Of more entries than `most` the latest, since some feeds begin with their oldest; the first of those without a
    date.
    """
    try:
        found = list(entries)
    except EmptyFeed:
        return []
    if len(found) <= most:
        return found
    error = InputError(name, f"has more than {most} entries", "raise WIREROOM_FEED_ENTRIES")
    return [*sorted(found, key=_age)[:most], error]


def _age(entry: RawDocument | InputError) -> float:
    published = entry.fields.get("published") if isinstance(entry, EntryWithoutText) else None
    published = entry.published if isinstance(entry, RawDocument) else published
    return -in_utc(published).timestamp() if published else 0.0


def _schedule(head: str) -> Schedule:
    ttl = _TTL.search(head)
    hours: set[int] = set()
    days: set[int] = set()
    for kind, inside in _SKIPPED.findall(head):
        for item in _ITEM.findall(inside):
            if kind.lower() == "hours" and item.isdecimal():
                hours.add(int(item[:2]) % 24)  # some count to 24
            elif kind.lower() == "days" and item.lower() in _DAYS:
                days.add(_DAYS.index(item.lower()))
    return Schedule(60.0 * int(ttl[1]) if ttl else 0.0, frozenset(hours), frozenset(days))

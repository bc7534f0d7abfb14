"""A feed's bytes, whatever its kind, as its entries, its title and what it says of its own schedule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.clean import decode
from schemas.documents import RawDocument
from schemas.errors import InputError
from workers.feeds.interval import Schedule
from workers.producers.entries import EmptyFeed
from workers.producers.feeds import feed
from workers.producers.json_feeds import is_json_feed, json_feed

_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_TITLE = re.compile(r"<(?:\w+:)?title[^>]*>\s*(?:<!\[CDATA\[)?\s*([^<\]]+)", re.IGNORECASE)
_TTL = re.compile(r"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_SKIPPED = re.compile(r"<skip(hours|days)>(.*?)</skip\1>", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"<(?:hour|day)>\s*(\w+)\s*<", re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Elements of a feed's head stand within this many characters of its begin, if not behind its entries.
_HEAD = 20_000


@dataclass(frozen=True)
class Reading:
    """What a feed says: its entries (an error in the place of each that cannot be read) and of itself."""

    entries: list[RawDocument | InputError] = field(default_factory=list)
    title: str | None = None
    schedule: Schedule = field(default_factory=Schedule)


def read_feed(body: bytes, name: str, most: int) -> Reading:
    """The feed that a server sent: RSS, Atom or JSON Feed.

    Args:
        name: the address as it may be shown, for errors.
        most: entries that are taken, the first ones.

    Raises:
        InputError: it is not a feed.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _json(body, name, most)
    text = decode(body)[:_HEAD]
    first = _ENTRY.search(text)
    head = text[: first.start()] if first else text
    title = _TITLE.search(head)
    return Reading(_first(feed(body, name), most), title[1].strip() if title else None, _schedule(head))


def _json(body: bytes, name: str, most: int) -> Reading:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError(name, "is not valid JSON", "check its source") from error
    if not is_json_feed(value):
        raise InputError(name, "is not a feed (JSON Feed)", "check its source")
    title = value.get("title")
    return Reading(_first(json_feed(value, name), most), title if isinstance(title, str) else None)


def _first(entries: Iterator[RawDocument | InputError], most: int) -> list[RawDocument | InputError]:
    taken: list[RawDocument | InputError] = []
    try:
        for entry in entries:
            if len(taken) >= most:
                taken.append(InputError("the feed", f"has more than {most} entries", "raise WIREROOM_FEED_ENTRIES"))
                break
            taken.append(entry)
    except EmptyFeed:
        return []
    return taken


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

"""What the entries of every kind of feed have in common: from what a feed says to the fields of a raw document."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from schemas.dates import stated_time
from schemas.documents import ContentType, RawDocument
from schemas.errors import InputError

from .documents import document

_TAG = re.compile(r"<[^<>]*>")


class EntryWithoutText(InputError):
    """An entry that carries no text: `fields` are those of a raw document without `content`."""

    def __init__(self, place: str, fields: dict[str, Any]) -> None:
        super().__init__(place, "has no text", "read the page it links to instead")
        self.fields = fields


class EmptyFeed(InputError):
    """A feed without a single entry, as a new one is."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "has no entries", "check its source")


def entry(
    fields: dict[str, Any],
    place: str,
    stem: str | None,
    *,
    texts: Iterable[tuple[object, ContentType]],
    date: object,
    feed: object,
    home: object,
) -> RawDocument | InputError:
    """The document of one entry.

    Args:
        fields: the fields that go into it as they are; without an `id` it is the `url`, without either `stem`.
        place: the feed and the number of the entry, for the error.
        stem: the file's name less its endings.
        texts: what the entry carries of its text, the fullest first, each with its type.
        date: when it was published, as the feed writes it; kept in `extra` where no certain time can be read in it.
        feed: the feed's title; kept in `extra`.
        home: the feed's own page, whose domain is the source where the entry has no link.
    """
    text = next(((text, kind) for text, kind in texts if isinstance(text, str) and _has_words(text, kind)), None)
    url = fields.get("url")
    time = stated_time(date) if isinstance(date, str) else None
    uncertain = time is None or time.tzinfo is None
    extra = {"feed": feed, "published": date if uncertain else None}
    made = {
        "id": fields.get("id") or url,
        "source": _domain(url) or _domain(home) or feed,
        "published": time,
        "extra": {key: value for key, value in extra.items() if value},
    }
    if text is None:
        return EntryWithoutText(place, fields | made)
    return document(fields | made | {"content": text[0], "content_type": text[1]}, place, stem)


def plain(markup: str) -> str:
    """A line of HTML, such as a title, as text."""
    return html.unescape(_TAG.sub("", markup))


def _has_words(text: str, kind: ContentType) -> bool:
    return bool((plain(text) if kind == "text/html" else text).strip())


def _domain(url: object) -> str | None:
    try:
        host = urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:  # brackets that are no IPv6 address
        return None
    return host or None

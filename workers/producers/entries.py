"""What the entries of every kind of feed have in common: from what a feed says to the fields of a raw document."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

from schemas.data_files import read_lines
from schemas.dates import stated_time
from schemas.documents import ContentType, RawDocument
from schemas.errors import InputError, Notice

from .documents import document

_TAG = re.compile(r"<[^<>]*>")
# A figure and what hides in a page; each ends at the first end tag, or is none.
_CAPTION = re.compile(r"<(figure|figcaption|script|style|audio|video)\b[^<>]*>(?:(?!<\1\b).)*?</\1\s*>", re.I | re.S)
_BREAK = re.compile(r"</?(?:p|div|br|li|h\d|blockquote|td|section)\b[^<>]*>", re.I)

# Lines that are nothing but the words of a button or a link.
_BUTTONS = {*read_lines("workers.producers", "buttons.txt"), ""}

# A text with this share of the words of the fullest says as much: the rest is an advertisement or a byline.
_ENOUGH = 0.8
_FEW = 5  # words, which make no difference either


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
    address: str = "",
) -> RawDocument | InputError:
    """The document of one entry.

    Args:
        fields: the fields that go into it as they are; without an `id` it is the `url`, without either `stem`.
        place: the feed and the number of the entry, for the error.
        stem: the file's name less its endings.
        texts: what the entry carries of its text, each with its type, the first preferred: of several that say about as
            much, it is taken. A caption or the words of a button are no text.
        date: when it was published, as the feed writes it; kept in `extra` where no certain time can be read in it.
        feed: the feed's title; kept in `extra`.
        home: the feed's own page, whose domain is the source where the entry has no link.
        address: where the feed itself is. What a link without a host begins with is the home, or this.
    """
    text = _fullest([(text, kind) for text, kind in texts if isinstance(text, str)])
    home = _absolute(home, address)
    url = _absolute(fields.get("url"), home or address)
    # RFC 3339 wants a string (JSON Feed); some write seconds.
    time = stated_time(str(date)) if isinstance(date, str | int | float) else None
    uncertain = time is None or time.tzinfo is None
    extra = {"feed": feed, "published": date if uncertain else None}
    made = {
        "url": url,
        "id": fields.get("id") or url,
        "source": fields.get("source") or _domain(url) or _domain(home) or feed,
        "published": time,
        "extra": {key: value for key, value in extra.items() if value},
    }
    if text is None:
        return EntryWithoutText(place, fields | made)
    return document(fields | made | {"content": text[0], "content_type": text[1]}, place, stem)


def without_text(name: str, count: int = 1) -> Notice:
    """What is said of items of an agency that are no articles."""
    pictures = "1 item is a picture" if count == 1 else f"{count} items are pictures"
    return Notice(name, f"{pictures} or the like, without a text", None)


def plain(markup: str) -> str:
    """A line of HTML, such as a title, as text."""
    return html.unescape(_TAG.sub("", markup))


def _fullest(texts: list[tuple[str, ContentType]]) -> tuple[str, ContentType] | None:
    """The first of the texts that has about as many words as the one with the most; None where none has any."""
    counts = [_substance(text, kind) for text, kind in texts]
    enough = min(_ENOUGH * max(counts, default=0), max(counts, default=0) - _FEW)
    return next((text for text, count in zip(texts, counts, strict=True) if count and count >= enough), None)


def _substance(text: str, kind: ContentType) -> int:
    """Words of running text: those of captions and of buttons are not counted."""
    if kind == "text/html":
        text = plain(_BREAK.sub("\n", _CAPTION.sub("\n", text)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return sum(len(line.split()) for line in lines if _button(line) not in _BUTTONS)


def _button(line: str) -> str:
    return line.strip(" .…:!>»›→[]()").casefold()


def _absolute(link: object, base: object) -> object:
    """A link with scheme and host, taken from where it stands if it has none; what is no link stays."""
    if not isinstance(link, str) or not isinstance(base, str) or not link.strip() or not base:
        return link
    try:
        scheme = urlsplit(link.strip()).scheme
        return link if scheme else urljoin(base, link.strip())
    except ValueError:  # brackets that are no IPv6 address
        return link


def _domain(url: object) -> str | None:
    try:
        host = urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:  # brackets that are no IPv6 address
        return None
    return host or None

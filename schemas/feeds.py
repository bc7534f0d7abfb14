"""The states of a feed, its entries as a poll sees them, and how they are turned into documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas.urls import Url


class FeedState(StrEnum):
    """Whether a feed is polled; only an `active` one is."""

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"  # its server said 410
    DEAD = "dead"  # nothing but errors for longer than `WIREROOM_FEED_DEAD_DAYS`


class Pages(StrEnum):
    """When the page that an entry links to is fetched in place of the text that the entry carries."""

    AUTO = "auto"  # where the entry carries a teaser, or nothing
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True)
class SeenEntry:
    """An entry of a feed as one poll saw it.

    Attributes:
        fields: of the raw document that it is, or would be if it had a text.
        keys: what it is recognised by, the surest first.
        digest: of its title and text.
        text: its text without markup, one space between words; empty where it carries none.
        last_resort: the key of its title and date, where it has no text or its id is none; asked where no other is
            known.
        dated: whether the last resort is sure enough alone: it holds a date, and the entry has no id of its own.
        page: the page it links to, where that is its own: no site's front page, and none that entries of other titles
            share.
    """

    fields: Mapping[str, Any]
    keys: Sequence[str]
    digest: str
    text: str = ""
    last_resort: str | None = None
    dated: bool = False
    page: Url | None = None

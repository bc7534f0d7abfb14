"""The states of a feed, its entries as a poll sees them, and how they are turned into documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
    """

    fields: Mapping[str, Any]
    keys: Sequence[str]
    digest: str
    text: str = ""

    @property
    def url(self) -> str | None:
        """The page it links to."""
        return self.fields.get("url")

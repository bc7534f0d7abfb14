"""The states of a feed, and how its entries are turned into documents."""

from __future__ import annotations

from enum import StrEnum


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

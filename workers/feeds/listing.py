"""The feeds as the command line and the desk list them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from schemas.feeds import FeedState
from workers.fetching.urls import shown
from workers.store.feeds import summaries


def rows(session: Session) -> list[dict[str, Any]]:
    """Every feed in plain values, without the credentials in its address."""
    return [
        {
            "number": each.feed.number,
            "url": shown(each.feed.url),
            "title": each.feed.title,
            "state": each.feed.state,
            "pages": each.feed.pages,
            "last_success": each.feed.succeeded,
            "next_poll": each.feed.due if each.feed.state == FeedState.ACTIVE else None,
            "interval_seconds": round(each.feed.interval),
            "articles_a_day": round(each.articles_a_day, 1),
            "pages_waiting": each.pages_waiting,
            "errors": each.feed.errors,
            "error": each.feed.error,
        }
        for each in summaries(session)
    ]

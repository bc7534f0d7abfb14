"""One poll of one feed: claimed, fetched, read, its entries taken, and when it is due again."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis

from schemas.documents import storable
from schemas.errors import FetchError, InputError, WireroomError
from schemas.feeds import FeedState, Pages
from schemas.messages import StageMessage
from schemas.stages import Stage
from schemas.tables import Feed
from workers.feeds.identity import Seen, seen
from workers.feeds.interval import adapted, next_poll, next_try
from workers.feeds.reading import Reading, read_feed
from workers.feeds.visits import Busy, visit
from workers.fetching.answers import fresh_for, retry_after
from workers.fetching.client import Answer, fetch
from workers.fetching.urls import origin, shown
from workers.sending import queue_lengths, send
from workers.settings import settings
from workers.store import entries, feeds
from workers.store.database import database

logger = logging.getLogger(__name__)

# A feed is fetched whole at least this often, for some servers say `304 Not Modified` for ever.
_WHOLE = timedelta(days=1)

# Fewer errors than this are no death, however long ago the last success was (the machine may have been off).
_ERRORS_OF_DEATH = 5

# An entry of fewer words is a teaser, or so short that its page adds little: a brief of an agency has a hundred and
# more, the descriptions that invite to a page have sixty at most.
_TEASER_WORDS = 80
_CUT_OFF = ("…", "...", "[…]", "[...]", "more", "more »")


@dataclass
class _Outcome:
    """What a poll found: columns of the feed, figures of the poll, messages to be sent after the commit."""

    feed: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    bytes: int = 0
    entries: int = 0
    new: int = 0
    revised: int = 0
    error: str | None = None


def poll(number: int) -> str:
    """Polls a feed if it is due and nobody else does; gives what came of it in a few words.

    Whatever kills it, the feed is polled again when the claim has run out: entries that were taken by then are known.
    """
    with database().writing() as session:
        feed = feeds.claim(session, number, timedelta(seconds=4 * settings().fetch_seconds + 60))
    if feed is None:
        return "not due"
    if _crowded():
        return _put_off(feed, datetime.now(UTC) + timedelta(seconds=settings().poll_seconds), "the queues are full")
    started, clock = datetime.now(UTC), time.monotonic()
    try:
        with visit(feed.url) as under_way:
            outcome = _polled(feed)
            wait = outcome.feed.pop("wait", None)
            if wait is not None:
                under_way.pause = max(under_way.pause, wait)
    except Busy as busy:
        return _put_off(feed, busy.until, "its server is busy")
    figures = {name: getattr(outcome, name) for name in ("status", "bytes", "entries", "new", "revised", "error")}
    with database().writing() as session:
        when = {"due": feed.due, "started": started, "seconds": time.monotonic() - clock}
        settled = feeds.settle(session, feed, {"polled": datetime.now(UTC)} | outcome.feed, when | figures)
    if not settled:
        return "another poll took over"
    logger.info("polled %s: %s", shown(feed.url), _said(outcome))
    return _said(outcome)


def wants_page(entry: Seen, pages: Pages) -> bool:
    """Whether the page of an entry is to be fetched in place of the text it carries."""
    if not (entry.url or "").startswith(("http://", "https://")) or pages is Pages.NEVER:
        return False
    return pages is Pages.ALWAYS or len(entry.text.split()) < _TEASER_WORDS or entry.text.endswith(_CUT_OFF)


def _polled(feed: Feed) -> _Outcome:
    outcome, conditions = _Outcome(), _conditions(feed)
    try:
        answer = fetch(feed.url, headers=conditions)
        outcome.status, outcome.bytes = answer.status, answer.sent_bytes
        if answer.status == HTTPStatus.NOT_MODIFIED and conditions:
            return _unchanged(feed, outcome, answer)
        if answer.status != HTTPStatus.OK:
            raise _refused(feed, answer)
        digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
        if answer.whole and digest == feed.digest:
            outcome.feed |= {"read": datetime.now(UTC)} | _validators(answer)
            return _unchanged(feed, outcome, answer)
        reading = read_feed(answer.body, shown(feed.url), settings().feed_entries)
    except WireroomError as error:
        return _failed(feed, outcome, error)
    except Exception as error:  # a feed can break a parser in more ways than anybody names
        logger.exception("%s", shown(feed.url))
        return _failed(feed, outcome, InputError(shown(feed.url), f"cannot be read ({type(error).__name__})"))
    return _taken(feed, outcome, answer, reading, digest)


def _taken(feed: Feed, outcome: _Outcome, answer: Answer, reading: Reading, digest: str) -> _Outcome:
    found, errors = seen(reading.entries, feed.url)
    wants: Callable[[Seen], bool] = partial(wants_page, pages=Pages(feed.pages))
    with database().writing(durable=True) as session:
        taken = entries.take(session, feed.number, found, wants)
    _send(taken.messages)
    for entry_number, edited in taken.edits:
        with database().writing(durable=True, deciding=True) as session:
            message = entries.edit(session, entry_number, edited, wants)
        _send([message] if message else [])
    outcome.entries, outcome.new, outcome.revised = len(found), taken.new, len(taken.edits)
    note = str(errors[0]) if errors else None if answer.whole else f"{shown(feed.url)}: was cut off"
    outcome.feed |= _success(feed, answer, reading, changed=bool(taken.new or taken.edits))
    outcome.feed |= {"read": datetime.now(UTC), "title": storable(reading.title) if reading.title else feed.title}
    if answer.whole:
        outcome.feed |= {"digest": digest} | _validators(answer)
    outcome.error = outcome.feed["error"] = storable(note) if note else None
    if answer.moved:
        outcome.feed |= _moved(feed, answer.moved)
    return outcome


def _unchanged(feed: Feed, outcome: _Outcome, answer: Answer) -> _Outcome:
    outcome.feed |= _success(feed, answer, Reading(), changed=False)
    return outcome


def _success(feed: Feed, answer: Answer, reading: Reading, *, changed: bool) -> dict[str, Any]:
    longest = settings().feed_longest_seconds
    interval = adapted(feed.interval, changed, settings().feed_shortest_seconds, longest)
    due = next_poll(interval, reading.schedule, fresh_for(answer.header("Cache-Control")), longest)
    return {"interval": interval, "due": due, "succeeded": datetime.now(UTC), "errors": 0, "error": None}


def _failed(feed: Feed, outcome: _Outcome, error: WireroomError) -> _Outcome:
    wait = getattr(error, "wait", None)
    due = next_try(feed.interval, feed.errors, wait, settings().feed_longest_seconds)
    outcome.error = storable(str(error))
    # What came is forgotten with its validators: the next try fetches it whole.
    outcome.feed |= {"errors": feed.errors + 1, "error": outcome.error, "due": due, "wait": wait, "etag": None}
    outcome.feed |= {"modified": None}
    alive = datetime.now(UTC) - (feed.succeeded or feed.added) < timedelta(days=settings().feed_dead_days)
    if outcome.status == HTTPStatus.GONE:
        outcome.feed["state"] = FeedState.GONE
    elif not alive and feed.errors + 1 >= _ERRORS_OF_DEATH:
        outcome.feed["state"] = FeedState.DEAD
    return outcome


class _RefusedError(FetchError):
    """An answer that is no feed by its status; `wait` is the seconds after which its server wants to be asked again."""

    wait: float | None = None


def _refused(feed: Feed, answer: Answer) -> FetchError:
    try:
        phrase = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        phrase = str(answer.status)
    error = _RefusedError(shown(feed.url), f"its server answers {phrase}", None)
    error.wait = retry_after(answer.header("Retry-After"))
    return error


def _conditions(feed: Feed) -> dict[str, str]:
    if feed.read is None or datetime.now(UTC) - feed.read >= _WHOLE:
        return {}
    stated = {"If-None-Match": feed.etag, "If-Modified-Since": feed.modified}
    return {name: value for name, value in stated.items() if value}


def _validators(answer: Answer) -> dict[str, str | None]:
    """As the server gave them, for it alone knows what they mean; none that could not be sent back in a header."""
    given = {"etag": answer.header("ETag"), "modified": answer.header("Last-Modified")}
    return {n: v if v and v.isascii() and v.isprintable() and len(v) < 1000 else None for n, v in given.items()}


def _moved(feed: Feed, to: str) -> dict[str, Any]:
    old, new = urlsplit(feed.url), urlsplit(to)
    if "@" in old.netloc and origin(feed.url) == origin(to):
        to = urlunsplit(new._replace(netloc=f"{old.netloc.rpartition('@')[0]}@{new.netloc}"))
    with database().reading() as session:
        known = to != feed.url and feeds.is_known(session, to)
    if known:
        return {"state": FeedState.GONE, "error": f"has moved to {shown(to)}, which is polled already"}
    logger.info("%s has moved to %s", shown(feed.url), shown(to))
    return {"url": to}


def _put_off(feed: Feed, until: datetime, why: str) -> str:
    with database().writing() as session:
        feeds.release(session, feed, until)
    return f"put off: {why}"


def _crowded() -> bool:
    try:
        return queue_lengths()[Stage.CLEAN] >= settings().queue_limit
    except redis.RedisError:
        return False  # what is accepted meanwhile is sent by the sweeper


def _send(messages: Sequence[StageMessage]) -> None:
    if messages:
        send([(Stage.CLEAN, message) for message in messages])


def _said(outcome: _Outcome) -> str:
    if outcome.error and not outcome.entries:
        return outcome.error
    if outcome.status == HTTPStatus.NOT_MODIFIED or not outcome.entries:
        return "unchanged"
    return f"{outcome.entries} entries, {outcome.new} new, {outcome.revised} edited"

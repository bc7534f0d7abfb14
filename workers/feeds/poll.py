"""One poll of one feed: claimed, fetched, read, its entries accepted, and when it is due again."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from sqlalchemy.orm import Session

from schemas.documents import storable
from schemas.errors import FetchError, InputError, WireroomError
from schemas.feeds import FeedState, Pages, SeenEntry
from schemas.stages import Stage
from schemas.tables import Feed
from schemas.urls import Url
from workers.feeds.identity import seen
from workers.feeds.interval import Schedule, adapted, next_attempt, next_poll
from workers.feeds.reading import read_feed
from workers.feeds.visits import BusyError, Held, NoVisit, Visit, begin, comes_back, hold
from workers.fetching.answers import fresh_for, retry_after
from workers.fetching.client import Answer, fetch
from workers.fetching.urls import shown
from workers.queue.sending import send
from workers.settings import settings
from workers.store import entries, feeds
from workers.store.database import database
from workers.store.entries import AcceptedEntries

logger = logging.getLogger(__name__)

# A feed is fetched whole at least this often, for some servers say `304 Not Modified` for ever.
_WHOLE = timedelta(days=1)

# Fewer errors than this are no death, however long ago the last success was (the machine may have been off).
_ERRORS_OF_DEATH = 5

# An entry of fewer words is a teaser, or so short that its page adds little: a brief of an agency has a hundred and
# more, the descriptions that invite to a page have sixty at most.
_TEASER_WORDS = 80
_LONGEST_ADDRESS = 8_000  # which servers ought to take (RFC 9110, 4.1)
_CUT_OFF = ("…", "...", "[…]", "[...]", "more", "more »")


@dataclass
class _Outcome:
    """What a poll found: columns of the feed, figures of the poll, the entries; where the feed has moved for good, and
    for how many seconds its answer stays fresh, or its server wants to be left alone.
    """

    feed: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    bytes: int = 0
    error: str | None = None
    entries: list[SeenEntry] = field(default_factory=list)
    moved: Url | None = None
    fresh: float = 0.0
    wait: float = 0.0


def poll(number: int, held: Held | None = None) -> str:
    """Polls a feed if it is due and nobody else does, from a server that is `held` for it already or free; gives what
    came of it in a few words.

    Whatever kills it, the feed is polled again when the claim has run out: entries accepted by then are known.
    """
    visit = begin(partial(_claim, number), feeds.release, held)
    if isinstance(visit, NoVisit):
        return visit
    feed, started, clock = visit.due, datetime.now(UTC), time.monotonic()
    with visit:
        try:
            outcome = _polled(visit)
        except BusyError:
            with database().writing() as session:
                feeds.release(session, feed, comes_back())
                visit.end(session)
            return NoVisit.BUSY
        visit.answered()
        visit.pause = max(visit.pause, outcome.wait)
        fetch = {name: getattr(outcome, name) for name in ("status", "bytes", "error")}
        fetch |= {"due": feed.due, "started": started, "seconds": time.monotonic() - clock}
        settled, accepted = _write(visit, outcome, fetch)
    if accepted.messages:
        send([(Stage.CLEAN, message) for message in accepted.messages])
    said = _said(outcome, accepted) if settled else "removed, or polled by another meanwhile"
    logger.info("polled %s: %s", shown(visit.url), said)
    return said


def _claim(number: int, session: Session) -> tuple[Feed, Url] | None:
    feed = feeds.claim(session, number, hold())
    return (feed, Url.parse(feed.url)) if feed else None


def _write(visit: Visit[Feed], outcome: _Outcome, fetch: dict[str, Any]) -> tuple[bool, AcceptedEntries]:
    """All that a poll leaves behind, in one transaction; only one that takes entries is worth waiting for the disk, and
    only one with edits has to be alone with dedupe's decisions.
    """
    feed, found, accepted = visit.due, outcome.entries, AcceptedEntries()
    with database().reading() as session:
        edits = feed.taken is not None and bool(found) and entries.any_edited(session, feed.number, found)
    with database().writing(durable=bool(found), deciding=edits) as session:
        if found and not feeds.is_held(session, feed):
            visit.end(session)
            return False, accepted
        if found:
            pages = partial(wants_page, pages=Pages(feed.pages))
            accepted = entries.accept_entries(session, feed, found, pages, settings().revisions_kept)
        if not outcome.feed["errors"]:
            outcome.feed |= _scheduled(feed, outcome, changed=bool(accepted.new or accepted.revised))
        if outcome.moved:
            outcome.feed |= _moved(session, visit.url, outcome.moved)
        figures = {"entries": len(found), "new": accepted.new, "revised": accepted.revised}
        settled = feeds.settle(session, feed, {"polled": datetime.now(UTC)} | outcome.feed, fetch | figures)
        visit.end(session)
    return settled, accepted


def wants_page(entry: SeenEntry, pages: Pages) -> bool:
    """Whether the page of an entry is to be fetched in place of the text it carries."""
    if pages is Pages.NEVER or not entry.page or len(entry.page.text) > _LONGEST_ADDRESS:
        return False
    return pages is Pages.ALWAYS or len(entry.text.split()) < _TEASER_WORDS or entry.text.endswith(_CUT_OFF)


def _polled(visit: Visit[Feed]) -> _Outcome:
    """Asks the server, and reads what it says; writes nothing.

    Raises:
        BusyError: it redirects to a server that somebody else visits.
    """
    feed, outcome = visit.due, _Outcome()
    conditions = _conditions(feed)
    try:
        answer = fetch(visit.url, headers=conditions, before=visit.enter)
        outcome.status, outcome.bytes = answer.status, answer.sent_bytes
        if answer.status == HTTPStatus.NOT_MODIFIED and conditions:
            return _succeeded(outcome, answer)
        if answer.status != HTTPStatus.OK:
            raise _refused(visit.url, answer)
        digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
        if not (answer.whole and digest == feed.digest):
            _read(visit, outcome, answer, digest)
        outcome.feed["read"] = datetime.now(UTC)
        if answer.whole:
            outcome.feed |= _validators(answer)
        return _succeeded(outcome, answer)
    except BusyError:
        raise
    except WireroomError as error:
        return _failed(feed, outcome, error)
    except Exception as error:  # a feed can break a parser in more ways than anybody names
        logger.exception("%s", shown(visit.url))
        return _failed(feed, outcome, InputError(shown(visit.url), f"cannot be read ({type(error).__name__})"))


def _read(visit: Visit[Feed], outcome: _Outcome, answer: Answer, digest: str) -> None:
    name = shown(visit.url)
    address = answer.url.bare.partition("?")[0]  # a query may hold a secret
    reading = read_feed(answer.body, name, settings().feed_entries, answer.charset, address)
    outcome.entries, errors = seen(reading.entries, visit.url.site, visit.due.scope)
    if errors or not answer.whole:
        outcome.error = storable(str(errors[0]) if errors else f"{name}: was cut off")
    outcome.feed |= {"schedule": reading.schedule.packed(), "taken": datetime.now(UTC)}
    if reading.title:
        outcome.feed["title"] = storable(reading.title)
    if answer.whole:
        outcome.feed["digest"] = digest


def _succeeded(outcome: _Outcome, answer: Answer) -> _Outcome:
    outcome.fresh, outcome.moved = fresh_for(answer.header("Cache-Control")), answer.moved
    outcome.feed |= {"succeeded": datetime.now(UTC), "errors": 0, "error": outcome.error}
    return outcome


def _scheduled(feed: Feed, outcome: _Outcome, *, changed: bool) -> dict[str, Any]:
    longest = settings().feed_longest_seconds
    interval = adapted(feed.interval, changed, settings().feed_shortest_seconds, longest)
    schedule = Schedule.unpacked(outcome.feed.get("schedule", feed.schedule))
    return {"interval": interval, "due": next_poll(interval, schedule, outcome.fresh, longest)}


def _failed(feed: Feed, outcome: _Outcome, error: WireroomError) -> _Outcome:
    if isinstance(error, _RefusedError):
        outcome.wait = error.wait
    due = next_attempt(feed.interval, feed.errors, outcome.wait, settings().feed_longest_seconds)
    outcome.error, outcome.entries = storable(str(error)), []
    # What came is forgotten with its validators: the next attempt fetches it whole.
    outcome.feed = {"errors": feed.errors + 1, "error": outcome.error, "due": due, "etag": None, "modified": None}
    alive = datetime.now(UTC) - (feed.succeeded or feed.added) < timedelta(days=settings().feed_dead_days)
    if outcome.status == HTTPStatus.GONE:
        outcome.feed["state"] = FeedState.GONE
    elif not alive and feed.errors + 1 >= _ERRORS_OF_DEATH:
        outcome.feed["state"] = FeedState.DEAD
    return outcome


class _RefusedError(FetchError):
    """An answer that is not a feed by its status; `wait` is the seconds that its server asks to wait."""

    wait: float = 0.0


def _refused(url: Url, answer: Answer) -> FetchError:
    try:
        phrase = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        phrase = str(answer.status)
    error = _RefusedError(shown(url), f"the server answered {phrase}", None)
    error.wait = retry_after(answer.header("Retry-After")) or 0.0
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


def _moved(session: Session, url: Url, to: Url) -> dict[str, Any]:
    if url.origin == to.origin:
        to = to.with_user_of(url)
    if to != url and feeds.is_known(session, to):
        return {"state": FeedState.GONE, "error": f"has moved to {shown(to)}, which is polled already"}
    logger.info("%s has moved to %s", shown(url), shown(to))
    return {"url": to.text, "origin": to.origin}


def _said(outcome: _Outcome, accepted: AcceptedEntries) -> str:
    if outcome.error and not outcome.entries:
        return outcome.error
    if not outcome.entries:
        return "unchanged"
    return f"{len(outcome.entries)} entries, {accepted.new} new, {accepted.revised} edited"

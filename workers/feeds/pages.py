"""The page of an entry that carries no full text: fetched as robots.txt allows, else the entry's text is used."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from pipeline.clean import decode
from schemas.documents import RawDocument
from schemas.errors import FetchError
from schemas.stages import Stage
from schemas.tables import Entry
from schemas.urls import Url
from workers.feeds.visits import BusyError, Held, NoVisit, Visit, begin, comes_back, hold
from workers.fetching.answers import retry_after
from workers.fetching.client import Answer, FetchLimits, fetch
from workers.fetching.robots import Robots, read_robots
from workers.fetching.urls import shown
from workers.queue.sending import send
from workers.settings import settings
from workers.store import entries, hosts
from workers.store.database import database

logger = logging.getLogger(__name__)

# Attempts of one page, and the seconds before the second one, doubled each time: together about a day and a half.
_ATTEMPTS = 8
_FIRST_WAIT = 600.0

# Statuses that another attempt can cure.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "")


def fetch_page(entry_number: int, held: Held | None = None) -> str:
    """Fetches the page of an entry that waits for it, from a server that is `held` for it already or free, and makes it
    the entry's document; gives what came of it.

    A page that cannot be fetched costs no entry: its text becomes the document, with the reason in `extra`.
    """
    visit = begin(partial(_claim, entry_number), _put_off, held)
    if isinstance(visit, NoVisit):
        return visit
    with visit:
        try:
            answer, why, again = _asked(visit)
        except BusyError:
            with database().writing() as session:
                _put_off(session, visit.due, comes_back())
                visit.end(session)
            return NoVisit.BUSY
        visit.answered()
        if why and again is not None and visit.due.page_attempts < _ATTEMPTS:
            again = max(again, _FIRST_WAIT * 2.0 ** (visit.due.page_attempts - 1))
            with database().writing() as session:
                until = datetime.now(UTC) + timedelta(seconds=again)
                entries.put_off_page(session, visit.due.number, until, counted=True)
                visit.end(session)
            return f"to be attempted again later: {why}"
        return _settle(visit, answer, why)


def _claim(entry_number: int, session: Session) -> tuple[Entry, Url] | None:
    entry = entries.claim_page(session, entry_number, hold())
    return (entry, Url.parse(entry.page)) if entry and entry.page else None


def _put_off(session: Session, entry: Entry, until: datetime) -> None:
    entries.put_off_page(session, entry.number, until, counted=False)


def _asked(visit: Visit[Entry]) -> tuple[Answer | None, str | None, float | None]:
    """The page, or why it is not to be had, and (None where that is for good) seconds after which to try again.

    Raises:
        BusyError: it redirects to a server that somebody else visits.
    """
    limits = FetchLimits.of_settings()
    try:
        answer = fetch(visit.url, limits, before=partial(_require_leave, visit, limits))
    except BusyError:
        raise
    except _DisallowedError as error:
        return None, error.cause, None
    except FetchError as error:
        return None, error.cause, 0.0
    except Exception as error:  # of what servers send, nobody knows all
        logger.exception("%s", shown(visit.url))
        return None, f"it cannot be fetched ({type(error).__name__})", 0.0
    wait = retry_after(answer.header("Retry-After")) or 0.0
    visit.pause = max(visit.pause, wait)
    kind = (answer.header("Content-Type") or "").partition(";")[0].strip().lower()
    if answer.status != 200:
        return None, f"the server answered {answer.status}", wait if answer.status in _PASSING else None
    if kind not in _TYPES:
        return None, f"it is of the type {kind}", None
    return answer, None, None


class _DisallowedError(FetchError):
    """A page, or one it redirects to, that robots.txt does not allow."""


def _require_leave(visit: Visit[Entry], limits: FetchLimits, url: Url) -> None:
    """Nothing, where the page of a hop may be asked for now; a longer pause that its server asks for is noted.

    Raises:
        FetchError: robots.txt cannot be had, or (_DisallowedError) does not allow it, or (BusyError) another visits.
    """
    visit.enter(url)
    robots = _robots(url, limits)
    visit.pause = max(visit.pause, robots.delay())
    if robots.trouble:
        raise FetchError(shown(url), robots.trouble, None)
    if not robots.allows(url):
        raise _DisallowedError(shown(url), "robots.txt does not allow it", None)


def _robots(url: Url, limits: FetchLimits) -> Robots:
    server = url.origin
    with database().reading() as session:
        kept = hosts.robots(session, server)
    if kept is not None:
        return Robots(kept.text or "", kept.error)
    read = read_robots(url, limits)
    with database().writing() as session:
        hosts.keep_robots(session, server, hosts.KeptRobots(read.text, read.trouble), read.holds)
    return read


def _settle(visit: Visit[Entry], answer: Answer | None, why: str | None) -> str:
    fields = dict(visit.due.stand_in or {})
    document = entries.stand_in(fields, why)
    if answer is not None:
        body = decode(answer.body, answer.charset)
        if body.strip():
            plain = (answer.header("Content-Type") or "").lower().startswith("text/plain")
            document = _page(fields, body, plain, answer.url)
    with database().writing(durable=True, deciding=visit.due.owns) as session:
        waiting = entries.still_waiting(session, visit.due)
        if waiting is None:
            return "already fetched by another worker"
        message = entries.put(session, waiting, document, settings().revisions_kept)
        visit.end(session)
    if message:
        send([(Stage.CLEAN, message)])
    said = f"using the feed entry's text: {why}" if why else "fetched"
    logger.info("page %s: %s", shown(visit.url), said)
    return said


def _page(fields: dict[str, object], body: str, plain: bool, url: Url) -> RawDocument:
    """The entry's own facts, with the page's text; its address is where it was found unless the entry names one."""
    stated = fields | {"content": body, "content_type": "text/plain" if plain else "text/html"}
    return RawDocument.model_validate({"url": url.bare} | stated)

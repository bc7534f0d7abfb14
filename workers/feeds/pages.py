"""The page of an entry that carries no full text: fetched as robots.txt allows, else the entry's own words stand in."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from pipeline.clean import decode
from schemas.documents import RawDocument
from schemas.errors import FetchError
from schemas.stages import Stage
from schemas.tables import Entry
from workers.feeds.visits import Busy, visit
from workers.fetching.answers import retry_after
from workers.fetching.client import Answer, Limits, fetch
from workers.fetching.robots import Robots, read_robots
from workers.fetching.urls import origin, shown, without_credentials
from workers.sending import send
from workers.settings import settings
from workers.store import entries, hosts
from workers.store.database import database

logger = logging.getLogger(__name__)

# Tries of one page, and the seconds before the second one, doubled each time: together about a day and a half.
_TRIES = 8
_FIRST_WAIT = 600.0

# Statuses that another try can cure.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "")


def fetch_page(entry_number: int) -> str:
    """Fetches the page of an entry that waits for it and makes it the entry's document; gives what came of it.

    A page that is not to be had costs no entry: its own words, with the reason in `extra`, become the document.
    """
    with database().writing() as session:
        entry = entries.claim_page(session, entry_number, timedelta(seconds=4 * settings().fetch_seconds + 60))
    if entry is None or entry.page is None:
        return "not due"
    try:
        with visit(entry.page) as under_way:
            limits = Limits.of_settings()
            robots = _robots(entry.page, limits)
            under_way.pause = max(under_way.pause, robots.delay())
            if not robots.allows(entry.page):
                return _settle(entry, None, "robots.txt does not allow it")
            answer = fetch(entry.page, limits)
            wait = retry_after(answer.header("Retry-After")) or 0.0
            under_way.pause = max(under_way.pause, wait)
    except Busy as busy:
        with database().writing() as session:
            entries.put_off_page(session, entry.number, busy.until, counted=False)
        return "put off: its server is busy"
    except FetchError as error:
        return _try_again(entry, error.cause)
    if answer.status in _PASSING:
        return _try_again(entry, f"its server answers {answer.status}", wait)
    kind = (answer.header("Content-Type") or "").partition(";")[0].strip().lower()
    if answer.status != 200:
        return _settle(entry, None, f"its server answers {answer.status}")
    if kind not in _TYPES:
        return _settle(entry, None, f"it is of the type {kind}")
    return _settle(entry, answer, None)


def _robots(url: str, limits: Limits) -> Robots:
    server = origin(url)
    with database().reading() as session:
        kept = hosts.robots(session, server)
    if kept is not None:
        return Robots(kept)
    read = read_robots(url, limits)
    with database().writing() as session:
        hosts.keep_robots(session, server, read.text, read.holds)
    return read


def _try_again(entry: Entry, why: str, wait: float = 0.0) -> str:
    if entry.page_tries >= _TRIES:
        return _settle(entry, None, why)
    wait = max(wait, _FIRST_WAIT * 2.0 ** (entry.page_tries - 1))
    with database().writing() as session:
        until = datetime.now(UTC) + timedelta(seconds=wait)
        entries.put_off_page(session, entry.number, until, counted=True)
    return f"tried again later: {why}"


def _settle(entry: Entry, answer: Answer | None, why: str | None) -> str:
    fields = dict(entry.stand_in or {})
    document = entries.stand_in(fields, why)
    if answer is not None:
        body = decode(answer.body)
        if body.strip():
            plain = (answer.header("Content-Type") or "").lower().startswith("text/plain")
            document = _page(fields, body, plain, answer.url)
    with database().writing(durable=True, deciding=True) as session:
        held = session.get(Entry, entry.number)
        if held is None or held.page is None:
            return "done by another"
        message = entries.put(session, held, document)
    if message:
        send([(Stage.CLEAN, message)])
    said = f"its own words stand in: {why}" if why else "fetched"
    logger.info("page %s: %s", shown(entry.page or ""), said)
    return said


def _page(fields: dict[str, object], body: str, plain: bool, url: str) -> RawDocument:
    """The entry's own facts, with the page's text; its address is where it was found unless the entry names one."""
    stated = fields | {"content": body, "content_type": "text/plain" if plain else "text/html"}
    return RawDocument.model_validate({"url": without_credentials(url)} | stated)

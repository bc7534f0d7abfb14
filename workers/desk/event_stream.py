"""Events as they are written, told to everybody who listens: one look at the tables for all of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from schemas.desk_tables import Event
from workers.store.changes import events_after, last_event
from workers.store.database import database
from workers.store.settling import settle_due

logger = logging.getLogger(__name__)

# Seconds between two looks: short for a person who waits, and one look is one row of an index.
_LOOK_SECONDS = 0.4

# Events kept in memory for listeners who lag a little; who lags more is given them from the tables.
_KEPT = 500

# Seconds between two looks for stories whose counts are behind. Workers settle them at once; the desk does where no
# worker runs, as after `wireroom run`.
_SETTLE_SECONDS = 10.0

EventRow = dict[str, Any]


class EventStream:
    """The events of the tables, in order of their numbers. `run` looks for them until it is cancelled."""

    def __init__(self) -> None:
        self.last = 0
        self._recent: deque[EventRow] = deque(maxlen=_KEPT)
        self._news = asyncio.Condition()

    async def run(self) -> None:
        """Looks at the tables again and again; a database that is away is waited for."""
        self.last = await self._first()
        settle_at = 0.0
        while True:
            try:
                if time.monotonic() >= settle_at:
                    await run_in_threadpool(settle_due, database())
                    settle_at = time.monotonic() + _SETTLE_SECONDS
                found = await run_in_threadpool(_read, self.last, _KEPT)
                if found:
                    async with self._news:
                        self._recent.extend(found)
                        self.last = found[-1]["number"]
                        self._news.notify_all()
            except DBAPIError as error:
                logger.warning("the database does not answer (%s); the desk waits for it", type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    async def after(self, number: int, patience: float) -> AsyncIterator[list[EventRow]]:
        """The events after a number, in portions as they come; an empty one where none came for `patience` seconds."""
        while True:
            if number < self.last:
                recent = list(self._recent)
                if recent and recent[0]["number"] <= number:
                    portion = [event for event in recent if event["number"] > number]
                else:
                    portion = await run_in_threadpool(_read, number, _KEPT)
                if portion:
                    number = portion[-1]["number"]
                    yield portion
                    continue
            before = self.last
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    async with self._news:
                        await self._news.wait_for(lambda seen=before: self.last > seen)  # type: ignore[misc]
            if self.last == before:
                yield []

    @staticmethod
    async def _first() -> int:
        while True:
            try:
                return await run_in_threadpool(_last)
            except DBAPIError:
                await asyncio.sleep(_LOOK_SECONDS)


def _last() -> int:
    with database().reading() as session:
        return last_event(session)


def _read(number: int, limit: int) -> list[EventRow]:
    with database().reading() as session:
        return [told(event) for event in events_after(session, number, limit)]


def told(event: Event) -> EventRow:
    """An event as it is told."""
    return {
        "number": event.number,
        "kind": event.kind,
        "happened": event.happened.isoformat(),
        "story_id": event.story_id,
        "document_id": event.document_id,
        "data": event.data,
    }

"""Documents from other programs: checked, accepted and sent on their way by the time the call returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from schemas.documents import RawDocument
from schemas.errors import InputError
from workers.producers.documents import document
from workers.producers.intake import Accepted, accept_and_send, batches
from workers.queue.broker import broker_url, require_broker
from workers.settings import settings
from workers.store.database import Database, database
from workers.store.migrate import migrate

__all__ = ["Accepted", "Refused", "check", "push"]


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that cannot be accepted: its place among those handed in, from 0, and why, as a sentence."""

    index: int
    error: str


def push(documents: Iterable[RawDocument | Mapping[str, Any]], *, wait: bool = True) -> list[Accepted]:
    """Accepts documents and puts them on the queue; they are in the tables, durably, when this returns.

    All are checked before any is accepted, so they are held at once: hand a million in by the thousand. Where the
    broker does not answer they are accepted all the same, and sent once it is back.

    Args:
        documents: raw documents, or mappings with the fields of one (docs/input.md, "Raw document").
        wait: wait while the workers are `WIREROOM_QUEUE_LIMIT` documents behind.

    Returns:
        One `Accepted` for each document, in order.

    Raises:
        InputError: one of them cannot be accepted; names it by its place, from 1. None is accepted then.
        ServiceError: the database cannot be reached, or no broker is configured and none runs here.
        SettingError: the settings cannot be used.
    """
    usable, refused = check(documents)
    if refused:
        raise InputError(f"document {refused[0].index + 1}", refused[0].error, "none of them was accepted")
    _migrate(database())
    if broker_url() is None:
        require_broker()  # which says what to do; one that is only away is no reason not to accept
    return [accepted for batch in batches(usable) for accepted in accept_and_send(batch, wait=wait)]


def check(documents: Iterable[object]) -> tuple[list[RawDocument], list[Refused]]:
    """Those of `documents` that can be accepted, in order, and why the others cannot."""
    usable: list[RawDocument] = []
    refused: list[Refused] = []
    limit = settings().max_document_mb * 2**20
    for index, given in enumerate(documents):
        checked = given if isinstance(given, RawDocument) else document(_fields(given), "it")
        if isinstance(checked, InputError):
            refused.append(Refused(index, f"{checked.cause}; {checked.advice}"))
        elif len(checked.content) > limit:
            cause = f"is larger than {settings().max_document_mb} MB; raise WIREROOM_MAX_DOCUMENT_MB if that is meant"
            refused.append(Refused(index, cause))
        else:
            usable.append(checked)
    return usable, refused


def _fields(given: object) -> object:
    return dict(given) if isinstance(given, Mapping) else given


@lru_cache(maxsize=1)
def _migrate(tables: Database) -> None:
    migrate(tables)

"""Hooks: who wants to be told of what, and the events on their way to them.

An event is put on its way once (a hook's `position` moves on in the same transaction) and stays there until it is
delivered or given up after days, so a receiver that is down loses nothing. Of one story only the earliest that waits is
ever sent, so none overtakes another. A sender that dies after the receiver took an event sends it again: at least once,
with the same id. A receiver that does not answer is left alone for a while, whatever else waits for it, so that others
need not wait for it too.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from schemas.desk_tables import Delivery, Event, Hook
from schemas.errors import HookError, QueryError
from schemas.hooks import DeliveryState, HookState
from schemas.tables import Document
from schemas.urls import Url
from workers.store.changes import EventKind, last_event
from workers.store.search.index import matches
from workers.store.search.query import parse

# Events looked at for one hook at a time.
_PORTION = 1_000

# Documents of a story that are asked whether they answer to a hook's search, the latest.
_ASKED = 500

# Days for which an event is attempted; the waits between attempts are in `workers.tasks.telling`.
_GIVEN_UP = timedelta(days=5)

# Days for which what was delivered is remembered.
_KEPT = timedelta(days=14)


@dataclass(frozen=True)
class DueDelivery:
    """An event that is to be sent now: to whom, and which attempt it is."""

    hook: Hook
    event: Event
    attempt: int


@dataclass(frozen=True)
class HookStatus:
    """A hook with what is on its way to it, and what went wrong last."""

    hook: Hook
    waiting: int
    delivered: datetime | None
    error: str | None


def add(
    session: Session, url: Url, events: Sequence[str] = (), query: str | None = None, description: str | None = None
) -> Hook:
    """A new hook, told of what happens from now on; with a secret of its own (Standard Webhooks: `whsec_` and base64).

    Raises:
        HookError: it names no kind of event. QueryError: its search cannot be read.
    """
    unknown = sorted(set(events) - set(EventKind))
    if unknown:
        raise HookError(unknown[0], "is not a kind of event", f"there are {', '.join(EventKind)}")
    if query:
        parse(query)
    hook = Hook(
        id=secrets.token_hex(16),
        url=url.text,
        secret="whsec_" + base64.b64encode(secrets.token_bytes(24)).decode(),
        description=description,
        created=datetime.now(UTC),
        state=HookState.ACTIVE,
        events=sorted(set(events)),
        query=query or None,
        position=last_event(session),
    )
    session.add(hook)
    session.flush()
    return hook


def find(session: Session, beginning: str) -> Hook:
    """The hook whose id begins so.

    Raises:
        HookError: none does, or several do.
    """
    found = [hook for hook in session.scalars(select(Hook)) if beginning and hook.id.startswith(beginning)]
    if len(found) != 1:
        cause = "matches no webhook" if not found else "matches several webhooks"
        raise HookError(beginning, cause, "see `wireroom hooks list`")
    return found[0]


def by_id(session: Session, hook_id: str) -> Hook | None:
    """The hook with this whole id, where there is one."""
    return session.get(Hook, hook_id)


def remove(session: Session, hook: Hook) -> None:
    """Forgets a hook and what is on its way to it."""
    session.execute(delete(Delivery).where(Delivery.hook_id == hook.id))
    session.execute(delete(Hook).where(Hook.id == hook.id))


def set_state(session: Session, hook: Hook, state: HookState) -> None:
    """Pauses or resumes a hook. The days for which what waits is attempted begin anew when it is resumed: in a pause it
    was not.
    """
    if state == HookState.ACTIVE and hook.state == HookState.PAUSED:
        waiting = Delivery.hook_id == hook.id, Delivery.state == DeliveryState.WAITING
        session.execute(update(Delivery).where(*waiting).values(first_tried=None))
    session.execute(update(Hook).where(Hook.id == hook.id).values(state=state))


def statuses(session: Session) -> list[HookStatus]:
    """Every hook, as it fares."""
    counted = (
        select(Delivery.hook_id, func.count()).where(Delivery.state == DeliveryState.WAITING).group_by(Delivery.hook_id)
    )
    waiting = dict(session.execute(counted).all())
    settled = select(Delivery.hook_id, func.max(Delivery.settled)).where(Delivery.state == DeliveryState.DELIVERED)
    delivered = dict(session.execute(settled.group_by(Delivery.hook_id)).all())
    found = []
    for hook in session.scalars(select(Hook).order_by(Hook.created)):
        failing = select(Delivery.error).where(
            Delivery.hook_id == hook.id, Delivery.state == DeliveryState.WAITING, Delivery.error.is_not(None)
        )
        error = session.scalar(failing.order_by(Delivery.event_number).limit(1))
        found.append(HookStatus(hook, waiting.get(hook.id, 0), delivered.get(hook.id), error))
    return found


def put_on_their_way(session: Session, *, paused: bool = False) -> int:
    """Looks at the events since for each active hook, and puts those that it wants on their way; gives how many.

    Args:
        paused: do so for paused hooks too, which are sent them when they are resumed.
    """
    put, now = 0, datetime.now(UTC)
    looking = select(Hook) if paused else select(Hook).where(Hook.state == HookState.ACTIVE)
    for hook in session.scalars(looking.with_for_update(skip_locked=True)):
        events = list(
            session.scalars(select(Event).where(Event.number > hook.position).order_by(Event.number).limit(_PORTION))
        )
        if not events:
            continue
        wanted = [event for event in events if _wants(session, hook, event)]
        if wanted:
            rows = [
                {
                    "hook_id": hook.id,
                    "event_number": event.number,
                    "about": event.story_id or event.document_id or "-",
                    "state": DeliveryState.WAITING,
                    "due": now,
                    "attempts": 0,
                }
                for event in wanted
            ]
            session.execute(insert(Delivery), rows)
        hook.position = events[-1].number
        put += len(wanted)
    return put


def catch_up(session: Session) -> bool:
    """Looks at a portion of the events for every hook, those that are paused too; gives whether more are left.

    To be called before documents are deleted, of which a hook's search can be asked no more.
    """
    put_on_their_way(session, paused=True)
    session.flush()
    looked_at = looked_at_by_all(session)
    return looked_at is not None and looked_at < last_event(session)


def looked_at_by_all(session: Session) -> int | None:
    """The number up to which the events were looked at for every hook; None where there are no hooks."""
    return session.scalar(select(func.min(Hook.position)))


def _wants(session: Session, hook: Hook, event: Event) -> bool:
    if hook.events and event.kind not in hook.events:
        return False
    if not hook.query:
        return True
    ids = [event.document_id] if event.document_id else []
    if not ids and event.story_id:
        members = select(Document.id).where(Document.story_id == event.story_id)
        ids = list(session.scalars(members.order_by(Document.received.desc()).limit(_ASKED)))
    try:
        return bool(ids) and matches(session, hook.query, ids)
    except QueryError:
        return True  # written by an earlier version, perhaps; rather too much than nothing


def claim_due(session: Session, limit: int, hold: timedelta) -> list[DueDelivery]:
    """The events to be sent now, each held against other senders for so long; of each story and hook the earliest."""
    now = datetime.now(UTC)
    before = aliased(Delivery)
    earlier = (
        select(before.event_number)
        .where(
            before.hook_id == Delivery.hook_id,
            before.about == Delivery.about,
            before.state == DeliveryState.WAITING,
            before.event_number < Delivery.event_number,
        )
        .exists()
    )
    wanted = (
        select(Delivery, Hook, Event)
        .join(Hook, Hook.id == Delivery.hook_id)
        .join(Event, Event.number == Delivery.event_number)
        .where(Delivery.state == DeliveryState.WAITING, Delivery.due <= now, ~earlier, Hook.state == HookState.ACTIVE)
        .order_by(Delivery.due, Delivery.event_number)
        .limit(limit)
    )
    if session.get_bind().dialect.name == "postgresql":
        wanted = wanted.with_for_update(of=Delivery, skip_locked=True)
    due = []
    for delivery, hook, event in session.execute(wanted).all():
        delivery.due = now + hold
        delivery.attempts += 1
        delivery.first_tried = delivery.first_tried or now
        due.append(DueDelivery(hook, event, delivery.attempts))
    return due


def settle(session: Session, due: DueDelivery, status: int | None, error: str | None, wait: timedelta) -> None:
    """Writes what came of an attempt: delivered where there is no error, else due again after the wait, or given up."""
    now = datetime.now(UTC)
    delivery = session.get(Delivery, (due.hook.id, due.event.number))
    if delivery is None or delivery.state != DeliveryState.WAITING:
        return
    if error is not None and delivery.attempts != due.attempt:
        return  # it took so long that another sender has it
    delivery.status, delivery.error = status, error
    if error is None:
        delivery.state, delivery.settled = DeliveryState.DELIVERED, now
    elif delivery.first_tried is not None and now - delivery.first_tried > _GIVEN_UP:
        delivery.state, delivery.settled = DeliveryState.GIVEN_UP, now
    else:
        delivery.due = now + wait


def put_off(session: Session, hook: Hook, wait: timedelta) -> None:
    """Leaves a receiver that does not answer alone for so long: what is due to it waits, and what could not be sent to
    it for days is given up. To be called in a transaction of its own.
    """
    now = datetime.now(UTC)
    waiting = Delivery.hook_id == hook.id, Delivery.state == DeliveryState.WAITING
    _update_free(
        session,
        [*waiting, Delivery.first_tried < now - _GIVEN_UP],
        {"state": DeliveryState.GIVEN_UP, "settled": now},
    )
    # What is being sent at this moment is held, and so due later than now.
    tried = {"due": now + wait, "first_tried": func.coalesce(Delivery.first_tried, now)}
    _update_free(session, [*waiting, Delivery.due <= now], tried)


def _update_free(session: Session, chosen: Sequence[ColumnElement[bool]], values: dict[str, Any]) -> None:
    """Changes deliveries that no other transaction has in hand: two that waited for each other's would be stuck."""
    free = select(Delivery.hook_id, Delivery.event_number).where(*chosen).with_for_update(skip_locked=True)
    session.execute(update(Delivery).where(tuple_(Delivery.hook_id, Delivery.event_number).in_(free)).values(values))


def forget_old(session: Session) -> None:
    """Forgets deliveries that were settled long ago."""
    old = Delivery.settled < datetime.now(UTC) - _KEPT
    session.execute(delete(Delivery).where(old))

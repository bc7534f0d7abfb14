"""The three stages, the states a document passes through, and which stage leads from which state to which.

Queue names, task names and the order of the stages all derive from here.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a document stands; `stored` and `failed` are ends."""

    RECEIVED = "received"
    CLEANED = "cleaned"
    EXTRACTED = "extracted"
    STORED = "stored"
    FAILED = "failed"


class Stage(StrEnum):
    """A stage and, by the same name, its queue."""

    CLEAN = "clean"
    EXTRACT = "extract"
    DEDUPE = "dedupe"

    @property
    def before(self) -> State:
        """The state a document must be in to go through this stage."""
        return _STATES[_ORDER.index(self)]

    @property
    def after(self) -> State:
        """The state a document is in once through it."""
        return _STATES[_ORDER.index(self) + 1]

    @property
    def following(self) -> Stage | None:
        """The next stage, or None after the last."""
        place = _ORDER.index(self) + 1
        return _ORDER[place] if place < len(_ORDER) else None


_ORDER = tuple(Stage)
_STATES = (State.RECEIVED, State.CLEANED, State.EXTRACTED, State.STORED)

WAITING_STATES = _STATES[:-1]
ENDED_STATES = (State.STORED, State.FAILED)

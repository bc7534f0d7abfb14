"""The states of hooks and of what is on its way to them."""

from __future__ import annotations

from enum import StrEnum


class HookState(StrEnum):
    """Whether a hook is told of events; events that come while it is paused are told when it is resumed."""

    ACTIVE = "active"
    PAUSED = "paused"


class DeliveryState(StrEnum):
    """Where an event stands on its way to a hook."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"  # after days of attempts; those after it go on

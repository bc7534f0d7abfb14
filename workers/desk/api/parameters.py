"""The parameters of a request's query, checked: what is unknown or wrong is answered with 400 and a sentence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request

# What a cursor, an id and a name can be at most.
_LARGEST = 2**63 - 1
_LONGEST = 1000


class Parameters:
    """The query of a request, of which only `known` names are allowed."""

    def __init__(self, request: Request, known: Collection[str]) -> None:
        unknown = set(request.query_params) - set(known)
        if unknown:
            raise HTTPException(
                400, f"unknown parameter {min(unknown)!r}; there are {', '.join(sorted(known)) or 'none'}"
            )
        for name in known:
            if len(request.query_params.getlist(name)) > 1:
                raise HTTPException(400, f"`{name}` is given more than once")
        self._given = request.query_params

    def text(self, name: str) -> str | None:
        """A text, or None where it is not given or empty."""
        value = self._given.get(name)
        if value is not None and (len(value) > _LONGEST or "\0" in value):
            raise HTTPException(400, f"`{name}` is not a text of at most {_LONGEST} characters")
        return value or None

    def number(self, name: str, default: int, least: int = 0, most: int = _LARGEST) -> int:
        """A whole number within bounds."""
        value = self._given.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdecimal() and len(value) <= 19 and least <= int(value) <= most):
            raise HTTPException(400, f"`{name}` is a whole number from {least} to {most}")
        return int(value)

    def time(self, name: str) -> datetime | None:
        """A moment in ISO 8601; UTC where it names no offset."""
        value = self._given.get(name)
        if not value:
            return None
        try:
            time = datetime.fromisoformat(value.replace(" ", "+"))  # a plus that nobody escaped
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise HTTPException(400, f"`{name}` is not a time such as 2026-03-01T09:00:00Z") from error

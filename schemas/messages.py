"""What travels on Redis: which document is to go through a stage, and what a person needs to recognise it.

The article itself stays in the tables (the claim check pattern, Hohpe and Woolf 2003): messages stay small, nothing is
lost with the broker, and no article's body is ever shown in Flower or a log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import MessageError
from schemas.stages import Stage

VERSION: Final = 1

# What makes the fields of a version those of the next, by the version it starts from. Version 1 is the first, so there
# is none yet; whoever makes version 2 adds `1:` here, for workers meet messages that were sent before their upgrade.
UPGRADES: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}

# As much of a headline, or of a source's name, as a person needs to recognise it in Flower's table.
_SHOWN: Final = 80


class StageMessage(BaseModel):
    """One document on its way into one stage, version 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = VERSION
    document_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    source: str | None = None
    title: str | None = None

    @classmethod
    def about(cls, document_id: str, source: str | None, title: str | None) -> Self:
        """The message for a document, source and title cut to what a table row can show."""
        return cls(document_id=document_id, source=_short(source), title=_short(title))

    @classmethod
    def read(cls, stage: Stage, fields: dict[str, Any]) -> Self:
        """The message that arrived on a stage's queue, brought to the present version where it is of an earlier one.

        Raises:
            MessageError: it is not of the expected form, or of an unknown version.
        """
        version = fields.get("version")
        if isinstance(version, int) and version > VERSION:
            raise MessageError(
                f"message on queue {stage}",
                f"of version {version}, and this program reads version {VERSION} and those before",
                "upgrade its worker; the document waits meanwhile",
            )
        try:
            while version in UPGRADES:
                fields, version = UPGRADES[version](fields), version + 1
            return cls.model_validate(fields | {"version": version})  # which has no default on the wire
        except (ValidationError, KeyError, TypeError, ValueError) as error:
            raise MessageError(
                f"message on queue {stage}",
                f"not a message of version {VERSION} ({_wrong(error)})",
                "see who else writes to it",
            ) from error

    def shown(self) -> str:
        """How Flower and the logs show it: id, source and title."""
        return f"id={self.document_id}, source={self.source or '-'}, title={self.title or '-'}"


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _wrong(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return f"{type(error).__name__} in bringing it to this version"
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3])

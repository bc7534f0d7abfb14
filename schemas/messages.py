"""What travels on Redis: which document is to go through a stage, and what a person needs to recognise it.

The article itself stays in the tables (the claim check pattern, Hohpe and Woolf 2003): messages stay small, nothing is
lost with the broker, and no article's body is ever shown in Flower or a log.
"""

from __future__ import annotations

from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import MessageError
from schemas.stages import Stage

VERSION: Final = 1

# As much of a headline as a person needs to recognise it in Flower's table.
_TITLE_SHOWN: Final = 80


class StageMessage(BaseModel):
    """One document on its way into one stage, version 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = VERSION
    document_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    source: str | None = None
    title: str | None = None

    @classmethod
    def about(cls, document_id: str, source: str | None, title: str | None) -> Self:
        """The message for a document, its title cut to what a table row can show."""
        short = title if title is None or len(title) <= _TITLE_SHOWN else title[: _TITLE_SHOWN - 1] + "…"
        return cls(document_id=document_id, source=source, title=short)

    @classmethod
    def read(cls, stage: Stage, fields: dict[str, Any]) -> Self:
        """The message that arrived on a stage's queue.

        Raises:
            MessageError: it is not one of ours, or of a version this program does not know.
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3])
            raise MessageError(
                f"message on queue {stage}",
                f"not a message of version {VERSION} ({wrong})",
                "see who else writes to it",
            ) from error

    def shown(self) -> str:
        """How Flower and the logs show it: id, source and title."""
        return f"id={self.document_id}, source={self.source or '-'}, title={self.title or '-'}"

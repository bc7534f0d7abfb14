"""A correction as an analyst hands it in: which record, what is to be done with it, why, and who says so."""

from __future__ import annotations

from typing import Any, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.documents import storable, storable_value
from schemas.records import Measure, Qualifier, QuoteKind

RecordKind = Literal["claim", "quote", "document", "story"]
Action = Literal["reject", "amend", "add", "move", "undo"]

# What a record is to readers: found by the machine alone, or also decided on by a person.
ReviewStatus = Literal["unreviewed", "amended", "added", "rejected"]

# What an analyst may say of a record, and what kind of value that is.
_NUMBERS: Final = ("value", "low", "high")
AMENDABLE: Final[dict[str, tuple[str, ...]]] = {
    "claim": (*_NUMBERS, "qualifier", "measure", "group", "claimant_name", "relay", "status", "scope"),
    "quote": ("kind", "speaker_name", "relay"),
}
_PLACE: Final = ("start", "end")
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "qualifier": get_args(Qualifier),
    "measure": get_args(Measure),
    "kind": get_args(QuoteKind),
    "status": ("stated", "denied", "possible"),
    "scope": ("event", "part", "other"),
}
_ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "claim": ("reject", "amend", "add", "undo"),
    "quote": ("reject", "amend", "add", "undo"),
    "document": ("move", "undo"),
    "story": ("move", "undo"),
}

# The largest number that the tables hold (a signed integer of eight bytes).
_LARGEST: Final = 2**63 - 1


class NewCorrection(BaseModel):
    """What is asked for; `record_id` is the id of the claim, quote, document or story, or of the document to which a
    claim or quote is added.

    Attributes:
        after: by action: `amend` the fields that change; `add` the fields of the new record, with `start` and `end` in
            the document's text; `move` of a document `{"story_id": id}`, or null in it for a story of its own; `move`
            of a story `{"story_id": id}` of the story that it is part of.
        undoes: the id of the correction that is undone, for `undo` alone.

    Raises:
        pydantic.ValidationError: an action that the record does not have, a field that cannot be amended, a value that
            no record could have, or no reason or author.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: RecordKind
    record_id: str = Field(min_length=1, max_length=64)
    action: Action
    after: dict[str, Any] | None = None
    reason: str = Field(min_length=1, max_length=2000)
    author: str = Field(min_length=1, max_length=200)
    undoes: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")

    @field_validator("reason", "author", "record_id", mode="after")
    @classmethod
    def _said(cls, value: str) -> str:
        value = storable(value).strip()
        if not value:
            raise ValueError("is empty")
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.action not in _ACTIONS[self.record]:
            raise ValueError(f"a {self.record} has no action {self.action}: {', '.join(_ACTIONS[self.record])}")
        if (self.action == "undo") != (self.undoes is not None):
            raise ValueError("`undoes` names the correction that an `undo` is about, and no other action has it")
        if self.action in ("reject", "undo"):
            if self.after:
                raise ValueError(f"`after` must be empty for {self.action}")
        elif self.action == "move":
            self._require_move()
        else:
            self._require_fields()
        return self

    def _require_move(self) -> None:
        after = self.after or {}
        story = after.get("story_id", "")
        if set(after) != {"story_id"} or not (isinstance(story, str) or story is None) or story == "":
            raise ValueError('`after` must be {"story_id": …}')
        if story is None and self.record == "story":
            raise ValueError("a story is moved into another, which `story_id` names")

    def _require_fields(self) -> None:
        after = self.after or {}
        allowed = AMENDABLE[self.record] + (_PLACE if self.action == "add" else ())
        unknown = set(after) - set(allowed)
        if unknown or not after:
            raise ValueError(f"`after` takes {', '.join(allowed)}" + (f", not {min(unknown)}" if unknown else ""))
        for name, value in after.items():
            self._require_value(name, value)
        if self.action == "add":
            missing = {*_PLACE, "measure" if self.record == "claim" else "kind"} - set(after)
            if missing:
                raise ValueError(f"`after` lacks {min(missing)}")
            if not 0 <= after["start"] < after["end"]:
                raise ValueError("`start` and `end` are not a span of text")
        low, high = after.get("low"), after.get("high")
        if low is not None and high is not None and low > high:
            raise ValueError("`low` is above `high`")

    @staticmethod
    def _require_value(name: str, value: Any) -> None:
        if name in CHOICES:
            if value not in CHOICES[name]:
                raise ValueError(f"`{name}` is one of {', '.join(CHOICES[name])}")
        elif name in (*_NUMBERS, *_PLACE):
            if value is None and name in _NUMBERS:
                return
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
                raise ValueError(f"`{name}` is a whole number from 0 up")
        elif value is not None and (not isinstance(value, str) or not value.strip() or len(value) > 500):
            raise ValueError(f"`{name}` is a text of at most 500 characters, or null")

    @property
    def stored_after(self) -> dict[str, Any] | None:
        """`after` with every string in it storable."""
        made: dict[str, Any] | None = storable_value(self.after) if self.after else None
        return made

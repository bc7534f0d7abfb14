"""The raw document: what a producer hands in, checked and made safe to store."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.dates import in_utc, sent_time

ContentType = Literal["text/plain", "text/html"]

# PostgreSQL stores no NUL in text, and UTF-8 no lone surrogate (JSON escapes can carry both).
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` with every character that a table or UTF-8 cannot hold replaced by U+FFFD, one for one."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


# Deeper than any sender's own fields go, and far from where JSON readers and writers give up.
_DEPTH = 50


def storable_value(value: Any, depth: int = 0) -> Any:
    """A value of JSON with every string in it storable, and nothing that JSON or PostgreSQL would not take."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict | list) and depth > _DEPTH:
        return "(nested too deep to be kept)"
    if isinstance(value, dict):
        return {storable(str(key)): storable_value(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [storable_value(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # NaN and Infinity, which Python writes into JSON and PostgreSQL does not take
    return value


class RawDocument(BaseModel):
    """One document as its sender gives it. Only `content` is required; other fields are kept in `extra`.

    `published` keeps the offset it came with; a time without one is taken as UTC and `published_naive` is true.
    A `published` that is not an ISO 8601 time is put in `extra`, for a wrong date is no reason to lose an article.

    Raises:
        pydantic.ValidationError: no content, empty content, or a field of a wrong type.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    content: str = Field(min_length=1)
    content_type: ContentType = "text/plain"
    external_id: str | None = Field(default=None, alias="id")
    url: str | None = None
    source: str | None = None
    title: str | None = None
    author: str | None = None
    language: str | None = None
    published: datetime | None = None
    published_naive: bool = False
    extra: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _set_aside(cls, data: Any) -> Any:
        """Makes every string storable, and moves unknown fields and an unreadable date into `extra`."""
        if not isinstance(data, dict):
            return data
        data = storable_value(data)
        known = set(cls.model_fields) | {"id"}
        fields = {key: value for key, value in data.items() if key in known and value is not None}
        extra = {key: value for key, value in data.items() if key not in known}
        if "id" in fields and "external_id" in fields:
            extra["external_id"] = fields.pop("external_id")
        given = fields.pop("extra", {})
        extra |= given if isinstance(given, dict) else {"extra": given}
        if (published := fields.pop("published", None)) is not None:
            time = sent_time(published)
            if time is None:
                extra["published"] = published
            elif time.utcoffset() is None:
                fields |= {"published": in_utc(time), "published_naive": True}
            else:
                fields["published"] = time
        return fields | {"extra": extra}

    @field_validator("content_type", mode="before")
    @classmethod
    def _without_parameters(cls, value: Any) -> Any:
        """As a server sends it, `text/html; charset=utf-8` is HTML."""
        return value.partition(";")[0].strip().lower() if isinstance(value, str) else value

    @field_validator("author", mode="before")
    @classmethod
    def _several_as_one(cls, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    @field_validator("external_id", mode="before")
    @classmethod
    def _number_as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("external_id", "url", "source", "title", "author", "language")
    @classmethod
    def _blank_is_none(cls, value: str | None) -> str | None:
        return (value or "").strip() or None

    @model_validator(mode="after")
    def _has_text(self) -> Self:
        if not self.content.strip():
            raise ValueError("content is empty")
        return self

    @property
    def id(self) -> str:
        """32 hexadecimal digits, the same for the same content from the same origin, however often it is seen."""
        origin = (self.source, self.url, self.external_id, self.content_type, self.content)
        packed = "\x1f".join(part or "" for part in origin).encode()
        return hashlib.blake2b(packed, digest_size=16).hexdigest()

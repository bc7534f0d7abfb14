"""From the fields that a file gives to a checked raw document, or to an error that says what is wrong with them."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from schemas.data_files import read_toml
from schemas.documents import RawDocument
from schemas.errors import InputError

_DIALECTS: dict[str, dict[str, list[str]]] = read_toml("workers.producers", "dialects.toml")

# Values that MongoDB writes as objects, and all exports of it hold (Extended JSON v2,
# https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/).
_WRAPPED = frozenset({"$date", "$oid", "$numberLong", "$numberInt", "$numberDouble"})

_JSON_NAMES = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}


def document(fields: object, place: str, stem: str | None = None) -> RawDocument | InputError:
    """The raw document of `fields`.

    Args:
        fields: what was read; an error unless it is an object (docs/input.md, "Raw document").
        place: file and line, or file and entry, for the error.
        stem: the file's name less its endings, which stands in for a missing id.
    """
    if not isinstance(fields, dict):
        kind = _JSON_NAMES.get(type(fields), "a number")
        return InputError(place, f"is {kind}, not a JSON object", "write each document as {…}")
    fields = {name: _unwrapped(value) for name, value in fields.items()}
    fields = fields if fields.get("content") is not None else _translated(fields)
    try:
        made = RawDocument.model_validate(fields)
    except ValidationError as error:
        return InputError(place, *_cause(error))
    except RecursionError:
        return too_deep(place)
    return made if made.external_id else made.model_copy(update={"external_id": stem})


def _unwrapped(value: object) -> object:
    """What a value of Extended JSON stands for; any other as it is."""
    for _ in range(2):  # {"$date": {"$numberLong": "1795168800000"}}
        if isinstance(value, dict) and len(value) == 1 and (name := next(iter(value))) in _WRAPPED:
            value = value[name]
    return value


def _translated(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields in our words, where they are those of a program that is known; what has no word of ours stays."""
    for dialect in _DIALECTS.values():
        if all(mark in fields for mark in dialect["marks"]):
            ours: dict[str, Any] = {}
            for name, theirs in dialect.items():
                given = next((each for each in theirs if name != "marks" and fields.get(each)), None)
                if given is not None:
                    ours[name] = fields[given]
            used = {each for name, theirs in dialect.items() if name in ours for each in theirs}
            return {name: value for name, value in fields.items() if name not in used} | ours
    return fields


def too_deep(place: str) -> InputError:
    """The error for JSON with more brackets inside brackets than can be followed."""
    return InputError(place, "is nested too deeply", "leave out the fields that Wireroom does not read")


def _cause(error: ValidationError) -> tuple[str, str]:
    """Cause and advice for the first thing that is wrong; never the value, which may be the article itself."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else "content"
    if field == "content" and first["type"] in ("missing", "string_too_short", "value_error"):
        state = "missing" if first["type"] == "missing" else "empty"
        return f"has no text: `content` is {state}", "put the article's text or HTML in `content`"
    return f"has a wrong `{field}` ({first['msg']})", "see docs/input.md for the fields"

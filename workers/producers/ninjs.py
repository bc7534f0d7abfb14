"""ninjs, the JSON of news agencies (IPTC, https://www.iptc.org/std/ninjs/): versions 1, 2 and 3, a document an item."""

from __future__ import annotations

from typing import Any, TypeGuard

from schemas.documents import ContentType, RawDocument
from schemas.errors import InputError

from .entries import entry

# The marks of version 1, and of those after it.
_BODIES = ("body_xhtml", "body_html", "body_text")
_LISTS = ("bodies", "headlines")

_TYPES: dict[str, ContentType] = {"body_xhtml": "text/html", "body_html": "text/html", "body_text": "text/plain"}


def is_ninjs(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an item of ninjs, which names itself by `uri` alone."""
    if not isinstance(value, dict) or "content" in value or not isinstance(value.get("uri"), str):
        return False
    return any(isinstance(value.get(name), str) for name in _BODIES) or isinstance(value.get(_LISTS[0]), list)


def ninjs(value: dict[str, Any], place: str, stem: str | None) -> RawDocument | InputError:
    """The document of an item, or an error for one without text.

    Args:
        value: the item, parsed.
        place: file and line, for the error.
        stem: stands in for a missing id.
    """
    uri = value["uri"]
    provider = value.get("provider") or (value.get("infosources") or [None])[0]
    by = value.get("byline") or value.get("by")
    fields = {
        "id": uri,
        "url": value.get("url") or (uri if uri.startswith(("http://", "https://")) else None),
        "title": value.get("headline") or value.get("title") or _of_list(value, "headlines"),
        "author": by if isinstance(by, str) else None,
        "language": value.get("language"),
    }
    date = next((value[n] for n in ("contentcreated", "firstcreated", "versioncreated") if value.get(n)), None)
    name = provider.get("name") or provider.get("literal") if isinstance(provider, dict) else provider
    kept = {k: v for k, v in fields.items() if isinstance(v, str)} | ({"source": name} if isinstance(name, str) else {})
    return entry(kept, place, stem, texts=_texts(value), date=date, feed=name, home=None)


def _texts(value: dict[str, Any]) -> list[tuple[object, ContentType]]:
    found: list[tuple[object, ContentType]] = [(value.get(name), _TYPES[name]) for name in _BODIES]
    for body in value.get("bodies") or []:
        if isinstance(body, dict):
            markup = "html" in str(body.get("contenttype") or body.get("contentType") or body.get("role"))
            found.append((body.get("value"), "text/html" if markup else "text/plain"))
    return found


def _of_list(value: dict[str, Any], name: str) -> str | None:
    listed = value.get(name)
    given = [each.get("value") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return next((each for each in given if isinstance(each, str)), None)

"""ninjs, the JSON of news agencies (IPTC, https://www.iptc.org/std/ninjs/userguide/): versions 1, 2 and 3, and what
Superdesk makes of version 1.

Version 1 has a field for each form of a text (`body_xhtml`, `headline_main`), those after it have lists (`bodies`,
`headlines`); from 3.1 on names are written in camel case (`versionCreated`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from schemas.documents import ContentType, RawDocument
from schemas.errors import InputError

from .agency_xml import nitf_text
from .entries import entry, without_text

_IDS = ("uri", "guid")
_DATES = ("contentcreated", "firstpublished", "firstcreated", "versioncreated")
_SOURCES = ("provider", "source", "infosources", "copyrightholder")

# What tells an item from the JSON of others that name themselves by a `uri`.
_MARKS = frozenset({"bodies", "versioncreated", "standard", "$standard"})
_FORM = re.compile(r"(?:body|description)_\w")

# Items that are texts, or have them among their parts.
_TEXT_TYPES = ("text", "composite", None)

_MARKUP = re.compile(r"</\w+\s*>|<(?:br|p)\b[^<>]*>", re.I)
_NITF = re.compile(r"<(?:\w+:)?nitf[\s>]")


def is_ninjs(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an item of ninjs."""
    if not isinstance(value, dict) or "content" in value or not any(isinstance(value.get(n), str) for n in _IDS):
        return False
    names = {name.lower() for name in value}
    return bool(_MARKS & names) or any(_FORM.match(name) for name in names)


def ninjs(value: dict[str, Any], place: str, stem: str | None) -> Iterator[RawDocument | InputError]:
    """The documents of an item: its own text, and those of the items that it carries along (`associations`); an error
    where a text item has none, a notice in the place of a picture or the like.

    Args:
        value: the item, parsed.
        place: file and line, for the error.
        stem: stands in for a missing id.
    """
    item = {name.lower(): each for name, each in value.items()}
    carried = [each for part in _associated(item) for each in ninjs(part, place, stem)]
    documents = [each for each in carried if isinstance(each, RawDocument)]
    texts = _texts(item)
    if texts or (item.get("type") in _TEXT_TYPES and not documents):
        fields = _strings({"id": _first(item, _IDS), "url": _url(item), "title": _headline(item)})
        fields |= _strings({"author": _author(item), "language": item.get("language"), "source": _source(item)})
        yield entry(fields, place, stem, texts=texts, date=_first(item, _DATES), feed=None, home=None)
    elif not documents:
        yield without_text(place)
    yield from documents


def _associated(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The items inside one: in version 1 by a name of their own, then in a list."""
    given = item.get("associations")
    listed = list(given.values()) if isinstance(given, dict) else given if isinstance(given, list) else []
    return [each for each in listed if is_ninjs(each)]


def _texts(item: dict[str, Any]) -> list[tuple[object, ContentType]]:
    """The forms of the text, those with paragraphs first. A description is for the text where a text item has no other,
    XML of no known kind likewise.
    """
    typed = [(each, _kind(each, said)) for said, each in _forms(item, "body", "bodies")]
    if not typed and item.get("type") in _TEXT_TYPES:
        typed = [(each, _kind(each, said)) for said, each in _forms(item, "description", "descriptions")]
    html: list[tuple[object, ContentType]] = [(each, "text/html") for each, kind in typed if kind == "html"]
    html += [(nitf_text(each), "text/html") for each, kind in typed if kind == "nitf"]
    known = html + [(each, "text/plain") for each, kind in typed if kind == "plain"]
    return known or [(each, "text/html") for each, _ in typed]


def _forms(item: dict[str, Any], one: str, several: str) -> Iterator[tuple[str, str]]:
    """The forms of a text, each with what is said of its form: `body_xhtml`, or `{"contentType": …, "value": …}`."""
    for name, text in item.items():
        if (name == one or name.startswith(f"{one}_")) and isinstance(text, str) and text.strip():
            yield name.removeprefix(one), text
    listed = item.get(several)
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict):
            form = {name.lower(): value for name, value in each.items()}
            if isinstance(text := form.get("value"), str) and text.strip():
                yield f"{form.get('contenttype') or ''} {form.get('role') or ''}".lower(), text


def _kind(text: str, said: str) -> str:
    if _NITF.search(text, 0, 1000):
        return "nitf"
    if "html" in said or ("plain" not in said and "xml" not in said and _MARKUP.search(text)):
        return "html"
    return "xml" if "xml" in said or "nitf" in said else "plain"


def _headline(item: dict[str, Any]) -> str | None:
    found = sorted(_forms(item, "headline", "headlines"), key=lambda form: "main" not in form[0] and form[0] != "")
    return found[0][1] if found else item.get("title")


def _author(item: dict[str, Any]) -> str | None:
    listed = item.get("authors")
    names = [each.get("name") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return _first(item, ("byline", "by")) or ", ".join(name for name in names if isinstance(name, str))


def _source(item: dict[str, Any]) -> str | None:
    for each in filter(None, map(item.get, _SOURCES)):
        party = each[0] if isinstance(each, list) else each
        name = party.get("name") or party.get("literal") if isinstance(party, dict) else party
        if isinstance(name, str):
            return name
    return None


def _url(item: dict[str, Any]) -> str | None:
    uri = _first(item, _IDS) or ""
    return item.get("url") or (uri if uri.startswith(("http://", "https://")) else None)


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((each for name in names if isinstance(each := item.get(name), str) and each.strip()), None)


def _strings(fields: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if isinstance(value, str)}

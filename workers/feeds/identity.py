"""What an entry is recognised by, however often it is seen and whatever its publisher changes about it.

An entry has up to three keys: its id, its link (without tracking parameters) and its text. One of them that is known is
enough, the id first, so that neither a new id nor a new link makes a new document as long as another key stays. A key
counts only where it tells entries apart: an id that one feed gives to several links is none, nor is a link that several
ids share.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter

from schemas.documents import RawDocument
from schemas.errors import InputError
from schemas.feeds import SeenEntry
from workers.fetching.urls import canonical, site
from workers.producers.entries import EntryWithoutText, plain

_FIELDS = TypeAdapter(dict[str, Any])


def seen(entries: Iterable[RawDocument | InputError], feed_url: str) -> tuple[list[SeenEntry], list[InputError]]:
    """The entries of one poll, each once, and what could not be read of it."""
    found: dict[str, Mapping[str, Any]] = {}
    errors: list[InputError] = []
    for entry in entries:
        if isinstance(entry, EntryWithoutText):
            fields: Mapping[str, Any] = _FIELDS.dump_python(entry.fields, mode="json", exclude_none=True)
        elif isinstance(entry, InputError):
            errors.append(entry)
            continue
        else:
            fields = entry.model_dump(mode="json", exclude_defaults=True)
        # Atom lets a feed hold an entry in several versions (RFC 4287, 4.1.1); feeds stand newest first.
        rest = _link(fields) or str(sorted(fields.items()))
        found.setdefault(_digest("entry", _id(fields) or "", rest), fields)
    entries_found = list(found.values())
    links_of: dict[str | None, set[str | None]] = defaultdict(set)
    ids_of: dict[str | None, set[str | None]] = defaultdict(set)
    texts: Counter[str | None] = Counter(map(_text_key, entries_found))
    for fields in entries_found:
        links_of[_id(fields)].add(_link(fields))
        ids_of[_link(fields)].add(_id(fields))
    made = []
    for fields in entries_found:
        given_id, link, text = _id(fields), _link(fields), _text_key(fields)
        keys = []
        if given_id and len(links_of[given_id]) == 1:
            keys.append(_digest("id", feed_url, given_id))
        if link and len(ids_of[link]) == 1:
            # A source's own feeds share its articles. Of another site's page a feed can say what it likes, so that
            # what it says concerns only itself.
            scope = site(feed_url) if site(fields["url"]) == site(feed_url) else feed_url
            keys.append(_digest("link", scope, link))
        if text and texts[text] == 1:
            keys.append(_digest("text", feed_url, text))
        keys = keys or [_digest("whole", feed_url, str(sorted(fields.items())))]
        made.append(SeenEntry(fields, keys, _of_text(fields), _words(fields)))
    return made, errors


def _id(fields: Mapping[str, Any]) -> str | None:
    """Its id, unless that is but its link again, tracking included."""
    given = fields.get("external_id") or fields.get("id")
    return given if isinstance(given, str) and (given != fields.get("url") or _link(fields) is None) else None


def _link(fields: Mapping[str, Any]) -> str | None:
    url = fields.get("url")
    return canonical(url) if isinstance(url, str) else None


def _words(fields: Mapping[str, Any]) -> str:
    content = fields.get("content") or ""
    return " ".join((plain(content) if fields.get("content_type") == "text/html" else content).split())


def _text_key(fields: Mapping[str, Any]) -> str | None:
    words = _words(fields)
    return f"{fields.get('title')} {words}" if words else None


def _of_text(fields: Mapping[str, Any]) -> str:
    """Changes of markup alone (a counter's image, a new advertisement) are no edit."""
    return _digest(str(fields.get("title")), _words(fields))


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()

"""What an entry is recognised by, however often it is seen and whatever its publisher changes about it.

An entry has up to three keys: its id, its link (without tracking parameters) and its text. One of them that is known is
enough, the id first, so that neither a new id nor a new link makes a new document as long as another key stays. A key
counts only where it tells entries apart: what two entries of one poll share is none. An entry without a sure id or
without a text has its title and date as a key of last resort, for feeds whose links, or ids too, change at every fetch.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from schemas.documents import RawDocument
from schemas.errors import InputError
from schemas.feeds import SeenEntry
from schemas.urls import Url
from workers.fetching.urls import PageKey
from workers.producers.entries import EntryWithoutText, plain

_FIELDS = TypeAdapter(dict[str, Any])


@dataclass(frozen=True)
class _Said:
    """What an entry says: two of one poll are the same only where all of it is."""

    id: str | None
    page: PageKey | None
    title: str | None
    published: str | None
    words: str

    @property
    def link(self) -> str | None:
        """The page, and the place on it where the link names one."""
        return self.page.link if self.page else None


def seen(
    entries: Iterable[RawDocument | InputError], site: str, scope: str
) -> tuple[list[SeenEntry], list[InputError]]:
    """The entries of one poll, each once, and what could not be read of it.

    Args:
        entries: what the reader gives.
        site: where the feed is now (`Url.site`).
        scope: what names the feed for good, wherever it moves: keys hold inside it.
    """
    found: dict[_Said, Mapping[str, Any]] = {}
    errors: list[InputError] = []
    for entry in entries:
        if isinstance(entry, EntryWithoutText):
            fields: Mapping[str, Any] = _FIELDS.dump_python(entry.fields, mode="json", exclude_none=True)
            if not (entry.fields.get("title") or entry.fields.get("url")):
                errors.append(InputError(entry.resource, "has neither text, title nor link", None))
                continue
        elif isinstance(entry, InputError):
            errors.append(entry)
            continue
        else:
            fields = entry.model_dump(mode="json", exclude_defaults=True)
        found.setdefault(_said(fields), fields)
    ids, links = Counter(said.id for said in found), Counter(said.link for said in found)
    texts, lasts = Counter(map(_text_key, found)), Counter(map(_last_resort, found))
    titles_of: dict[str, set[str | None]] = defaultdict(set)
    for said in found:
        if said.page:
            titles_of[said.page.canonical].add(said.title)
    made = []
    for said, fields in found.items():
        keys = [_digest("id", scope, said.id)] if said.id and ids[said.id] == 1 else []
        text, last = _text_key(said), _last_resort(said)
        last_resort = _digest("title", scope, last) if last and lasts[last] == 1 and not (keys and text) else None
        dated = said.published is not None and not keys
        if said.page and said.link and links[said.link] == 1:
            keys += _link_keys(said.link, said.page.site, site, scope)
        if text and texts[text] == 1:
            keys.append(_digest("text", scope, text))
        if not keys:
            keys = [_digest("whole", scope, str(sorted(fields.items())))]
        made.append(
            SeenEntry(
                fields,
                keys,
                _digest(str(said.title), said.words),  # markup alone (a counter's image, an advertisement) is no edit
                said.words,
                last_resort,
                dated=dated,
                page=_own_page(fields["url"]) if said.page and len(titles_of[said.page.canonical]) == 1 else None,
            )
        )
    return made, errors


def _own_page(url: str) -> Url | None:
    """The page of an entry, where it is an address that can be fetched."""
    try:
        return Url.parse(url)
    except ValueError:
        return None


def _link_keys(link: str, site: str, feeds_site: str, scope: str) -> list[str]:
    keys = [_digest("link", scope, link)]
    # A source's own feeds share its articles. Of another site's page a feed can say what it likes, so that what it
    # says concerns only itself.
    if feeds_site == site:
        keys.append(_digest("link", site, link))
    return keys


def _said(fields: Mapping[str, Any]) -> _Said:
    url, given = fields.get("url"), fields.get("external_id") or fields.get("id")
    page = PageKey.of(url) if isinstance(url, str) else None
    # An id that is but the link again, tracking included, is none.
    own_id = given if isinstance(given, str) and (given != url or page is None) else None
    title, published = fields.get("title"), fields.get("published")
    if published is None and isinstance(extra := fields.get("extra"), dict):
        published = extra.get("published")  # a date that says nothing certain tells apart all the same
    return _Said(own_id, page, str(title) if title else None, str(published) if published else None, _words(fields))


def _words(fields: Mapping[str, Any]) -> str:
    content = fields.get("content") or ""
    return " ".join((plain(content) if fields.get("content_type") == "text/html" else content).split())


def _text_key(said: _Said) -> str | None:
    return f"{said.title} {said.words}" if said.words else None


def _last_resort(said: _Said) -> str | None:
    return f"{said.title}\x1f{said.published or ''}" if said.title else None


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()

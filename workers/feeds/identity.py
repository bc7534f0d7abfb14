"""What an entry is recognised by, however often it is seen and whatever its publisher changes about it.

An entry has up to three keys: its id, its link (without tracking parameters) and its text. One of them that is known is
enough, the id first, so that neither a new id nor a new link makes a new document as long as another key stays. A key
counts only where it tells entries apart: what two entries of one poll share is none. An entry without a sure id has its
title and date as a key of last resort, for feeds whose links change at every fetch.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import TypeAdapter

from schemas.documents import RawDocument
from schemas.errors import InputError
from schemas.feeds import SeenEntry
from workers.fetching.urls import canonical, is_tracking, site
from workers.producers.entries import EntryWithoutText, plain

_FIELDS = TypeAdapter(dict[str, Any])


@dataclass(frozen=True)
class _Said:
    """What an entry says: two of one poll are the same only where all of it is."""

    id: str | None
    link: str | None
    title: str | None
    published: str | None
    words: str

    @property
    def page(self) -> str | None:
        """The page that the link leads to, whichever place on it."""
        return self.link.partition("#")[0] if self.link else None


def seen(
    entries: Iterable[RawDocument | InputError], feed_url: str, scope: str
) -> tuple[list[SeenEntry], list[InputError]]:
    """The entries of one poll, each once, and what could not be read of it.

    Args:
        entries: what the reader gives.
        feed_url: where the feed is now.
        scope: what names the feed for good, wherever it moves: keys hold inside it.
    """
    found: dict[_Said, Mapping[str, Any]] = {}
    errors: list[InputError] = []
    for entry in entries:
        if isinstance(entry, EntryWithoutText):
            fields: Mapping[str, Any] = _FIELDS.dump_python(entry.fields, mode="json", exclude_none=True)
        elif isinstance(entry, InputError):
            errors.append(entry)
            continue
        else:
            fields = entry.model_dump(mode="json", exclude_defaults=True)
        found.setdefault(_said(fields), fields)
    ids, links = Counter(said.id for said in found), Counter(said.link for said in found)
    texts, lasts = Counter(map(_text_key, found)), Counter(map(_last_resort, found))
    titles_of: dict[str | None, set[str | None]] = defaultdict(set)
    for said in found:
        titles_of[said.page].add(said.title)
    made = []
    for said, fields in found.items():
        keys = [_digest("id", scope, said.id)] if said.id and ids[said.id] == 1 else []
        text, last = _text_key(said), _last_resort(said)
        last_resort = _digest("title", scope, last) if last and lasts[last] == 1 and not keys else None
        if said.link and links[said.link] == 1:
            keys += _link_keys(said.link, fields["url"], feed_url, scope)
        if text and texts[text] == 1:
            keys.append(_digest("text", scope, text))
        if not keys and not last_resort:
            keys = [_digest("whole", scope, str(sorted(fields.items())))]
        made.append(
            SeenEntry(
                fields,
                keys,
                _digest(str(said.title), said.words),  # markup alone (a counter's image, an advertisement) is no edit
                said.words,
                last_resort,
                dated=said.published is not None,
                own_page=said.page is not None and len(titles_of[said.page]) == 1,
            )
        )
    return made, errors


def _link_keys(link: str, url: str, feed_url: str, scope: str) -> list[str]:
    keys = [_digest("link", scope, link)]
    # A source's own feeds share its articles. Of another site's page a feed can say what it likes, so that what it
    # says concerns only itself.
    if site(feed_url) == site(url):
        keys.append(_digest("link", site(feed_url), link))
    return keys


def _said(fields: Mapping[str, Any]) -> _Said:
    link, given = _link(fields), fields.get("external_id") or fields.get("id")
    # An id that is but the link again, tracking included, is none.
    own_id = given if isinstance(given, str) and (given != fields.get("url") or link is None) else None
    title, published = fields.get("title"), fields.get("published")
    if published is None and isinstance(extra := fields.get("extra"), dict):
        published = extra.get("published")  # a date that says nothing certain tells apart all the same
    return _Said(own_id, link, str(title) if title else None, str(published) if published else None, _words(fields))


def _link(fields: Mapping[str, Any]) -> str | None:
    """The page, and the place on it where the link names one: a live blog's posts differ in nothing else."""
    url = fields.get("url")
    page = canonical(url) if isinstance(url, str) else None
    if page is None:
        return None
    fragment = urlsplit(str(url).strip()).fragment
    named = parse_qsl(fragment, keep_blank_values=True)
    if not fragment or (named and "=" in fragment and all(is_tracking(name) for name, _ in named)):
        return page
    return f"{page}#{fragment}"


def _words(fields: Mapping[str, Any]) -> str:
    content = fields.get("content") or ""
    return " ".join((plain(content) if fields.get("content_type") == "text/html" else content).split())


def _text_key(said: _Said) -> str | None:
    return f"{said.title} {said.words}" if said.words else None


def _last_resort(said: _Said) -> str | None:
    return f"{said.title}\x1f{said.published or ''}" if said.title else None


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()

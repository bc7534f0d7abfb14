"""What a page says of itself: title, author, outlet, address, language, and when it was published."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura import metadata

from .dates import WEB_BEGAN, first_published
from .language import language_tag
from .paragraphs import key

_NAMES: dict[str, list[str]] = tomllib.loads((files(__package__) / "facts.toml").read_text(encoding="utf-8"))
_NOBODY = frozenset(_NAMES["nobody"])
# What stands between a headline and the outlet's name in a title.
_BETWEEN = re.compile(r"\s+[|–—·•«»-]\s+|\s*\|\s*|: ")


@dataclass(frozen=True, slots=True)
class Facts:
    """The page's statements; None where it makes none. `titles` and `descriptions`: all it has, as `key` gives them."""

    title: str | None = None
    author: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    published: datetime | None = None
    published_naive: bool = False
    titles: frozenset[str] = frozenset()
    descriptions: frozenset[str] = frozenset()


def read_facts(tree: HtmlElement, url: str | None) -> Facts:
    """The facts that the page states or, as a last resort, that trafilatura and htmldate make out."""
    metas = _metas(tree)
    published, naive = _published(tree, metas) or (None, False)
    stated = metadata.examine_meta(tree)
    # Linked data of a shape that trafilatura does not foresee is passed over; the rest of the page still speaks.
    with suppress(ValueError, TypeError, LookupError, AttributeError, RecursionError):
        stated = metadata.extract_meta_json(tree, stated)
    title = stated.title or metadata.extract_title(tree)
    source = stated.sitename or metadata.extract_sitename(tree)
    titles = [name for name in (*_stated(metas, "title"), tree.findtext(".//title"), title) if name]
    return Facts(
        title=_headline(title, source, tree),
        author=_persons(stated.author or metadata.extract_author(tree)),
        source=source.lstrip("@") if source else None,
        url=stated.url or metadata.extract_url(tree, url),
        language=language_tag(tree.get("lang")),
        published=published,
        published_naive=naive,
        titles=frozenset(filter(None, (key(part) for title in titles for part in (title, _BETWEEN.split(title)[0])))),
        descriptions=frozenset(filter(None, map(key, _stated(metas, "description")))),
    )


def _metas(tree: HtmlElement) -> Mapping[str, list[str]]:
    """The contents of the page's `meta` elements by their names in lower case."""
    found: dict[str, list[str]] = defaultdict(list)
    for meta in tree.iter("meta"):
        content = meta.get("content")
        for attribute in ("name", "property", "itemprop"):
            if content and (name := meta.get(attribute)):
                found[name.lower()].append(content)
    return found


def _stated(metas: Mapping[str, list[str]], fact: str) -> Iterator[str]:
    return (content for name in _NAMES[fact] for content in metas.get(name, ()))


def _published(tree: HtmlElement, metas: Mapping[str, list[str]]) -> tuple[datetime, bool] | None:
    """When the page says it was published, or else what htmldate makes out of its text and address."""
    now = datetime.now(UTC)
    if stated := first_published(_dates(tree, metas), now):
        return stated
    guess = find_date(tree, original_date=True, extensive_search=False, min_date=f"{WEB_BEGAN:%Y-%m-%d}", max_date=f"{now:%Y-%m-%d}")
    hours = [moment for time in tree.iter("time") if guess and (moment := time.get("datetime", "")).startswith(guess)]
    return first_published([*hours, guess], now)


def _dates(tree: HtmlElement, metas: Mapping[str, list[str]]) -> Iterator[str | None]:
    """The dates that the page states as its own, most trusted first: linked data, metadata, markup."""
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json":
            for item in _items(script.text or ""):
                if isinstance(date := item.get("datePublished"), str):
                    yield date
    yield from _stated(metas, "published")
    for time in tree.iter("time"):
        if time.get("itemprop") == "datePublished" or time.get("pubdate") is not None:
            yield time.get("datetime")


def _headline(title: str | None, source: str | None, tree: HtmlElement) -> str | None:
    """The title without the outlet's name: the heading that repeats it, or the one part of it that is no outlet."""
    words, outlet = key(title), key(source)
    for element in tree.iter("h1"):
        text = " ".join(element.text_content().split())
        if len(text.split()) > 2 and key(text) in words and key(text) != outlet:
            return text
    parts = [part for part in _BETWEEN.split(title or "") if key(part) != outlet]
    return parts[0] if len(parts) == 1 else title


def _persons(author: str | None) -> str | None:
    names = [name for name in (author or "").split("; ") if name and name.casefold() not in _NOBODY]
    return "; ".join(names) or None


def _items(text: str) -> Iterator[dict[str, Any]]:
    """Every object in a piece of linked data, from the outside in; none where it cannot be read."""
    try:
        left: list[Any] = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return
    for value in left:  # grows as it is read
        if isinstance(value, dict):
            yield value
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)

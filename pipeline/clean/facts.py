"""What a page says of itself: title, author, outlet, address, language, and when it was published."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timezone
from functools import cache

from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura import metadata

from schemas.data_files import read_toml

from .authors import authors
from .beside import Beside, beside_headline
from .dates import WEB_BEGAN, address_date, first_published, shown_date, shown_offset
from .language import language_tag
from .linked_data import LinkedData, read_linked_data
from .paragraphs import key
from .titles import headline

_NAMES: dict[str, list[str]] = read_toml(__package__, "facts.toml")
# Names of metadata that no list here foresees: "example:published-time".
_PUBLISHED = re.compile(
    r"(?:publi(?:sh(?:ed)?|cation)|issued?|created|released?)[-_.:]?(?:date|time|on)(?![a-z])"
    r"|(?:date|time)[-_.:]?(?:publi|issued|created|released?)"
)
# What stands between a headline and the outlet's name in a title.
_BETWEEN = re.compile(r"\s+[|–—·•«»-]\s+|\s*[|｜：]\s*|: ")
# Hours of Greenwich: before and from these on, it is another day by the clocks of the Americas, and of Europe and Asia.
_EARLY = 8
_LATE = 15


@dataclass(frozen=True, slots=True)
class Facts:
    """The page's statements; None where it makes none. `titles` and `descriptions`: all it has, as `key` gives them.

    `body` is the article as linked data repeats it, `is_free` whether it says that all may read it.
    """

    title: str | None = None
    author: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    published: datetime | None = None
    published_naive: bool = False
    titles: frozenset[str] = frozenset()
    descriptions: frozenset[str] = frozenset()
    body: tuple[str, ...] = ()
    is_free: bool | None = None


def read_facts(tree: HtmlElement, url: str | None) -> Facts:
    """The facts that the page states in linked data, metadata, markup, or shows beside its headline."""
    metas = _metas(tree)
    stated = [name for name in (*_stated(metas, "title"), tree.findtext(".//title")) if name]
    data = read_linked_data(tree, stated)
    titles = list(dict.fromkeys(filter(None, (data.headline, *stated))))
    url = _address(tree, metas) or url
    source = next(_stated(metas, "site"), None) or data.publisher or metadata.extract_sitename(tree)
    outlets = [name for name in (source, data.publisher, *_stated(metas, "site")) if name]
    is_bare = not data.headline and not any(_stated(metas, "title"))
    title = headline(titles, outlets, url, tree, is_bare) or metadata.extract_title(tree)
    parts = (part for name in (*titles, title or "") for part in (name, _BETWEEN.split(name)[0]))
    keys = frozenset(filter(None, map(key, parts)))
    beside = cache(lambda: beside_headline(tree, keys))
    published, naive = _published(tree, metas, data, url, beside) or (None, False)
    return Facts(
        title=title,
        author=authors(data, metas, tree, outlets, lambda: beside().lines),
        source=source.lstrip("@") if source else None,
        url=url,
        language=language_tag(tree.get("lang")),
        published=published,
        published_naive=naive,
        titles=keys,
        descriptions=frozenset(filter(None, map(key, _stated(metas, "description")))),
        body=tuple(data.body),
        is_free=data.is_free,
    )


def _metas(tree: HtmlElement) -> Mapping[str, list[str]]:
    """The contents of the page's `meta` elements by their names in lower case."""
    found: dict[str, list[str]] = defaultdict(list)
    for meta in tree.iter("meta"):
        content = meta.get("content")
        for attribute in ("name", "property", "itemprop"):
            if content and (name := meta.get(attribute)):
                found[name.strip().lower()].append(content)
    return found


def _stated(metas: Mapping[str, list[str]], fact: str) -> Iterator[str]:
    return (content for name in _NAMES[fact] for content in metas.get(name, ()))


def _address(tree: HtmlElement, metas: Mapping[str, list[str]]) -> str | None:
    """The page's own address: its canonical link, or Open Graph's."""
    links = (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    found = (link for link in (*links, *metas.get("og:url", ())) if link and link.startswith(("http://", "https://")))
    return next(found, None)


def _published(
    tree: HtmlElement,
    metas: Mapping[str, list[str]],
    data: LinkedData,
    url: str | None,
    beside: Callable[[], Beside],
) -> tuple[datetime, bool] | None:
    """When the page says it was published, or shows it beside its headline; its address last."""
    now = datetime.now(UTC)
    markup = [
        time.get("datetime")
        for time in tree.iter("time")
        if time.get("itemprop") == "datePublished" or time.get("pubdate") is not None
    ]
    named = [content for name, contents in metas.items() if _PUBLISHED.search(name) for content in contents]
    written = [*_stated(metas, "published"), *named]
    if stated := first_published((*data.published, *written, *markup), now):
        other = first_published(written, now) if data.published else None
        if other and other[0].date() != stated[0].date():
            shown = shown_date(beside().dated, tree.get("lang"), now, or_changed=False)
            stated = other if shown and shown.date() == other[0].date() else stated
        return _local(stated, tree, beside, now)
    if day := shown_date(written, None, now):
        return first_published([f"{day:%Y-%m-%dT%H:%M}" if day.hour or day.minute else f"{day:%Y-%m-%d}"], now)
    # Either may be of a change or of the visit, which are later.
    dated = first_published(_stated(metas, "dated"), now)
    moments = filter(None, (time.get("datetime") for time in tree.iter("time")))
    times = [moment for moment in moments if first_published([moment], now)]  # and no durations
    day = shown_date(beside().dated, tree.get("lang"), now)
    once = None
    if day is None:
        is_one = len({moment[:10] for moment in times}) == 1
        once = first_published(beside().times, now) or (first_published(times, now) if is_one else None)
    if dated and not (day and day.date() <= dated[0].date()) and not (once and once[0].date() < dated[0].date()):
        return dated
    if once:
        return once
    day = day or address_date(url, now) or _made_out(tree, now)
    if day is None:
        return None
    hours = [moment for moment in times if moment.startswith(f"{day:%Y-%m-%d}")]
    return first_published([*hours, f"{day:%Y-%m-%dT%H:%M}" if day.hour or day.minute else f"{day:%Y-%m-%d}"], now)


def _made_out(tree: HtmlElement, now: datetime) -> datetime | None:
    """What htmldate reads from names and markup not foreseen here; no first of January, which it makes of a year."""
    found = find_date(
        tree, original_date=True, extensive_search=False, min_date=f"{WEB_BEGAN:%Y-%m-%d}", max_date=f"{now:%Y-%m-%d}"
    )
    return None if not found or found.endswith("-01-01") else datetime.fromisoformat(found)


def _local(
    stated: tuple[datetime, bool], tree: HtmlElement, beside: Callable[[], Beside], now: datetime
) -> tuple[datetime, bool]:
    """A time that the page states of Greenwich, on the clock by which it shows the same moment beside its headline.

    Looked for only where the day may be another by that clock.
    """
    time, naive = stated
    if naive or time.utcoffset() or not (time.hour < _EARLY or time.hour >= _LATE):
        return stated
    offset = shown_offset(time, beside().dated, tree.get("lang"), now)
    return (time.astimezone(timezone(offset)), False) if offset else stated

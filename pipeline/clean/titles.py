"""The headline of a page, without the name of the outlet that stands round it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import cast
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from .paragraphs import key, visible

# What stands between a headline and the outlet's name in a title, in Latin and in full-width writing.
_BETWEEN = re.compile(
    r"\s+[|–—·•«»:_-]+\s+|\s*[|｜│￨]\s*|\s*(?:：|－|＿|—)\s*|: | [/\\] "
    r"|(?<=[\u3000-\u9fff\uff00-\uffef])[-_–](?=[\u3000-\u9fff])"
)
# Words; a heading of fewer is a section's name as likely as a headline.
_HEADLINE_WORDS = 3
# Letters in scripts that do not part words.
_HEADLINE_LETTERS = 8
# Letters; a shorter word ("and", "from") is shared by any two texts.
_LONG_WORD = 4
# Letters; a shorter name of an outlet ("Berlin", "Time") may open or close a headline's own words.
_LONG_NAME = 8
# So many times the letters of a name has what ends in it and says no more ("News and weather of the Orlen Herald").
_NAME_ADDED = 3
# The last part of a title behind a mark that no sentence holds, and the most letters of a name in it.
_LAST_NAME = re.compile(r"\s+\|\s+|\s*[_｜│￨＿]\s*|(?<=[\u3000-\u9fff\uff00-\uffef])-(?=[\u3000-\u9fff])")
_OUTLET_LETTERS = 20
# The day before a headline: "4.3.2026 - Bridges fall".
_DAY = re.compile(r"^(?:\d{1,2}\. ?\d{1,2}\. ?(?:\d{4}|\d\d)|\d{4}-\d\d-\d\d)\s*[|:–—•-]\s+(?=\S+ \S)")
_HOME = re.compile(r"(?:https?://(?:web\.archive\.org/web/\w+/https?://)?[^/?#]+)?/?(?:index\.\w+)?", re.I)
_TEXTS = cast(Callable[[HtmlElement], list[str]], XPath(".//text()[not(parent::style or parent::script)]"))


def headline(
    stated: list[str], outlets: Iterable[str], url: str | None, tree: HtmlElement, is_bare: bool = False
) -> str | None:
    """The page's headline: the heading that repeats what the page states, or the one heading of first rank, or that
    statement without the outlet's name.

    Args:
        stated: the titles that the page states, most trusted first.
        outlets: the names under which it gives its outlet.
        is_bare: whether all that is stated is the window's title, which often says no more than where one is; the one
            heading of first rank is the headline then.
    """
    names = {squeezed for name in (*outlets, *_domain_names(url), *_home_names(tree)) if (squeezed := _squeezed(name))}
    stated = [without_outlet(_undated(title), names) for title in stated]
    stated = [title for title in stated if key(title)]
    headings = [(element.tag, text) for element in tree.iter("h1", "h2") if key(text := _undated(_text(element)))]
    first = list(dict.fromkeys(text for tag, text in headings if tag == "h1" and _squeezed(text) not in names))
    parts = [part for part in _last_parts(tree) if _is_headline(part)]
    known = set(map(key, stated))
    if agreed := next((part for part in parts if key(part) in known), None):
        return agreed
    for title in stated:
        words = f" {key(title)} "
        held = [
            (tag, text)
            for tag, text in headings
            if _is_headline(text) and f" {key(text)} " in words and _squeezed(text) not in names
        ]
        if held:  # of several, one of first rank, and of those the longest
            best = max(held, key=lambda heading: (heading[0] == "h1", len(heading[1])))[1]
            # A line above it that is glued to it stood apart on the page.
            return next((part for part in parts if _is_glued(best, part) and f" {key(part)} " in words), best)
    for title in stated:
        if held_last := next((part for part in parts if f" {key(title)}".endswith(f" {key(part)}")), None):
            return held_last
    for title in stated:
        if _is_headline(title) and any(f" {key(title)} " in f" {key(text)} " for text in first):
            return title  # the heading holds a line above the headline as well
    if len(first) == 1 and is_bare and (_is_headline(first[0]) or key(first[0]) not in "".join(map(key, stated))):
        return first[0]
    alike = [text for text in first if _is_headline(text) and (not stated or _alike(text, stated))]
    if len(alike) == 1:
        return alike[0]
    if is_bare and stated:
        return _without_last(stated[0], first)
    return stated[0] if stated else first[0] if first else None


def _without_last(title: str, headings: list[str]) -> str:
    """A window's title, of an outlet that is named nowhere else, without its last part: down to a heading of two words
    that it begins with, or where there is no heading, to what stands before a mark that parts no sentence.
    """
    beginning = key(_BETWEEN.split(title)[0])
    for heading in headings:
        if " " in heading and key(heading) == beginning:
            return heading
    last = next(reversed(list(_LAST_NAME.finditer(title))), None)
    if headings or not last or not _is_headline(title[: last.start()]):
        return title
    return title[: last.start()] if len(title) - last.end() <= _OUTLET_LETTERS else title


def _is_glued(heading: str, part: str) -> bool:
    """Whether a heading ends in `part` with neither a space nor a mark before it."""
    return heading.endswith(part) and heading[-len(part) - 1] not in " :|-–—/"


def _last_parts(tree: HtmlElement) -> list[str]:
    """What stands behind the first element in headings of first rank that begin with one: a line above the headline."""
    found = []
    for heading in tree.iter("h1"):
        parts = list(heading)
        while len(parts) == 1 and not (heading.text or "").strip() and not (parts[0].tail or "").strip():
            heading = parts[0]
            parts = list(heading)
        if parts and not (heading.text or "").strip() and (text := _text(parts[0])):
            whole = _text(heading)
            found.append(whole.removeprefix(text).strip(" :|-–—"))
    return found


def _home_names(tree: HtmlElement) -> list[str]:
    """Headings that are a link to the site's first page: its name."""
    return [
        text
        for heading in tree.iter("h1", "h2")
        if any(_HOME.fullmatch(link.get("href") or "") for link in (*heading.iter("a"), *heading.iterancestors("a")))
        and (text := _text(heading))
    ]


def without_outlet(title: str, names: set[str]) -> str:
    """`title` without its first or last part where that names the outlet; `names` as words without spaces."""
    title = " ".join(title.split())
    for mark, following in pairwise(_BETWEEN.finditer(title)):
        if _squeezed(title[mark.end() : following.start()]) in names:
            title = title[: mark.start()]
            break
    while True:
        marks = list(_BETWEEN.finditer(title))
        if not marks:
            return title
        head, tail = title[: marks[0].start()], title[marks[-1].end() :]
        if _names_outlet(tail, names):
            title = title[: marks[-1].start()]
        elif _names_outlet(head, names):
            title = title[marks[0].end() :]
        else:
            return title


def _names_outlet(part: str, names: set[str]) -> bool:
    words = _squeezed(part)
    return bool(words) and any(
        words == name
        or (len(words) > _LONG_WORD and words in name)
        or (len(name) >= _LONG_NAME and words.startswith(name))
        or (len(name) >= _LONG_NAME and words.endswith(name) and len(words) <= _NAME_ADDED * len(name))
        for name in names
    )


def _alike(heading: str, stated: list[str]) -> bool:
    """Whether a heading and a statement are about one thing: they share a word that is no mere joint."""
    words = {word for word in key(heading).split() if len(word) >= _LONG_WORD}
    return any(words & set(key(title).split()) for title in stated)


def _is_headline(text: str) -> bool:
    return text.count(" ") + 1 >= _HEADLINE_WORDS or (
        len(text) >= _HEADLINE_LETTERS and not text.isascii() and " " not in text
    )


def _domain_names(url: str | None) -> list[str]:
    """The name of the site in its address: "example" and "example.co.uk" of "https://www.example.co.uk/"."""
    try:
        host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return []
    parts = host.split(".")
    return [host, max(parts[:-1], key=len)] if len(parts) > 1 else []


def _undated(text: str) -> str:
    """A headline without the day before it."""
    return _DAY.sub("", text, count=1)


def _squeezed(text: str) -> str:
    return key(text).replace(" ", "")


def _text(element: HtmlElement) -> str:
    return " ".join(visible("".join(_TEXTS(element))).split())

"""What a reader of a record should know of the text it holds: where it is not whole, and where it was found."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from schemas.data_files import read_toml

from .facts import Facts
from .prose import HIDDEN_STYLE, Line

# As they stand in `Cleaned.notes`.
NOT_FREE = "not whole: the page says that the article is not free to read"
HIDDEN = "not whole: the page hides the rest behind a paywall"
OFFERED = "not whole: the page offers the rest to those who subscribe or register"
IN_ITS_PLACE = {
    "robots": "no article: the page asks whether a person reads it",
    "error": "no article: the page tells of an error",
    "login": "no article: the page asks to log in",
    "consent": "no article: the page asks for consent to cookies",
}
LINKED_DATA = "text from the page's linked data"
SCRIPT_DATA = "text from the data of the page's scripts"

_PAYWALL = re.compile(rf"(?<![a-z])(?:{'|'.join(read_toml(__package__, 'facts.toml')['paywall'])})(?![a-z])", re.I)

_SAID = {
    name: re.compile("|".join(f"(?:{expression})" for expression in expressions), re.I)
    for name, expressions in read_toml(__package__, "notes.toml").items()
}
# Characters; walls and error pages say less, and an offer leaves an article its first two or three paragraphs.
_LONGEST_WALL = 1_000
_LONGEST_STUB = 3_000
# Lines of a text in which a page says what it is.
_FIRST = 3
# Characters; a line that says so is a heading, a label or a sentence.
_LONGEST_LINE = 300


def in_its_place(title: str | None, lines: list[str]) -> list[str]:
    """The note on a short text that is no article but a wall, a login or an error page, by its title or first lines."""
    if sum(map(len, lines)) > _LONGEST_WALL:
        return []
    first = [line.strip() for line in (title or "", *lines[:_FIRST]) if len(line) <= _LONGEST_LINE]
    return [note for name, note in IN_ITS_PLACE.items() if any(map(_SAID[name].search, first))][:1]


def offer_in(page: list[Line], text: list[str], facts: Facts) -> list[str]:
    """The note on a short text whose page offers the rest of it, where it does not state that all may read it."""
    if facts.is_free or sum(map(len, text)) > _LONGEST_STUB:
        return []
    offered = any(_SAID["offer"].search(line.text) for line in page if len(line.text) <= _LONGEST_LINE)
    return [OFFERED] if offered else []


def notes_on(tree: HtmlElement, facts: Facts) -> list[str]:
    """The notes on a page: that it states not to be free, or hides a part that it names a paywall's."""
    if facts.is_free is False:
        return [NOT_FREE]
    for element in tree.iter("div", "section", "article", "p"):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        is_unseen = element.get("hidden") is not None or HIDDEN_STYLE.search(element.get("style") or "")
        if is_unseen and _PAYWALL.search(names) and any(True for _ in element.iter("p")):
            return [HIDDEN]
    return []

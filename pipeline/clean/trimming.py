"""The lines round an article's prose that an extraction takes along: sections, further headlines, who the author is."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from schemas.records import Removed

from .facts import Facts
from .gaps import BlockPath, place_of
from .mending import is_link
from .paragraphs import key
from .prose import HEADINGS, Line
from .rules import SENTENCE_END

# Words; a label above the text ("World news", "By our correspondent") has fewer.
_LABEL = 5
# Of the lines above the text, those that may be a label where they are no link.
_TOP = 2
# Words; a line of fewer is no sentence that a text could begin with.
_SENTENCE = 8
# Of an article's characters, what may be further headlines; where more are, it is a list of links.
_FURTHER = 0.34
# Items of a list of links.
_LISTED = 3
# Words; a headline has three, and an author's note names the author among its first ten.
_HEADLINE = 3
_NAMED_WITHIN = 10
# Lines from the end within which a note on the author stands.
_NOTES = 3


def trimmed(lines: list[str], page: list[Line], facts: Facts) -> tuple[list[str], list[Removed]]:
    """The lines of an extraction without what stands round and between its paragraphs, and what was cut.

    Cut are: above the first paragraph, the headline in any wording and labels; anywhere, lines that are links from end
    to end, lists of links with labels, and lines told a second time; behind the last paragraph, headings that nothing
    follows and, in a place of its own, the note on the author. A line that ends as a sentence is cut only as that note.
    """
    shown = {line.key: line for line in page}
    keys = list(map(key, lines))
    found = [shown.get(words) for words in keys]
    is_prose = [line.is_prose if line else _is_sentence(text) for line, text in zip(found, lines, strict=True)]
    if not any(is_prose):
        return lines, []
    first = is_prose.index(True)
    last = len(lines) - 1 - is_prose[::-1].index(True)
    kinds: dict[int, str] = {}
    for n, (text, line) in enumerate(zip(lines, found, strict=True)):
        tag = line.holder.tag if line else ""
        is_open = not SENTENCE_END.search(text)
        if n <= first and (keys[n] in facts.titles or (tag == "h1" and is_open)):
            kinds[n] = "title"
        elif n < first and is_open and _words(text) < _LABEL and _is_label(line, n):
            kinds[n] = "label"
        elif n > last and (tag in HEADINGS or text.endswith(":")):
            kinds[n] = "related"
    listed = _linked_lists(page)
    further = {
        n
        for n, line in enumerate(found)
        if n not in kinds and line and (line.is_all_linked or line.key in listed) and _words(line.text) >= _HEADLINE
    }
    if sum(len(lines[n]) for n in further) < _FURTHER * sum(map(len, lines)):
        kinds |= dict.fromkeys(further, "related")
    places: Counter[BlockPath] = Counter()
    for line in found:
        if line and line.is_prose:
            places[place_of(line.holder)] += len(line.text)
    own = max(places, key=places.__getitem__, default=None)
    for n in range(max(first + 1, len(lines) - _NOTES), len(lines)):
        line = found[n]
        if line and place_of(line.holder) != own and _is_note(keys[n], facts.author):
            kinds.setdefault(n, "byline")
    if not any(prose for n, prose in enumerate(is_prose) if n not in kinds):
        return lines, []
    kept = [line for n, line in enumerate(lines) if n not in kinds]
    return kept, [Removed(kinds[n], lines[n]) for n in sorted(kinds)]


def _linked_lists(page: list[Line]) -> set[str]:
    """The items of lists in which each is a link with at most a label before it: further pieces."""
    found: set[str] = set()
    for holder, group in groupby(page, key=lambda line: line.holder.getparent() if line.holder.tag == "li" else None):
        items = list(group)
        if (
            holder is not None
            and len(items) >= _LISTED
            and all(line.is_linked and is_link(line.holder) for line in items)
        ):
            found.update(line.key for line in items)
    return found


def _is_label(line: Line | None, number: int) -> bool:
    """Whether a short line above the text is a link, as of a path to the page, or stands first and in no list."""
    return line is None or line.is_linked or (number < _TOP and line.holder.tag not in ("li", "td", *HEADINGS[1:]))


def _is_note(words: str, author: str | None) -> bool:
    """Whether a line tells who the author is: it names one among its first words."""
    names = [key(name) for name in (author or "").split("; ")]
    opening = " ".join(words.split()[:_NAMED_WITHIN])
    return any(" " in name and f" {name} " in f" {opening} " for name in names)


def _is_sentence(text: str) -> bool:
    return bool(SENTENCE_END.search(text)) and _words(text) >= _SENTENCE


def _words(text: str) -> int:
    return text.count(" ") + 1

"""What an extraction left of the article on the page, put back where it stands: leads, paragraphs, split bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from .facts import Facts
from .mending import is_beside
from .paragraphs import key
from .prose import Line
from .rules import SENTENCE_END

# Characters of a description that must be found again: what is shorter says little.
_DESCRIBED = 40
# Levels above a line whose names tell what kind of place it stands in.
_LEVELS = 3
_NEAR = 3
# Of the prose of a container, what must be the article's own before the rest of it is taken for that too.
_OWN = 0.5
# Of the word triples of a line, what an extraction must hold for the line to be in it.
_TOLD = 0.5
# Characters; a shorter line holds no two paragraphs. And the paragraphs that tell such a line.
_RUN_TOGETHER = 200
_PARAGRAPHS = 2

BlockPath = tuple[str, ...]


def coverage(lines: Iterable[str], page: list[Line]) -> float:
    """The share of a page's prose (in characters) that an extraction holds; 1 where the page has none."""
    text = _joined(lines)
    prose = [line for line in page if line.is_prose]
    total = sum(len(line.text) for line in prose)
    return sum(len(line.text) for line in prose if line.key in text) / total if total else 1.0


def filled(lines: list[str], page: list[Line], facts: Facts) -> list[str]:
    """The lines of an extraction with those of the page between them that are the article's as well.

    A line of prose is taken for the article's where it stands in the same container as lines of it, or in one of the
    same kind (a body in several parts); above the first line also where it is the description that the page states.
    """
    text = _joined(lines)
    known = set(_threes(text.split()))
    found = [line.key in text or (line.is_prose and _is_told(line, known)) for line in page]
    numbers = [n for n, line in enumerate(page) if found[n] and line.is_prose]
    if not numbers:
        return lines
    first, _last = numbers[0], numbers[-1]
    own: Counter[BlockPath] = Counter()
    size: Counter[BlockPath] = Counter()
    for n, line in enumerate(page):
        if line.is_prose:
            place = place_of(line.holder)
            size[place] += len(line.text)
            own[place] += len(line.text) * found[n]
    top = max((n for n in range(first) if page[n].holder.tag == "h1" or page[n].key in facts.titles), default=first)
    missing = {
        n
        for n, line in enumerate(page)
        if line.is_prose
        and not found[n]
        and (
            own[place_of(line.holder)] > _OWN * size[place_of(line.holder)]
            or (top < n < first and (_is_lead(line, facts) or _is_near(line, page[top])))
        )
    }
    return _inserted(lines, page, found, missing) if missing else lines


def parted(lines: list[str], page: list[Line]) -> list[str]:
    """The lines of an extraction, those that run paragraphs of the page together taken apart as they stand on it.

    What such a line holds before, behind and between them beside other lines of the page (a menu) is left out.
    """
    known = {line.key for line in page}
    own = [line for line in page if not line.is_linked]
    if len(lines) == 1 and own and (words := key(lines[0])) not in known and all(line.key in words for line in own):
        return [line.text for line in own]  # a whole page in one line
    found = []
    for line in lines:
        words = key(line)
        if words in known or len(line) < _RUN_TOGETHER:
            found.append(line)
            continue
        inside = [n for n, piece in enumerate(page) if piece.is_prose and piece.key in words]
        held = sum(len(page[n].text) for n in inside)
        if len(inside) < _PARAGRAPHS or held < _OWN * len(line):
            found.append(line)
        else:
            run = page[inside[0] : inside[-1] + 1]
            found += [piece.text for piece in run if piece.key in words and not piece.is_linked]
    return found


def in_order(lines: list[str], page: list[Line]) -> list[str]:
    """The lines of an extraction in the order of the page; those that do not stand on it stay behind the one before."""
    places: dict[str, list[int]] = {}
    for n in range(len(page) - 1, -1, -1):
        places.setdefault(page[n].key, []).append(n)
    at = -1
    numbered = []
    for line in lines:
        if standing := places.get(key(line)):
            at = standing.pop() if len(standing) > 1 else standing[0]
        numbered.append((at, line))
    return [line for _, line in sorted(numbered, key=lambda item: item[0])]


def _is_told(line: Line, known: set[tuple[str, str, str]]) -> bool:
    """Whether most of a line is in the extraction already, though not word for word (marks for links, hidden words)."""
    threes = list(_threes(line.key.split()))
    return bool(threes) and sum(three in known for three in threes) > _TOLD * len(threes)


def _threes(words: list[str]) -> Iterator[tuple[str, str, str]]:
    return zip(words, words[1:], words[2:], strict=False)


def _is_lead(line: Line, facts: Facts) -> bool:
    return any(_agree(line.key, description) for description in facts.descriptions)


def _is_near(line: Line, headline: Line) -> bool:
    """Whether a sentence stands in the box of the headline and is not named as something else."""
    if not SENTENCE_END.search(line.text):
        return False
    around = {element for element, _ in zip(headline.holder.iterancestors(), range(_NEAR), strict=False)}
    for element in (line.holder, *line.holder.iterancestors()):
        if element in around:
            return True
        if is_beside(element):
            return False
    return False


def _agree(one: str, other: str) -> bool:
    """Whether two texts begin alike, as far as the shorter goes; descriptions are cut to a length."""
    length = min(len(one), len(other)) - 10
    return length >= _DESCRIBED and one[:length] == other[:length]


def _inserted(lines: list[str], page: list[Line], found: list[bool], missing: set[int]) -> list[str]:
    """The lines with the missing ones, each before the line that follows it on the page."""
    keys = list(map(key, lines))
    before: dict[int, list[str]] = {}
    at = len(lines)
    for n in range(len(page) - 1, -1, -1):
        if n in missing:
            before.setdefault(at, []).insert(0, page[n].text)
        elif found[n] and page[n].is_prose:
            at = next(
                (m for m in range(at - 1, -1, -1) if page[n].key in keys[m] or (keys[m] and keys[m] in page[n].key)), at
            )
    return [line for n in range(len(lines) + 1) for line in (*before.get(n, ()), *lines[n : n + 1])]


def place_of(holder: HtmlElement) -> BlockPath:
    """The kind of place a block stands in: its tag, and the tags and classes of those around it."""
    names = [str(holder.tag)]
    element = holder.getparent()
    for _ in range(_LEVELS):
        if element is None:
            break
        names.append(f"{element.tag}.{element.get('class', '')}")
        element = element.getparent()
    return tuple(names)


def _joined(lines: Iterable[str]) -> str:
    return " ".join(map(key, lines))

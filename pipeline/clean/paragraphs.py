"""Text as crawled to paragraphs: one a line, spaces single, hard-wrapped lines joined, glued captions set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from itertools import pairwise

from schemas.data_files import read_toml

_SPACES = re.compile(r"[^\S\n]+")
# Soft hyphens, zero-width spaces, byte order and direction marks: layout, no text. (Zero-width joiners are spelling.)
_INVISIBLE = re.compile(r"[\u00ad\u200b\ufeff\u2060\u200e\u200f]+")
_ENTITY = re.compile(r"&(?:quot|amp|lt|gt|nbsp|apos|#\d{2,6}|#x[0-9a-fA-F]{2,5}|[lr][sd]quo|[mn]dash|hellip);")
_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Mail and agency wires wrap between these columns; a paragraph as a line is longer, a heading or list item shorter.
_WRAPPED = range(50, 101)
# So many wrapped paragraphs, and nothing against it, before lines are joined.
_PROOF = 3

# Characters; the words of longer lines are not kept, which bounds what a process keeps.
_REMEMBERED = 1_000
# Characters; in a longer paragraph no caption is looked for.
_LONGEST = 20_000
_CAPTIONS: dict[str, list[str]] = read_toml(__package__, "captions.toml")
# "Local leader Ahmad Massoud Massoud is the son of …", "Mayor Ana Ruiz Ms Ruiz, who …": a caption ends on a first and a
# last name, and the paragraph begins with the last name, its verb or a clause after it.
_GLUED_NAME = re.compile(
    r"(?P<caption>(?:[\w'’.-]+,? ){0,15}?(?P<first>[A-ZÀ-ÞĀ-Ž][\w'’.-]* )(?P<name>[A-ZÀ-ÞĀ-Ž][\w'’-]{2,})) "
    rf"(?P<rest>(?:(?:{'|'.join(_CAPTIONS['titles'])})\.? |(?P=first))?(?P=name)"
    r"(?=, (?:[a-z\d]|[A-Z][\w'’]+[’']s )|['’]s | (?:\w+ly |also |then |later )?"
    rf"(?:{'|'.join(_CAPTIONS['behind_name'])}|[a-z]{{3,}}(?:ed|s))\b))"
)
_WORD = re.compile(r"\w+")
_FINITE = re.compile(rf"\b(?:{'|'.join(_CAPTIONS['clause'])})\b")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of `text`, trimmed, none empty; the words and their order are those of `text`."""
    text = _LINE_BREAKS.sub("\n", visible(text))
    blocks = [
        [line for raw in block.split("\n") if (line := _SPACES.sub(" ", raw).strip())]
        for block in re.split(r"\n\s*\n", text)
    ]
    if _is_wrapped(blocks):
        return [" ".join(block) for block in blocks if block]
    return [line for block in blocks for line in block]


def visible(text: str) -> str:
    """`text` without soft hyphens, zero-width spaces and direction marks, which are layout."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def without_entities(text: str) -> str:
    """`text` with the entities of HTML that it holds (`&quot;`, `&#8217;`) as the characters that they stand for."""
    return unescape(text) if _ENTITY.search(text) else text


def key(text: str | None) -> str:
    """The words of `text` alone, to compare what may differ in marks, spaces and capitals."""
    return _words(text or "") if len(text or "") > _REMEMBERED else _remembered_words(text or "")


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


# Each step on the way from a page to its text asks it of the same lines.
_remembered_words = lru_cache(2048)(_words)


def captions_apart(line: str) -> Iterator[str]:
    """The captions glued to the front of a paragraph, and the paragraph; the line alone where there are none.

    Seen by a name at the end of a phrase without a verb that is at once repeated as the subject of a sentence.
    """
    while len(line) <= _LONGEST and (found := _GLUED_NAME.match(line)) and not _FINITE.search(found["caption"]):
        yield found["caption"]
        line = line[found.start("rest") :]
    yield line


def _is_wrapped(blocks: list[list[str]]) -> bool:
    """Whether lines were broken at a column: in block after block every line but the last is nearly full."""
    wrapped = [block for block in blocks if len(block) > 1]
    full = [len(line) for block in wrapped for line in block[:-1]]
    if len(wrapped) < _PROOF or not full:
        return False
    fits = all(len(a) + 1 + len(b.split(" ", 1)[0]) > max(full) for block in wrapped for a, b in pairwise(block))
    return fits and all(length in _WRAPPED for length in full)

"""Where quotations open and close: straight, curly and low marks, guillemets, single marks, nested and unbalanced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# The marks by family; a mark of one family is never closed by one of the other, but writers mix within a family.
_DOUBLE_OPEN, _DOUBLE_CLOSE, _DOUBLE_EITHER = "“„«‟", "”»", '"＂'
_SINGLE_OPEN, _SINGLE_CLOSE, _SINGLE_EITHER = "‘‚‹", "’›", "'"
_MARK = re.compile(r"``|''|[“„«‟”»\"＂‘‚‹’›']")
_ENDS_SPEECH = ",.?!…—-"
# A quotation whose mark is never closed ends with its paragraph, if that is near enough to be one.
LONGEST_UNCLOSED = 1_500


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between marks: `start:end` without the marks, `opening:closing` with them.

    `continues`: the paragraph ends in mid quotation and the next one opens with a mark, so the speaker goes on.
    """

    start: int
    end: int
    opening: int
    closing: int
    continues: bool = False


def find_quotations(text: str) -> list[Quotation]:
    """The outermost quotations of `text` in order; none crosses a newline. Linear in the length of the text."""
    found: list[Quotation] = []
    lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text)]
    for number, (start, end) in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        found += _in_line(text, start, end, following)
    return found


def _in_line(text: str, start: int, end: int, following: tuple[int, int] | None) -> Iterator[Quotation]:
    opened: re.Match[str] | None = None
    closed_at = start
    marks = list(_MARK.finditer(text, start, end))
    for mark in marks:
        family, direction = _reading(text, mark, start, end, opened is not None)
        if opened is None:
            if direction == "open" and (family == "double" or _closes_later(text, mark, end)):
                opened = mark
            elif direction == "close" and family == "double" and _speech_before(text, mark, closed_at):
                first = _first_letter(text, closed_at, mark.start())
                yield Quotation(first, _trimmed(text, first, mark.start()), first, mark.end())
                closed_at = mark.end()
            continue
        if family != _family(opened) or direction != "close":
            continue
        if family == "single" and not _is_single_close(text, mark, end):
            continue
        yield _quotation(text, opened.start(), opened.end(), mark.start(), mark.end())
        closed_at, opened = mark.end(), None
    if opened is not None and _family(opened) == "double" and end - opened.start() <= LONGEST_UNCLOSED:
        goes_on = following is not None and _opens_line(text, *following)
        last = _trimmed(text, opened.end(), end)
        if last > opened.end():
            yield Quotation(_first_letter(text, opened.end(), last), last, opened.start(), last, continues=goes_on)


def _quotation(text: str, opening: int, start: int, end: int, closing: int) -> Quotation:
    start = _first_letter(text, start, end)
    return Quotation(start, max(start, _trimmed(text, start, end)), opening, closing)


def _family(mark: re.Match[str]) -> str:
    return "single" if mark[0] in _SINGLE_OPEN + _SINGLE_CLOSE + _SINGLE_EITHER else "double"


def _reading(text: str, mark: re.Match[str], start: int, end: int, inside: bool) -> tuple[str, str]:
    """The mark's family, and whether it opens, closes or is none (an apostrophe, an inch)."""
    sign, family = mark[0], _family(mark)
    before = text[mark.start() - 1] if mark.start() > start else " "
    after = text[mark.end()] if mark.end() < end else " "
    if sign in _DOUBLE_OPEN or sign == "``":
        # German and French pairs turn some of these round: a mark glued to the end of a word closes.
        return family, "close" if inside and not before.isspace() and not after.isalnum() else "open"
    if sign in _DOUBLE_CLOSE:
        return family, "close"
    if family == "single":
        if before.isalnum() and after.isalnum():
            return family, "none"
        if sign in _SINGLE_CLOSE and not inside:
            return family, "none"
        opens = sign not in _SINGLE_CLOSE and not after.isspace() and (before.isspace() or before in '([—–-"“')
        return family, "open" if opens else "close"
    if before.isdigit() and not inside:
        return family, "none"
    opens_here = (before.isspace() or before in "([{—–-/:‘'") and not after.isspace()
    closes_here = not before.isspace() and (after.isspace() or not after.isalnum())
    if opens_here and not (inside and closes_here):
        return family, "open" if not inside or (after.isalnum() and before.isspace()) else "close"
    if closes_here:
        return family, "close"
    return family, "close" if inside else "open"


def _is_single_close(text: str, mark: re.Match[str], end: int) -> bool:
    """Whether a single mark ends a quotation, and not a plural's possession ("the victims' families")."""
    before = text[mark.start() - 1]
    if before in _ENDS_SPEECH:
        return True
    after = text[mark.end() : mark.end() + 2]
    return (
        before != "s"
        or not (len(after) == 2 and after[0] == " " and after[1].islower())
        or (mark[0] in "’›" and (text.find(mark[0], mark.end(), min(end, mark.end() + 400)) < 0))
    )


def _closes_later(text: str, mark: re.Match[str], end: int) -> bool:
    """Whether a single opening mark has its partner: within its paragraph, and close enough to be one."""
    partner = {"‘": "’", "‹": "›", "‚": "‘’"}.get(mark[0], "'")
    for later in re.compile(f"[{partner}]").finditer(text, mark.end() + 1, min(end, mark.end() + LONGEST_UNCLOSED)):
        after = text[later.end()] if later.end() < end else " "
        if not after.isalnum():
            return True
    return False


def _speech_before(text: str, mark: re.Match[str], closed_at: int) -> bool:
    """Whether a closing mark without its opening one ends a paragraph's first words."""
    return (
        closed_at < mark.start()
        and text[mark.start() - 1] in ",.?!…"
        and not text[closed_at : mark.start()].count("\n")
        and (closed_at == 0 or text[closed_at - 1] == "\n")
    )


def _opens_line(text: str, start: int, end: int) -> bool:
    line = text[start:end].lstrip()
    return line[:1] in _DOUBLE_OPEN + _DOUBLE_EITHER or line.startswith("``")


def _first_letter(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end

"""Where a corrected record stands, so that it is found again in the text of another revision or another extraction.

The anchor is a TextQuoteSelector with its position as a hint (W3C, Web Annotation Data Model, 4.2.4 and 4.2.5).
"""

from __future__ import annotations

from typing import Any

# Characters of the text before and after that are kept: enough to tell one "12" from another in one paragraph.
_AROUND = 48

# Characters around that must be as they were, where the text is not the same any more: half a line.
_ALIKE = 24


def anchor(text: str, start: int, end: int) -> dict[str, Any]:
    """The anchor of a span."""
    return {
        "start": start,
        "exact": text[start:end],
        "prefix": text[max(0, start - _AROUND) : start],
        "suffix": text[end : end + _AROUND],
    }


def locate(anchored: dict[str, Any], text: str) -> tuple[int, int] | None:
    """Where the span is in a text; None where it is there no more.

    Of several places that read alike the one with most of the words around it, then the nearest to where it was.
    """
    exact, start = anchored["exact"], int(anchored["start"])
    found: list[tuple[int, int, int]] = []
    at = text.find(exact)
    while at >= 0:
        before = _common(anchored["prefix"][::-1], text[max(0, at - _AROUND) : at][::-1])
        after = _common(anchored["suffix"], text[at + len(exact) : at + len(exact) + _AROUND])
        # At an edge of the text less stands around; what stands there must then be the same.
        needed = min(_ALIKE, len(anchored["prefix"]) + len(anchored["suffix"]))
        if before + after >= needed:
            found.append((before + after, -abs(at - start), at))
        at = text.find(exact, at + 1)
    if not found:
        return None
    place = max(found)[2]
    return place, place + len(exact)


def _common(one: str, other: str) -> int:
    """The length of what two texts begin with."""
    length = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        length += 1
    return length

"""The one box of a page that holds the article, and the lines that come from elsewhere on the page."""

from __future__ import annotations

from collections import Counter, defaultdict

from lxml.html import HtmlElement

from .paragraphs import key
from .prose import HEADINGS, Line

# Descending from the root, the box is left when no part of it holds this share of the paragraphs: an article in several
# boxes keeps them all.
_SHARE = 0.9
# Words; a shorter line ("Share", "By A. Writer") may stand on the page many times and does not show where the text is.
_PARAGRAPH = 10
# The share of the text that must be found again on the page before anything is concluded from where it stands.
_FOUND = 0.6


def outside_box(page: list[Line], lines: list[str]) -> set[int]:
    """Numbers of the lines that stand on the page only behind the box that holds the article, in a part of their own.

    Args:
        page: the lines of the page, as `page_lines` gives them.
        lines: those that are taken for the article's.
    """
    places: dict[str, list[HtmlElement]] = defaultdict(list)
    for line in page:
        places[line.key].append(line.holder)
    keys = list(map(key, lines))
    weights: Counter[HtmlElement] = Counter()
    for words in keys:
        if words.count(" ") >= _PARAGRAPH and words in places:
            weights.update(dict.fromkeys(places[words][0].iterancestors(), len(words)))
    top = max(weights.values(), default=0)
    if not top or top < _FOUND * sum(map(len, keys)):
        return set()
    box = max((element for element, weight in weights.items() if weight >= _SHARE * top), key=_depth)
    found = [(n, places[words]) for n, words in enumerate(keys) if words in places]
    inside = {n for n, elements in found if any(box in element.iterancestors() for element in elements)}
    if not inside:
        return set()
    last = max(inside)
    return {n for n, elements in found if n > last and all(_is_apart(element, box) for element in elements)}


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _is_apart(element: HtmlElement, box: HtmlElement) -> bool:
    """Whether an element behind the box stands in a part of its own: one with a heading, or of links."""
    branch = element
    around = set(box.iterancestors())
    while (parent := branch.getparent()) is not None and parent not in around:
        branch = parent
    size = len(branch.text_content())
    linked = sum(len(anchor.text_content()) for anchor in branch.iter("a"))
    return 2 * linked > size or next(branch.iter(*HEADINGS), None) is not None

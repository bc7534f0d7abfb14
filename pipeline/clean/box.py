"""The one box of a page that holds the article, and the lines that come from elsewhere on the page."""

from __future__ import annotations

from collections import Counter, defaultdict

from lxml.html import HtmlElement

# Descending from the root, the box is left when no part of it holds this share of the paragraphs: an article in several
# boxes keeps them all.
_SHARE = 0.9
# Words; a shorter line ("Share", "By A. Writer") may stand on the page many times and does not show where the text is.
_PARAGRAPH = 10
# The share of the text that must be found again on the page before anything is concluded from where it stands.
_FOUND = 0.6
# Characters; what is longer is a box of many paragraphs and no paragraph.
_LONGEST = 6_000
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TAGS = ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "span", "section")


def outside_box(tree: HtmlElement, lines: list[str]) -> set[int]:
    """Numbers of the lines that stand on the page only outside the box that holds the article."""
    wanted = {line: len(line) for line in lines}
    places: dict[str, list[HtmlElement]] = defaultdict(list)
    for element in tree.iter(*_TAGS):
        if element.tag == "p" or len(element) <= 3:
            text = element.text_content()
            if len(text) < _LONGEST and (line := " ".join(text.split())) in wanted:
                places[line].append(element)
    weights: Counter[HtmlElement] = Counter()
    for line, elements in places.items():
        if line.count(" ") >= _PARAGRAPH:
            weights.update(dict.fromkeys(elements[0].iterancestors(), wanted[line]))
    if weights[tree] < _FOUND * sum(wanted.values()):
        return set()
    box = inner = tree
    while weights[inner] >= _SHARE * weights[tree]:
        box = inner
        if len(box) == 0:
            break
        inner = max(box, key=weights.__getitem__)
    found = [(n, places[line]) for n, line in enumerate(lines) if places.get(line)]
    inside = {n for n, elements in found if any(box in element.iterancestors() for element in elements)}
    if not inside:
        return set()
    last = max(inside)
    return {n for n, elements in found if n > last and all(_is_apart(element, box) for element in elements)}


def _is_apart(element: HtmlElement, box: HtmlElement) -> bool:
    """Whether an element behind the box stands in a part of its own: one with a heading, or of links."""
    branch = element
    around = set(box.iterancestors())
    while (parent := branch.getparent()) is not None and parent not in around:
        branch = parent
    size = len(branch.text_content())
    linked = sum(len(anchor.text_content()) for anchor in branch.iter("a"))
    return 2 * linked > size or next(branch.iter(*_HEADINGS), None) is not None

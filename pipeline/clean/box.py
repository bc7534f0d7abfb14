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
    return {
        n
        for n, line in enumerate(lines)
        if (found := places.get(line)) and not any(box in element.iterancestors() for element in found)
    }

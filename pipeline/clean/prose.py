"""The lines that stand on a page, in order, with where each stands: what an extraction is held against."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from schemas.data_files import read_toml

from .paragraphs import key, visible

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What begins a line of its own.
BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
# Parts of a page that hold no line of its article, by what HTML says they are for; those that stand within a line.
_ELSEWHERE = frozenset(
    [
        "aside",
        "datalist",
        "dialog",
        "figure",
        "figcaption",
        "footer",
        "form",
        "head",
        "iframe",
        "menu",
        "nav",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "button",
    ]
)
_WITHIN = frozenset(["button", "iframe", "noscript", "object", "script", "style", "svg", "template"])
_ROLES = frozenset(("alertdialog", "complementary", "contentinfo", "dialog", "navigation", "search"))
# The same by the words that templates put into `class` and `id`: what readers write.
_NAMED = re.compile(rf"(?<![a-z])(?:{'|'.join(read_toml(__package__, 'facts.toml')['comments'])})(?![a-z])", re.I)
# A style that shows nothing.
HIDDEN_STYLE = re.compile(r"display:\s?none|visibility:\s?hidden", re.I)
# Words, and characters where they are not parted by spaces: the least that a line of prose has.
_WORDS = 8
_CHARACTERS = 25
# The share of a line of prose that may be links.
_LINKED = 0.5
_ALL = 0.9
# Characters; a name is no longer, and templates pile up more than is worth a look.
_LONGEST_NAME = 400
# Of a page's prose, what the part that is taken for its article holds at the least.
_SHARE = 0.8
# Paragraphs that an article has before another of its size begins.
_PARAGRAPHS = 3
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a reader sees it, its words alone, the block that holds it, and whether it reads as prose."""

    text: str
    key: str
    holder: HtmlElement
    is_prose: bool
    is_linked: bool
    is_all_linked: bool


def page_lines(tree: HtmlElement) -> list[Line]:
    """The lines of a page in order, without those of menus, forms, asides, captions, comments and hidden parts.

    A line is prose where it has eight words or more (25 characters in scripts that do not part words) and half of it,
    at most, is links, and it is no headline.
    """
    return list(iter_lines(tree))


def iter_lines(tree: HtmlElement) -> Iterator[Line]:
    """The lines of `page_lines` one by one, no more of the page read than is asked for."""
    for run, linked, holder in _runs(tree):
        text = " ".join(visible(run).split())
        if not _WORD.search(text):
            continue
        spaces = text.count(" ")
        is_long = spaces + 1 >= _WORDS or (len(text) >= _CHARACTERS and spaces < len(text) / 20)
        is_linked = linked > _LINKED * len(text)
        is_prose = is_long and not is_linked and holder.tag != "h1"
        yield Line(text, key(text), holder, is_prose, is_linked, linked >= _ALL * len(text))


def prose_size(page: list[Line]) -> int:
    """Characters of prose in the lines of a page."""
    return sum(len(line.text) for line in page if line.is_prose)


def first_article(page: list[Line]) -> list[Line]:
    """The lines of a page up to the headline of a further article, which pages that scroll without end run on with."""
    top = next((n for n, line in enumerate(page) if line.holder.tag == "h1"), len(page))
    prose = 0
    for n in range(top, len(page)):
        prose += page[n].is_prose
        if prose >= _PARAGRAPHS and page[n].holder.tag == "h1" and page[n].key.count(" ") >= 2:
            return page[:n]
    return page


def densest_part(page: list[Line]) -> list[str]:
    """The lines of the part of a page that holds most of its prose, from the first of prose to the last, no links."""
    weights: Counter[HtmlElement] = Counter()
    for line in page:
        if line.is_prose:
            weights.update(dict.fromkeys((line.holder, *line.holder.iterancestors()), len(line.text)))
    if not weights:
        return []
    total = max(weights.values())
    # The smallest element that holds the share; of several of one size the innermost.
    box = min(
        (element for element, weight in weights.items() if weight >= _SHARE * total),
        key=lambda e: (weights[e], -_depth(e)),
    )
    inside = [line for line in page if line.holder is box or box in line.holder.iterancestors()]
    numbers = [n for n, line in enumerate(inside) if line.is_prose]
    return [line.text for line in inside[numbers[0] : numbers[-1] + 1] if not line.is_linked]


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _runs(tree: HtmlElement) -> Iterator[tuple[str, int, HtmlElement]]:
    """The runs of text between the edges of blocks: the text, how much of it is linked, the block that holds it."""
    body = tree.find("body")
    root = tree if body is None else body
    holders = [root]
    pieces: list[str] = []
    linked = links = 0
    passed: HtmlElement | None = None  # its end comes next
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag
        if event == "start" and element is not root and is_elsewhere(element):
            walk.skip_subtree()
            passed = element
            continue
        skipped = element is passed
        passed = None
        is_edge = (tag in BLOCKS and event in ("start", "end")) or (skipped and tag not in _WITHIN)
        if is_edge:
            if pieces:
                yield "".join(pieces), linked, holders[-1]
                pieces, linked = [], 0
            if tag != "br" and not skipped:
                if event == "start":
                    holders.append(element)
                elif len(holders) > 1:
                    holders.pop()
        if tag == "a" and not skipped:
            links += {"start": 1, "end": -1}.get(event, 0)
        text = element.text if event == "start" else None if element is root else element.tail
        if text:
            pieces.append(text)
            linked += len(text) if links > 0 else 0
    if pieces:
        yield "".join(pieces), linked, holders[-1]


def is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element is not of the article by its tag, its role, its name, or because it is not shown."""
    if element.tag in _ELSEWHERE:
        return element.tag != "form" or element.find(".//h1") is None  # some systems put the whole page into a form
    if not element.attrib:
        return False
    get = element.get
    if get("role") in _ROLES or get("hidden") is not None or get("aria-modal") == "true":
        return True
    if (style := get("style")) and HIDDEN_STYLE.search(style):
        return True
    return element.tag not in ("html", "body", "article", "main") and (
        _names_readers(get("class")) or _names_readers(get("id"))
    )


@lru_cache(8192)
def _names_readers(name: str | None) -> bool:
    """Whether a class or id names what readers wrote; cached, for templates repeat their names."""
    return bool(name and _NAMED.search(name[:_LONGEST_NAME]))

"""What is done to a page's tree before trafilatura reads it: its known gaps, by general rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import cast
from urllib.parse import urljoin

from lxml import etree
from lxml.etree import XPath
from lxml.html import HtmlElement

from schemas.data_files import read_toml
from schemas.records import Removed

from .facts import Facts
from .paragraphs import key
from .prose import HEADINGS

_FURNITURE: dict[str, list[str]] = read_toml(__package__, "furniture.toml")
_BESIDE = frozenset(_FURNITURE["beside"])
_NAMED = re.compile(
    "|".join(
        rf"(?P<{part}>(?<![^\s_-])(?:{'|'.join(words)})(?![^\s_-]))"
        for part, words in _FURNITURE.items()
        if part != "beside"
    ),
    re.I,
)

# What those words begin with, as far as a name is parted: hardly any name holds one, which is soonest told.
_BEGINNINGS = frozenset(word.split("-")[0] for words in _FURNITURE.values() for word in words)

_NAME_PART = re.compile(r"[a-z]+")

Finder = Callable[[HtmlElement], list[HtmlElement]]


def _elements(path: str) -> Finder:
    return cast(Finder, XPath(path))


_STATED = _elements(
    "//*[@itemprop][ancestor::body][@itemprop='datePublished' or @itemprop='dateModified' or @itemprop='author']"
)
_DIALOGS = _elements("//*[@role][@role='dialog' or @role='alertdialog'][not(.//h1 or .//article)]")
_SIDES = ("aside", "footer", "nav")
_ARTICLES = _elements(f"//article[{' or '.join(f'ancestor::{tag}' for tag in _SIDES)}]")
_ADDRESS_FIELDS = _elements("//input[@type='email']")
_WHOLE = ("html", "body", "article", "main")
_LISTS = _elements("//ul[.//a] | //ol[.//a]")
_LINKED = _elements("//p[a or */a] | //h2[a or */a] | //h3[a or */a] | //h4[a or */a]")
_QUOTATIONS = _elements("//blockquote[not(ancestor::blockquote)]")
_SET_TEXTS = _elements("//pre[not(*)]")
_SIZED = _elements("//p[contains(@style, 'font-size')]")
_SIZE = re.compile(r"font-size:\s{0,9}([\d.]+)(px|pt)")


# What may stand before the link to a further piece: up to seven words and a mark ("Also on Orlen Radio:").
_LABEL = re.compile(r"[^\s:|»›]+(?: [^\s:|»›]+){0,6} ?[:|»›] ?")

# Characters; templates pile up classes, but no more than this.
_LONGEST_NAME = 400
# Characters; a shorter paragraph above the article is a label or a byline.
_PARAGRAPH = 80
# Characters; an offer to write to a reader tells what will be sent, in a sentence or a few.
_OFFER = 600
# Fields for an address that a page is searched for; more are no page's, and the boxes round each are measured.
_FIELDS = 20
# Pixels, and points of 4/3 pixel: what browsers show small print in; their own size is 16.
_SMALL = 12
# Characters; a hover box, a headline or a byline is short, and a longer match is a template that calls its body so.
_BOX = 1_000
# Characters; labels of buttons, or a headline or two with what they promise. Templates give longer text such names too.
_LABELS = 400


def mend_tree(tree: HtmlElement, facts: Facts) -> list[Removed]:
    """Takes out of the tree, in place, what trafilatura would leave in, and makes plain what it would lose.

    Returns what was taken out, where a reader would miss it; of further pieces, each headline with its address.
    """
    removed: list[Removed] = []
    _unname_around(tree)
    named = _named(tree)
    for element in (*named["hover"], *_DIALOGS(tree)):
        if _length(element) < _BOX or element.get("role"):
            _drop(element)
    for part, kind, longest in (
        ("offer", "newsletter", _BOX),
        ("share", "share", _LABELS),
        ("further", "related", _LABELS),
    ):
        for element in named[part]:
            if _length(element) < longest:
                removed.append(Removed(kind, _text(element)))
                _drop(element)
    for element in _sign_ups(tree):
        removed.append(Removed("newsletter", _text(element)))
        _drop(element)
    for element in [element for element in (*_STATED(tree), *named["meta"]) if _length(element) < _BOX]:
        removed.append(Removed("byline", _text(element)))
        _drop(element)
    for element in _links_alone(tree):
        removed += [Removed("related", _linked(anchor, facts.url)) for anchor in element.iter("a") if _text(anchor)]
        _drop(element)
    for element in _small_print(tree):
        removed.append(Removed("boilerplate", _text(element)))
        _drop(element)
    for element in named["heading"] + named["standfirst"]:
        if element.tag == "div" and len(element) == 0 and _beside_paragraph(element):
            element.tag = "h3"
    for text in _SET_TEXTS(tree):
        _part(text)
    for quotation in _QUOTATIONS(tree):
        _free(quotation)
    return removed


def _named(tree: HtmlElement) -> dict[str, list[HtmlElement]]:
    """The elements that their class or id names as one of the parts in `furniture.toml`."""
    found: dict[str, list[HtmlElement]] = {part: [] for part in _FURNITURE}
    for element in tree.iter(etree.Element):
        for name in (element.get("class"), element.get("id")):
            if name and (parts := _parts_named(name)) and element.tag not in ("html", "body", "article", "main"):
                for part in parts:
                    found[part].append(element)
    return found


@lru_cache(8192)
def _parts_named(name: str) -> tuple[str, ...]:
    """The parts that a class or id names; cached, for templates repeat their names."""
    name = name[:_LONGEST_NAME]
    if _BEGINNINGS.isdisjoint(name.lower().replace("-", " ").replace("_", " ").split()):
        return ()
    return tuple(str(match.lastgroup) for match in _NAMED.finditer(name))


def is_beside(element: HtmlElement) -> bool:
    """Whether class or id name an element as a picture, a byline or the like, which is no part of the text."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_LONGEST_NAME].lower()
    return not _BESIDE.isdisjoint(_NAME_PART.findall(names))


def _unname_around(tree: HtmlElement) -> None:
    """Makes plain boxes of what is said to be beside the article but holds it, as where an end tag is missing."""
    beside = _ARTICLES(tree)
    total = _size_of_paragraphs(tree) if beside else 0
    for article in beside:
        if 2 * _size_of_paragraphs(article) > total:
            for element in article.iterancestors(*_SIDES):
                element.tag = "div"
                element.attrib.clear()
            return


def _size_of_paragraphs(element: HtmlElement) -> int:
    return sum(map(_length, element.iter("p")))


def _sign_ups(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The boxes round fields for a reader's address, with what they promise; none with the headline or most text."""
    fields = _ADDRESS_FIELDS(tree)[:_FIELDS]
    most = _size_of_paragraphs(tree) / 2 if fields else 0
    for field in fields:
        box = None
        for element in field.iterancestors():
            if element.tag in _WHOLE or _length(element) > _OFFER or element.find(".//h1") is not None:
                break
            if 0 < most < _size_of_paragraphs(element):
                break
            box = element
        if box is not None and box.getroottree().getroot() is tree and _text(box):
            yield box


def _links_alone(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Lists and paragraphs among the text's own that are links from end to end, and no addresses: further pieces."""
    for element in _LISTS(tree):
        items = element.findall("li")
        if len(items) > 1 and _beside_paragraph(element) and all(map(is_link, items)):
            yield element
    for element in _LINKED(tree):
        if _beside_paragraph(element) and is_link(element):
            yield element


def _small_print(tree: HtmlElement) -> list[HtmlElement]:
    """Paragraphs set smaller than the text's own, where most of them are not: what the sender says of itself."""
    small = [element for element in _SIZED(tree) if _pixels(element) <= _SMALL]
    return small if small and 2 * sum(map(_length, small)) < sum(map(_length, tree.iter("p"))) else []


def _pixels(element: HtmlElement) -> float:
    found = _SIZE.search(element.get("style", ""))
    return float(found[1]) * (4 / 3 if found[2] == "pt" else 1) if found else 16.0


def is_link(element: HtmlElement) -> bool:
    """Whether an element is a link of three words or more and at most a label before it, and no address."""
    text = _text(element)
    if len(text.split()) < 3 or "://" in text:
        return False
    anchors = [anchor for anchor in element.iter("a") if not anchor.get("href", "").startswith("#")]
    linked = key(" ".join(map(_text, anchors)))
    label = _LABEL.match(text)
    return bool(linked) and linked in (key(text), label and key(text[label.end() :]))


def _beside_paragraph(element: HtmlElement) -> bool:
    return any(other is not None and other.tag == "p" for other in (element.getprevious(), element.getnext()))


def _part(text: HtmlElement) -> None:
    """Makes paragraphs of what blank lines part in a text that is shown as it was typed."""
    pieces = re.split(r"\n\s*\n", text.text or "")
    if len(pieces) > 1:
        text.tag, text.text = "div", None
        for piece in filter(str.strip, pieces):
            etree.SubElement(text, "p").text = piece


def _free(quotation: HtmlElement) -> None:
    """Unnames the boxes that hold a quotation (a post, a statement) and nothing else, which read as widgets."""
    size = 1.5 * _length(quotation)
    element = quotation
    while element is not None and element.tag not in ("body", "article", "main") and _length(element) <= size:
        for name in ("class", "id"):
            element.attrib.pop(name, None)
        element = element.getparent()


def _linked(anchor: HtmlElement, url: str | None) -> str:
    address = anchor.get("href", "")
    with suppress(ValueError):  # an address out of shape stays as it is
        address = urljoin(url or "", address)
    return f"{_text(anchor)} <{address}>"


def _length(element: HtmlElement) -> int:
    return len(element.text_content())


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _drop(element: HtmlElement) -> None:
    """Takes an element out of the tree; a heading is only emptied, for trafilatura goes by where headings stand."""
    if element.tag in HEADINGS:
        element.clear(keep_tail=True)
    elif element.getparent() is not None:
        element.drop_tree()

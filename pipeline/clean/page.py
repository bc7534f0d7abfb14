"""An HTML page to the paragraphs of its article and its facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import cast

import trafilatura
from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura.settings import Document
from trafilatura.utils import is_dubious_html, repair_faulty_html

from schemas.errors import NoTextError, TooLargeError
from schemas.records import Removed

from .box import outside_box
from .facts import Facts, read_facts
from .gaps import coverage, filled, in_order, parted
from .mending import mend_tree
from .notes import LINKED_DATA, SCRIPT_DATA, notes_on, offer_in
from .paragraphs import key, paragraphs
from .prose import Line, densest_part, first_article, page_lines, prose_size
from .script_data import script_text
from .trimming import trimmed

# The largest news pages are near 2 MB, nearly all of it script; memory grows with some 30 bytes a character.
_MAX_CHARACTERS = 5_000_000
# Templates nest 20 to 60 deep; trafilatura and libxml2 recurse, and each level costs them stack.
_MAX_DEPTH = 250
# A long live blog has 15,000 elements; some of trafilatura's steps take the square of their number: 10 s at this one.
_MAX_ELEMENTS = 30_000
# A tag may hold a picture or an article as a value, but few attributes; libxml2 compares each with all others.
_MAX_ATTRIBUTES = 2_000
# The end of a sentence; no three dots, in which labels end ("Loading…").
_FULL_STOP = re.compile(r"(?<!\.\.)[.!?。！？؟।]['\"”’»)\]]*$")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_TAG = re.compile(r"[A-Za-z][^>]*")
# Characters; a shorter tag does not hold so many attributes.
_LONG_TAG = 4 * _MAX_ATTRIBUTES
# Characters; with less than this from trafilatura's own rules, its slower fallbacks are asked too.
_SHORT = 300
# The share of a page's prose that an extraction holds; with less of it the thorough pass is asked too.
_COVERED = 0.5
# So many times the text of a poor extraction must the page's densest part hold to be taken in its place.
_MISSED = 4
# The same for the article's body in linked data.
_WITNESSED = 2

# As trafilatura's own, but that lxml makes each element without asking Python for its class, a tenth of the time.
_PARSER = html.HTMLParser(
    collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
)
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))

_TOO_DEEP = etree.XPath("boolean(/" + "/".join("*" * (_MAX_DEPTH + 1)) + ")")
_COUNT = etree.XPath("count(//*)")
# Elements that begin a line of their own, in what trafilatura gives and in HTML.
_BLOCKS = {"p", "head", "item", "quote", "list", "table", "row", "lb", "code", "div", "body"}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "section", "article", "tr", "br", "pre"}
_CELLS = {"cell", "td", "th"}
_UNSEEN = ("script", "style", "noscript", "template", "nav", "form", etree.Comment, etree.ProcessingInstruction)


@dataclass(frozen=True, slots=True)
class Page:
    """The article's paragraphs, what was cut around and inside it, the page's facts, and notes on what is missing."""

    paragraphs: list[str]
    facts: Facts
    removed: list[Removed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_page(content: str, url: str | None, resource: str) -> Page:
    """The article of a page, or of a fragment of HTML such as a feed carries.

    Where the page shows no article, its linked data or the data of its scripts are read, and a note says so.

    Raises:
        TooLargeError: past the limit of size, depth or number of elements.
        NoTextError: nothing in it can be parsed as HTML, or there is no sentence in it outside its scripts.
    """
    tree = _parsed(content, resource)
    # lxml makes an object of an element whenever Python meets it, and drops it after; kept, each is made once.
    kept_alive = list(tree.iter())
    facts = read_facts(tree, url)
    notes = notes_on(tree, facts)
    removed = mend_tree(tree, facts)
    page = first_article(page_lines(tree))
    data = [] if prose_size(page) else script_text(tree)
    is_drawn = tree.find(".//script") is not None
    extracted = _extracted(tree, url, facts, page)
    body = list(facts.body)
    if _size(body) > _WITNESSED * _size(extracted) or (len(body) > len(extracted) and _same(body, extracted)):
        return Page(body, facts, removed, [*notes, LINKED_DATA])
    if not prose_size(page) and (data or not any(map(_FULL_STOP.search, extracted))):
        if data:
            return Page(data, facts, removed, [*notes, SCRIPT_DATA])
        if is_drawn:
            cause = "the page shows no sentence; its text is drawn by a script, or it is no article"
            raise NoTextError(resource, cause, "send the article's text, or the page as a browser draws it")
    del kept_alive
    lines, cut = trimmed(extracted, page, facts)
    removed += cut
    outside = outside_box(page, lines)
    removed += [Removed("furniture", lines[n]) for n in sorted(outside)]
    text = [line for n, line in enumerate(lines) if n not in outside]
    return Page(text, facts, removed, notes or offer_in(page, text, facts))


def _same(one: list[str], other: list[str]) -> bool:
    return key(" ".join(one)) == key(" ".join(other))


def _extracted(tree: HtmlElement, url: str | None, facts: Facts, page: list[Line]) -> list[str]:
    """The paragraphs that trafilatura finds; all of a fragment's, in which it finds none."""
    lines: list[str] = []
    best = -1.0
    for fast in (True, False):
        document = trafilatura.bare_extraction(tree, url=url, include_comments=False, output_format="txt", fast=fast)
        found = paragraphs(unescape("".join(_text_of(document.body)))) if isinstance(document, Document) else []
        share = coverage(found, page)
        if share > best:
            lines, best = found, share
        if best >= _COVERED and _size(lines) >= _SHORT:
            break
    if (
        best < _COVERED
        and best * prose_size(page) < _SHORT
        and _size(densest := densest_part(page)) > _MISSED * _size(lines)
    ):
        lines = densest
    return filled(in_order(parted(lines, page), page), page, facts) or _all_text(tree)


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))


def _parsed(content: str, resource: str) -> HtmlElement:
    if len(content) > _MAX_CHARACTERS:
        raise TooLargeError(
            resource, f"{len(content):,} characters of HTML, more than {_MAX_CHARACTERS:,}", "send the article alone"
        )
    tags = (tag for piece in content.split("<") if len(piece) > _LONG_TAG and (tag := _TAG.match(piece)))
    if any(len(_VALUE.sub("", tag[0]).split()) > _MAX_ATTRIBUTES for tag in tags if len(tag[0]) > _LONG_TAG):
        raise TooLargeError(resource, f"a tag with more than {_MAX_ATTRIBUTES:,} attributes", "send the article alone")
    tree = _loaded(content)
    if tree is None:
        try:
            tree = html.document_fromstring(content)
        except (etree.ParserError, ValueError) as error:
            raise NoTextError(resource, f"cannot be parsed as HTML ({error})", "check the document") from error
    if _TOO_DEEP(tree):
        raise TooLargeError(resource, f"nested more than {_MAX_DEPTH} deep", "send the article alone")
    if (elements := cast(float, _COUNT(tree))) > _MAX_ELEMENTS:
        raise TooLargeError(
            resource, f"{elements:,.0f} elements, more than {_MAX_ELEMENTS:,}", "send the article alone"
        )
    return tree


def _loaded(content: str) -> HtmlElement | None:
    """The tree that trafilatura would read of a page, its elements of one class; None where it is no whole page."""
    opening = content[:50].lower()
    content = repair_faulty_html(content, opening)
    tree = None
    for form in (content, content.encode("utf-8", "surrogatepass")):  # as bytes where the text declares an encoding
        try:
            tree = html.fromstring(form, parser=_PARSER)
        except (etree.LxmlError, ValueError, AssertionError):  # lxml asserts that a fragment has one body
            tree = None
            continue
        if len(tree):
            break
    return None if tree is None or (is_dubious_html(opening) and len(tree) < 2) else tree


def _all_text(tree: HtmlElement) -> list[str]:
    """What a reader would see of a page, or of a piece of one, in which there is no article to find."""
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    body = tree.find("body")
    return paragraphs("".join(_text_of(tree if body is None else body)))


def _text_of(body: etree._Element) -> Iterator[str]:
    """The text of trafilatura's tree, every block on its own line."""
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if event == "start":
            if element.tag in _BLOCKS:
                yield "\n"
            elif element.tag in _CELLS:
                yield " "
            yield (element.text or "").replace("\n", " ")
        else:
            if element.tag in _BLOCKS and element.tag not in ("lb", "br"):
                yield "\n"
            yield (element.tail or "").replace("\n", " ")

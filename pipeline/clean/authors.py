"""Who wrote a page, as it says itself: names as they are written, one each, no outlet beside a person."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from .linked_data import LinkedData
from .paragraphs import key
from .prose import is_elsewhere

_NAMES: dict[str, list[str]] = tomllib.loads((files(__package__) / "facts.toml").read_text(encoding="utf-8"))
_NOBODY = frozenset(_NAMES["nobody"])
_BEFORE = re.compile(rf"(?:{'|'.join(_NAMES['before_author'])})(?::\s*|\s+)", re.I)
_BETWEEN = re.compile(rf"\s*[;|•·/]\s*|\s+(?:{'|'.join(_NAMES['between_authors'])})\s+", re.I)
# "Roe, Jane", and what follows a name after a comma without being one.
_REVERSED = re.compile(r"([^\s,]+(?:[ -][^\s,]+)?), ([^\s,]+(?: [^\s,]+){0,2})")
_TITLE = re.compile(r"(?:[JS]r|I{2,3}|IV|Ph\.?D|M\.?[DAPS]|B\.?[AS]|M\.?Sc|Dr|MBA|RN|Esq|CFA|LL\.?[BM])\.?", re.I)
# Words, and characters; what is longer is a sentence about someone.
_LONGEST_NAME = 6
_LONGEST = 60
_ADDRESS = re.compile(r"https?://|www\.|\w@\w|\.html?\b|\*")
_ACCOUNT = re.compile(r"\s*\(?(?<!\w)@\w+\)?|\s*<[^>]*>|\s*\([^()]*\)$")
# From the first figure of a date on: what follows a name is when, and no name.
_DATE = re.compile(r"\s*(?:[,»|•·–-]\s*)?(?<!\w)(?:am |on |le |el |den )?\d{1,4}[./:-]? ?(?:\d|[^\W\d_]{3}).*", re.I)
# "jane-roe": part of an address, and no name as anyone writes it.
_SLUG = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+|[a-z]+\d+")


_CLASSES = re.compile(r"(?<![a-z])(?:byline|author)s?(?:[-_]{1,2}names?)?(?![a-z-])", re.I)
# What markup says of an author, most trusted first: the attribute, where to look, and what its value must hold.
_MARKS = tuple(
    (attribute, cast(Callable[[HtmlElement], list[HtmlElement]], XPath(f"//body//*[{path}]")), pattern)
    for attribute, path, pattern in (
        ("itemprop", "@itemprop = 'author'", re.compile("")),
        ("rel", "contains(@rel, 'author')", re.compile(r"(?<!\S)author(?!\S)")),
        ("class", "contains(@class, 'uthor') or contains(@class, 'yline')", _CLASSES),
    )
)


def authors(data: LinkedData, metas: Mapping[str, list[str]], tree: HtmlElement, outlets: Iterable[str]) -> str | None:
    """The names of who wrote the page, parted by "; ".

    Trusted in this order: linked data, metadata, markup (`itemprop`, `rel`, a byline's class). An organization counts
    where no person is named.
    """
    known = {key(name) for name in outlets}
    sources = (
        data.persons,
        [name for meta in _NAMES["author"] for name in metas.get(meta, ())],
        _marked(tree),
    )
    nobody: list[str] = []
    for source in sources:
        names = _names(source)
        if persons := [name for name in names if key(name) not in known]:
            return "; ".join(persons)
        nobody = nobody or names
    return "; ".join(_names(data.organizations) or nobody) or None


def _names(stated: Iterable[str]) -> list[str]:
    """The single names in statements such as "By Jane Roe and John Doe"; those that name nobody are left out."""
    found: dict[str, str] = {}
    for statement in stated:
        if not _ADDRESS.search(statement):
            text = _DATE.sub("", " ".join(_ACCOUNT.sub("", statement).split()))
            while before := _BEFORE.match(text):
                text = text[before.end() :]
            for name in _parted(text):
                name = name.strip(" ,;:|·–—-»")
                if not key(name) or key(name) in _NOBODY or _SLUG.fullmatch(name):
                    continue
                if len(name) <= _LONGEST and name.count(" ") < _LONGEST_NAME:
                    found.setdefault(key(name), name)
    return list(found.values())


def _parted(text: str) -> list[str]:
    """The names in a statement, each the right way round."""
    found: list[str] = []
    for part in _BETWEEN.split(text):
        turned = _REVERSED.fullmatch(part)
        if turned and not _TITLE.fullmatch(turned[2]) and " " not in turned[1]:
            found.append(f"{turned[2]} {turned[1]}")
            continue
        for name in part.split(", "):
            if found and _TITLE.fullmatch(name):
                found[-1] += f", {name}"
            else:
                found.append(name)
    return found


def _marked(tree: HtmlElement) -> list[str]:
    """What markup names as the author: by `itemprop`, `rel`, or a byline's class; the first, and those beside it."""
    for attribute, elements, pattern in _MARKS:
        found: list[str] = []
        around: HtmlElement | None = None
        for element in elements(tree):
            if not pattern.search(element.get(attribute, "")) or not _is_of_article(element):
                continue
            name = element.find(".//*[@itemprop='name']")
            text = " ".join((element if name is None else name).text_content().split())
            if not 0 < len(text) <= _LONGEST or (around is not None and around not in element.iterancestors()):
                continue
            found.append(text)
            if attribute == "class":
                break
            parent = element.getparent()
            around = parent.getparent() if around is None and parent is not None else around
        if found:
            return found
    return []


def _is_of_article(element: HtmlElement) -> bool:
    """Whether an element stands in no aside, form or comment."""
    return not any(is_elsewhere(box) for box in (element, *element.iterancestors()))

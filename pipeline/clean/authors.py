"""Who wrote a page, as it says itself: names as they are written, one each, no outlet beside a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from schemas.data_files import read_toml

from .linked_data import LinkedData
from .paragraphs import key
from .prose import is_elsewhere
from .titles import without_outlet

_NAMES: dict[str, list[str]] = read_toml(__package__, "facts.toml")
_NOBODY = frozenset(_NAMES["nobody"])
# A label and a name that stand in elements of their own are glued in a line: "ByJane Roe".
_BEFORE = re.compile(rf"(?:{'|'.join(_NAMES['before_author'])})(?::\s*|\s+|(?-i:(?<=[a-z])(?=[A-ZÀ-Þ])))", re.I)
_BETWEEN = re.compile(rf"\s*[;|•·/]\s*|\s+(?:{'|'.join(_NAMES['between_authors'])})\s+", re.I)
# "Roe, Jane", and what follows a name after a comma without being one.
_REVERSED = re.compile(r"([^\s,]+(?:[ -][^\s,]+)?), ([^\s,]+(?: [^\s,]+){0,2})")
_TITLE = re.compile(rf"(?:{'|'.join(_NAMES['after_name'])})\.?", re.I)
# Words, and characters; what is longer is a sentence about someone.
_LONGEST_NAME = 6
_LONGEST = 60
# Characters; what a loose mark holds is no longer, or it is more than a name.
_LONGEST_MARK = 120
# What no name holds; and a date's day, where it was not seen as one.
_NO_NAME = re.compile(r"[:→?!=+#{}\[\]<>…]|\d\w* |\s\w*\d")
# Where a name ends: the place or section behind it, and who made something else of the page.
_BEHIND = re.compile(
    r"\s+in\s+(?-i:(?=[A-ZÀ-Þ])).*"
    rf"|(?:^|[\s,(]+)(?:{'|'.join(_NAMES['other_work'])}) ?(?::|\b(?:{'|'.join(_NAMES['other_work_by'])})\b).*",
    re.I,
)
# What joins two names, or a label to its name, at the end of a piece and at the beginning of one.
_JOINT = re.compile(
    rf"(?:[,;&/]|(?<!\w)(?:{'|'.join((*_NAMES['between_authors'], *_NAMES['before_author']))})[ :|–—-]*)$", re.I
)
_JOINED = re.compile(rf"(?:[,;&/]|(?:{'|'.join(_NAMES['between_authors'])})(?!\w))", re.I)
# What parts a line beside the headline: "3 May · by Jane Roe · in News".
_PARTS = re.compile(r"\s*[|·•]\s*|\s+(?:—|–|-|//)\s+")
_ADDRESS = re.compile(r"https?://|www\.|\w@\w|\.html?\b|\*")
_ACCOUNT = re.compile(r"\s*\(?(?<!\w)@\w+\)?|\s*<[^>]*>|\s*\([^()]*\)$")
# From the first figure of a date on: what follows a name is when, and no name.
_DATE = re.compile(
    r"\s*(?:[,»|•·–-]\s*)?(?<!\w)(?:(?:(?:on )?[^\W\d_]{3,9}\.? )?\d{1,2}(?:st|nd|rd|th)?, (?:19|20)\d\d"
    r"|(?:(?:am|on|le|el|den|[^\W\d_]{2,3}),? )?\d{1,4}[./:-]? ?(?:\d|[^\W\d_]{3})).*",
    re.I,
)
# "Posted on 3 May by Jane Roe": the name stands behind the date.
_POSTED = re.compile(rf"(?:{'|'.join(_NAMES['posted'])})\b.*\d.*?\s(?:{'|'.join(_NAMES['before_author'])}):?\s+", re.I)
# "janeroe", a login, counts where nothing better is stated; "jane-roe" is part of an address, and no name.
_LETTER = re.compile(r"[^\W\d_]")
_LOGIN = re.compile(r"[a-z0-9]+")
_SLUG = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+|[a-z]+\d+")

_CLASSES = re.compile(
    rf"(?<![a-z])(?:{'|'.join(_NAMES['author_class'])})s?(?:[-_]{{1,2}}(?:names?|by))?(?![a-z-])", re.I
)
# What holds the name alone inside of such a mark: hCard's "fn", and what templates call it.
_NAME_CLASSES = re.compile(r"(?<!\S)fn(?!\S)|(?:byline|author|autor)s?[-_]{0,2}(?:names?|link)(?![a-z])", re.I)
# A name as people write it: words of letters, the first with a capital where the script has any.
_NAME_LIKE = re.compile(r"(?![a-zß-ÿ])[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,4}")
_WHOLE_NAME = re.compile(r"(?![a-zß-ÿ])[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3} (?![a-zß-ÿ])[^\W\d_][\w'’.-]*")
_LOOSE = cast(
    Callable[[HtmlElement], list[HtmlElement]],
    XPath("//*[@class or @id][contains(@class, 'uthor') or contains(@id, 'uthor') or contains(@class, 'yline')]"),
)
# For XPath, which minds capitals: what such a class holds with a capital and without.
_CLASS_PARTS = tuple(word[1:] for word in _NAMES["author_class"])
# What markup says of an author, most trusted first: the attribute, where to look, and what its value must hold.
_MARKS = tuple(
    (
        attribute,
        cast(Callable[[HtmlElement], list[HtmlElement]], XPath(f"//*[@{attribute}][{path}][ancestor::body]")),
        pattern,
    )
    for attribute, path, pattern in (
        ("itemprop", "@itemprop = 'author'", re.compile("")),
        ("rel", "contains(@rel, 'author')", re.compile(r"(?<!\S)author(?!\S)")),
        ("class", " or ".join(f"contains(@class, '{part}')" for part in _CLASS_PARTS), _CLASSES),
    )
)


def authors(
    data: LinkedData,
    metas: Mapping[str, list[str]],
    tree: HtmlElement,
    outlets: Iterable[str],
    beside: Callable[[], list[str]],
) -> str | None:
    """The names of who wrote the page, parted by "; ".

    Trusted in this order: linked data, metadata, markup (`itemprop`, `rel`, a byline's class), a byline beside the
    headline, loose markup. An organization, a login or the outlet counts where no person is named.
    """
    outlets = list(outlets)
    known = {key(name) for name in outlets}
    squeezed = {name.replace(" ", "") for name in known if name}
    nobody: list[str] = []
    for source in _sources(data, metas, tree):
        names = _names(without_outlet(name, squeezed) for name in source if key(name) not in known)
        outlet = [name for name in source if key(name) in known]
        if persons := [name for name in names if key(name) not in known and not _LOGIN.fullmatch(name)]:
            return "; ".join(persons)
        nobody = nobody or names or outlet[:1]
    return (
        _byline(beside())
        or _loosely_marked(tree)
        or "; ".join(_names(data.organizations) or data.organizations[:1] or nobody)
        or None
    )


def _byline(lines: Iterable[str]) -> str | None:
    """Who the first line that is a byline names ("By Jane Roe, in Orlen"), parted by "; "; persons' whole names alone.

    Args:
        lines: those beside the headline.
    """
    for line in (part for whole in lines for part in _PARTS.split(whole)):
        if (before := _BEFORE.match(line)) and line[before.end() :]:
            names = _names([re.split(r",|\(", line[before.end() :])[0]])
            if names and all(_WHOLE_NAME.fullmatch(name) for name in names):
                return "; ".join(names)
    return None


def _loosely_marked(tree: HtmlElement) -> str | None:
    """Who is named where a class or id holds the word author anywhere ("authorname", "article-authors").

    Of such elements the first with a short text counts, where that is persons' whole names alone. (trafilatura's
    expressions for markup of any kind, asked for the same, take a third of a page's time and found one name more.)
    """
    for element in _LOOSE(tree):
        if 2 < len(" ".join(element.text_content().split())) < _LONGEST_MARK and _is_of_article(element):
            return _byline([f"By {_opening(element)}"])
    return None


def _sources(data: LinkedData, metas: Mapping[str, list[str]], tree: HtmlElement) -> Iterator[list[str]]:
    """What names authors, most trusted first; the markup is read only where it is asked for."""
    yield data.persons
    stated = [name for meta in _NAMES["author"] for name in metas.get(meta, ())]
    label = next(iter(metas.get("twitter:label1", ())), "")
    yield stated + (metas.get("twitter:data1", []) if _BEFORE.fullmatch(f"{label} ") else [])
    yield _marked(tree)


def _names(stated: Iterable[str]) -> list[str]:
    """The single names in statements such as "By Jane Roe and John Doe"; those that name nobody are left out."""
    found: dict[str, str] = {}
    for statement in stated:
        if not _ADDRESS.search(statement):
            text = _DATE.sub("", _POSTED.sub("", " ".join(_ACCOUNT.sub("", statement).split()), count=1))
            text = _BEHIND.sub("", text)
            while before := _BEFORE.match(text):
                text = text[before.end() :]
            for name in _parted(text):
                if _NO_NAME.search(name):
                    continue
                name = name.strip(" ,;|·–—-»")
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
            text = _name_in(element)
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


def _name_in(element: HtmlElement) -> str:
    """The text of what holds the name alone inside of a mark, of its one link if that is a name, else all its text."""
    inside = [
        part
        for part in element.iterdescendants("a", "span", "b", "strong", "div", "p", "h3", "h4")
        if part.get("itemprop") == "name" or _NAME_CLASSES.search(part.get("class") or "")
    ]
    for parts in (inside[:1], list(element.iterdescendants("a"))):
        texts = [text for part in parts if (text := " ".join(part.text_content().split()))]
        if len(texts) == 1 and _NAME_LIKE.fullmatch(texts[0]):
            return texts[0]
    return _opening(element)


def _opening(element: HtmlElement) -> str:
    """The first of the texts that stand apart within an element, with its label and the names that are joined to it.

    "By", "Jane Roe", "and", "John Doe", "Staff writers" are three statements: who by, and what they are.
    """
    taken: list[str] = []
    for piece in (" ".join(text.split()) for text in element.itertext()):
        is_first = not any(map(_LETTER.search, taken))
        if not piece or (is_first and not _LETTER.search(piece)):
            continue
        is_surname = len(taken) == 1 and " " not in taken[0] + piece and bool(_NAME_LIKE.fullmatch(piece))
        if not (is_first or is_surname or _JOINT.search(taken[-1]) or _JOINED.match(piece)):
            break
        taken.append(piece)
    return " ".join(taken)


def _is_of_article(element: HtmlElement) -> bool:
    """Whether an element stands in no aside, form or comment."""
    return not any(is_elsewhere(box) for box in (element, *element.iterancestors()))

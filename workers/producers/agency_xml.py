"""The XML of news agencies, of the IPTC: NITF (https://www.iptc.org/std/NITF/), NewsML-G2 (https://iptc.org/std/NewsML-G2/)
and NITF inside NewsML 1. Each item of news with a text is a document.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from schemas.documents import ContentType, RawDocument
from schemas.errors import InputError

from .entries import entry, without_text

# The last four hold no news; they are known for the sake of what is said of them.
ROOTS = frozenset(
    {"nitf", "newsml", "newsitem", "newsmessage"}
    | {"packageitem", "conceptitem", "knowledgeitem", "catalogitem", "planningitem"}
)

# Elements of NITF that HTML has under other names; media are pictures with captions, and no text.
_AS_HTML = {"hl1": "h1", "hl2": "h2", "block": "div", "body.content": "div", "tagline": "p", "inlineXML": "div"}
_LEFT_OUT = {"media", "hedline", "byline", "body.end"}

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def agency_items(text: str, name: str, stem: str | None = None) -> Iterator[RawDocument | InputError]:
    """The items of news in a file; an error in the place of each without text, a notice for pictures and the like.

    Args:
        text: the file, decoded.
        name: the file or address, for errors.
        stem: stands in for a missing id.

    Raises:
        InputError: no XML of these kinds.
    """
    root = _root(text)
    if root is None:
        raise InputError(name, "is not XML", "check where it came from")
    items = root.xpath("descendant-or-self::newsItem[not(ancestor::newsItem)]")
    read = _g2 if items else _nitf
    items = items or root.xpath("descendant-or-self::nitf")
    if not items:
        raise InputError(name, "contains no news item (NITF, NewsML-G2)", "check where it came from")
    pictures = 0
    for number, item in enumerate(items, 1):
        texts = _texts(item) if read is _g2 else _articles(item)
        if not texts and read is _g2 and not _is_text(item):
            pictures += 1
        else:
            yield read(item, texts, name if len(items) == 1 else f"{name}, item {number}", stem)
    if pictures:
        yield without_text(name, pictures)


def nitf_text(text: str) -> str | None:
    """The text of an article in NITF, as HTML; None where there is none in it."""
    root = _root(text[text.find("<") :])
    return "".join(html for html, _ in _articles(root)) or None if root is not None else None


def _root(text: str) -> Any:
    """The root of a document, its names without their namespaces."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    # In UTF-8, whatever the declaration says it was in before it was decoded.
    begin = text.find("?>") + 2 if text.startswith("<?xml") else 0
    root = etree.fromstring(text[begin:].encode("utf-8", "replace"), parser)
    for element in root.iter(etree.Element) if root is not None else ():
        element.tag = etree.QName(element).localname
    return root


def _nitf(item: Any, texts: list[tuple[str, ContentType]], place: str, stem: str | None) -> RawDocument | InputError:
    fields = {
        "id": _attribute(item, "head/docdata/doc-id", "id-string"),
        "url": _attribute(item, "head/pubdata", "ex-ref"),
        "source": _attribute(item, "head/docdata/doc.copyright", "holder") or _attribute(item, "head/pubdata", "name"),
        "title": _headline(item) or _text(item, "head/title"),
        "author": _byline(item),
        "language": item.get(_LANGUAGE),
    }
    date = (
        _attribute(item, "head/docdata/date.issue", "norm")
        or _attribute(item, "head/docdata/date.release", "norm")
        or _attribute(item, "head/pubdata", "date.publication")
        or _attribute(item, ".//body.head/dateline/story.date", "norm")
    )
    return entry(_filled(fields), place, stem, texts=texts, date=date, feed=None, home=None)


def _g2(item: Any, texts: list[tuple[str, ContentType]], place: str, stem: str | None) -> RawDocument | InputError:
    fields = {
        "id": item.get("guid"),
        "url": _attribute(item, "itemMeta/link", "href") or _attribute(item, "rightsInfo/link", "href"),
        "source": _party(item, "itemMeta/provider") or _party(item, "rightsInfo/copyrightHolder"),
        "title": _text(item, "contentMeta/headline") or _headline(item) or _text(item, "itemMeta/title"),
        "author": _every(item, "contentMeta/by") or _every(item, "contentMeta/creator/name") or _byline(item),
        "language": _attribute(item, "contentMeta/language", "tag") or item.get(_LANGUAGE),
    }
    times = ("contentMeta/contentCreated", "itemMeta/firstCreated", "itemMeta/versionCreated")
    date = next((found for path in times if (found := _text(item, path))), None)
    return entry(_filled(fields), place, stem, texts=texts, date=date, feed=None, home=None)


def _texts(item: Any) -> list[tuple[str, ContentType]]:
    """The forms in which an item of NewsML-G2 has its text: XML of other kinds than articles are (events, results of a
    match) is one where the item says that it is a text.
    """
    found: list[tuple[str, ContentType]] = []
    for inline in item.findall("contentSet/inlineXML"):
        articles = _articles(inline)
        if not articles and (inline.find(".//p") is not None or _is_text(item)):
            articles = [(_html(inline), "text/html")]
        found += articles
    for data in item.findall("contentSet/inlineData"):
        markup = "html" in (data.get("contenttype") or "")
        found.append(("".join(data.itertext()), "text/html" if markup else "text/plain"))
    return found


def _articles(scope: Any) -> list[tuple[str, ContentType]]:
    """The bodies of an article in NITF, or in XHTML, one after another."""
    bodies = scope.findall(".//body.content") or scope.findall(".//body")
    return [("".join(map(_html, bodies)), "text/html")] if bodies else []


def _is_text(item: Any) -> bool:
    kind = _attribute(item, "itemMeta/itemClass", "qcode") or _attribute(item, "itemMeta/itemClass", "uri") or "text"
    return kind.lower().endswith("text")


def _html(body: Any) -> str:
    """An element's content as HTML, without what is no text of the article."""
    body = copy.deepcopy(body)
    body.tail = None
    for element in list(body.iter(etree.Element)):
        element.tag = _AS_HTML.get(element.tag, element.tag)
        if element.tag in _LEFT_OUT and element is not body:
            for child in list(element):
                element.remove(child)
            element.text, element.tag = None, "span"  # what follows it stays
    return str(etree.tostring(body, encoding="unicode", method="html"))


def _headline(item: Any) -> str | None:
    return _text(item, ".//body.head/hedline/hl1")


def _byline(item: Any) -> str | None:
    for office in item.findall(".//body.head/byline/byttl"):
        office.text = ""  # what the writer is ("Staff Writer") stands behind the name, with nothing in between
    return _every(item, ".//body.head/byline/person") or _every(item, ".//body.head/byline")


def _party(item: Any, path: str) -> str | None:
    """The name of whoever provides an item, or the most of a name that its code or address is."""
    party = item.find(path)
    if party is None:
        return None
    code = (party.get("qcode") or "").partition(":")[2]
    return _text(item, f"{path}/name") or party.get("literal") or code or urlsplit(party.get("uri") or "").hostname


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _every(item: Any, path: str) -> str | None:
    names = (" ".join("".join(each.itertext()).split()) for each in item.findall(path))
    return ", ".join(dict.fromkeys(filter(None, names))) or None


def _text(item: Any, path: str) -> str | None:
    found = item.find(path)
    return (" ".join("".join(found.itertext()).split()) or None) if found is not None else None


def _attribute(item: Any, path: str, name: str) -> str | None:
    found = item.find(path)
    return found.get(name) if found is not None else None

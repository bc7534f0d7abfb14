"""The XML of news agencies, of the IPTC: NITF (https://www.iptc.org/std/NITF/), NewsML-G2 (https://iptc.org/std/NewsML-G2/)
and NITF inside NewsML 1. Each item of news with a text is a document.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from lxml import etree

from schemas.documents import RawDocument
from schemas.errors import InputError, Notice

from .entries import entry

ROOTS = frozenset({"nitf", "newsml", "newsitem", "newsmessage", "packageitem"})

# Elements of NITF that HTML has under other names; media are pictures with captions, and no text.
_AS_HTML = {"hl1": "h1", "hl2": "h2", "block": "div", "body.content": "div", "tagline": "p"}
_LEFT_OUT = {"media", "hedline", "byline", "body.end"}


def agency_items(text: str, name: str, stem: str | None = None) -> Iterator[RawDocument | InputError]:
    """The items of news in a file; an error in the place of each without text, a notice for pictures and the like.

    Args:
        text: the file, decoded.
        name: the file or address, for errors.
        stem: stands in for a missing id.

    Raises:
        InputError: no XML of these kinds.
    """
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise InputError(name, "is no XML", "check where it came from")
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    items = root.xpath("descendant-or-self::newsItem[not(ancestor::newsItem)]")
    read = _g2 if items else _nitf
    others = 0
    items = items or root.xpath("descendant-or-self::nitf")
    for number, item in enumerate(items, 1):
        place = name if len(items) == 1 else f"{name}, item {number}"
        if read is _g2 and not _is_text(item):
            others += 1
            continue
        yield read(item, place, stem)
    if not items:
        raise InputError(name, "holds no item of news (NITF, NewsML-G2)", "check where it came from")
    if others:
        yield Notice(name, f"{others} items are pictures or the like, and no text", None)


def _nitf(item: Any, place: str, stem: str | None) -> RawDocument | InputError:
    fields = {
        "id": _attribute(item, "head/docdata/doc-id", "id-string"),
        "url": _attribute(item, "head/pubdata", "ex-ref"),
        "source": _attribute(item, "head/docdata/doc.copyright", "holder") or _attribute(item, "head/pubdata", "name"),
        "title": _text(item, ".//body.head/hedline/hl1") or _text(item, "head/title"),
        "author": _text(item, ".//body.head/byline/person") or _text(item, ".//body.head/byline"),
        "language": item.get("{http://www.w3.org/XML/1998/namespace}lang"),
    }
    date = (
        _attribute(item, "head/docdata/date.issue", "norm")
        or _attribute(item, "head/docdata/date.release", "norm")
        or _attribute(item, "head/pubdata", "date.publication")
        or _attribute(item, ".//body.head/dateline/story.date", "norm")
    )
    texts = [(_html(body), "text/html") for body in item.findall(".//body.content")]
    return entry(_filled(fields), place, stem, texts=texts, date=date, feed=None, home=None)  # type: ignore[arg-type]


def _g2(item: Any, place: str, stem: str | None) -> RawDocument | InputError:
    inline = item.find("contentSet/inlineXML")
    provider = item.find("itemMeta/provider")
    fields = {
        "id": item.get("guid"),
        "url": _attribute(item, "itemMeta/link", "href") or _attribute(item, "rightsInfo/link", "href"),
        "source": _text(item, "itemMeta/provider/name")
        or (provider is not None and (provider.get("literal") or provider.get("qcode") or provider.get("uri")))
        or None,
        "title": _text(item, "contentMeta/headline") or _text(item, "itemMeta/title"),
        "author": _text(item, "contentMeta/by") or _text(item, "contentMeta/creator/name"),
        "language": _attribute(item, "contentMeta/language", "tag")
        or item.get("{http://www.w3.org/XML/1998/namespace}lang"),
    }
    date = next(
        (
            found
            for path in ("contentMeta/contentCreated", "itemMeta/firstCreated", "itemMeta/versionCreated")
            if (found := _text(item, path))
        ),
        None,
    )
    texts: list[Any] = []
    if inline is not None:
        bodies = inline.findall(".//body.content") or inline.findall(".//body") or list(inline)
        texts += [(_html(body), "text/html") for body in bodies]
    for data in item.findall("contentSet/inlineData"):
        markup = "html" in (data.get("contenttype") or "")
        texts.append(("".join(data.itertext()), "text/html" if markup else "text/plain"))
    return entry(_filled(fields), place, stem, texts=texts, date=date, feed=None, home=None)


def _is_text(item: Any) -> bool:
    kind = _attribute(item, "itemMeta/itemClass", "qcode") or _attribute(item, "itemMeta/itemClass", "uri") or "text"
    return kind.lower().endswith("text")


def _html(body: Any) -> str:
    """An element's content as HTML, without what is no text of the article."""
    body = copy.deepcopy(body)
    body.tail = None
    for element in list(body.iter(etree.Element)):
        if element.tag in _LEFT_OUT and element.getparent() is not None:
            element.getparent().remove(element)
        element.tag = _AS_HTML.get(element.tag, element.tag)
    return str(etree.tostring(body, encoding="unicode", method="html"))


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _text(item: Any, path: str) -> str | None:
    found = item.find(path)
    return (" ".join("".join(found.itertext()).split()) or None) if found is not None else None


def _attribute(item: Any, path: str, name: str) -> str | None:
    found = item.find(path)
    return found.get(name) if found is not None else None

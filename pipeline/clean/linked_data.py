"""The linked data (JSON-LD, schema.org) of a page, and which of its objects is the page's article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml import html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from .paragraphs import key, paragraphs

# schema.org's classes of written pieces all end so: NewsArticle, OpinionNewsArticle, LiveBlogPosting, Report.
_ARTICLE = re.compile(r"(?:Article|Posting|Report)$")
# Properties whose objects are other things than the page: parts, neighbours, people, what readers wrote.
_OTHERS = frozenset(
    [
        "liveBlogUpdate",
        "hasPart",
        "itemListElement",
        "comment",
        "video",
        "audio",
        "image",
        "author",
        "creator",
        "contributor",
        "publisher",
        "about",
        "mentions",
        "isPartOf",
        "citation",
        "review",
        "breadcrumb",
        "relatedLink",
        "subjectOf",
        "sourceOrganization",
        "associatedMedia",
        "isBasedOn",
    ]
)
_TAG = re.compile(r"<[a-zA-Z/!]")
BREAKS = re.compile(r"<(?:br|/p|/div|/h\d|/li)\b[^>]{0,200}>", re.I)
# A statement in linked data that is no JSON, for quotation marks that nobody escaped or a comma too many.
_STATEMENT = re.compile(r'"(datePublished|headline|articleBody)"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){1,200000})"\s{0,9}[,}]')


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What linked data says of the page's article; None and empty where it says nothing."""

    headline: str | None = None
    persons: list[str] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)
    publisher: str | None = None
    published: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    is_free: bool | None = None


def read_linked_data(tree: HtmlElement, titles: Iterable[str]) -> LinkedData:
    """What the page's linked data says of its article.

    Args:
        titles: the page's titles; of several articles, the one that has one of them is taken, else the first.
    """
    objects: list[dict[str, Any]] = []
    broken: dict[str, str] = {}
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            text = script.text or ""
            try:
                objects += _objects(json.loads(text, strict=False))
            except (ValueError, RecursionError):
                broken = dict(_STATEMENT.findall(text)) | broken
    # A recipe, a review or a page has an author as well.
    written = (item for item in objects if "author" in item and "datePublished" in item)
    articles = [item for item in objects if _is_article(item)] or list(written)
    known = {key(title) for title in titles}
    named = (item for item in articles if key(_text(item.get("headline"))) in known)
    article = next(named, articles[0] if articles else {})
    pages = [item for item in objects if "WebPage" in _types(item)]
    dates = [article.get("datePublished"), article.get("coverageStartTime")]
    if not article and broken:
        article, dates = dict(broken), [broken.get("datePublished")]
    dates += [item.get("datePublished") for item in pages]
    by_id = {item["@id"]: item for item in objects if isinstance(item.get("@id"), str) and len(item) > 1}
    authors = [_person(value, by_id) for value in _list(article.get("author") or article.get("creator"))]
    publisher = next((_person(value, by_id)[0] for value in _list(article.get("publisher"))), None)
    return LinkedData(
        headline=_text(article.get("headline")) or None,
        persons=[name for name, is_person in authors if name and is_person],
        organizations=[name for name, is_person in authors if name and not is_person],
        publisher=publisher,
        published=[date for date in dates if isinstance(date, str)],
        body=_body(article.get("articleBody")),
        is_free=_is_free(article, pages),
    )


def _objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a piece of linked data that stand for the page or a part of its description, outermost first."""
    found: list[dict[str, Any]] = []
    left: list[Any] = [value]
    for item in left:  # grows as it is read
        if isinstance(item, dict):
            found.append(item)
            left.extend(part for name, part in item.items() if name not in _OTHERS)
        elif isinstance(item, list):
            left.extend(item)
    return found


def _types(item: dict[str, Any]) -> list[str]:
    return [kind for kind in _list(item.get("@type")) if isinstance(kind, str)]


def _is_article(item: dict[str, Any]) -> bool:
    return any(_ARTICLE.search(kind) for kind in _types(item))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return " ".join(unescape(value).split()) if isinstance(value, str) else ""


def _person(value: Any, by_id: dict[str, dict[str, Any]]) -> tuple[str, bool]:
    """A name, and whether it is a person's as far as the data says."""
    if isinstance(value, dict):
        if "name" not in value and isinstance(value.get("@id"), str):
            value = by_id.get(value["@id"], value)
        names = _list(value.get("name"))
        return _text(names[0] if names else None), not any("Organization" in kind for kind in _types(value))
    return _text(value), True


def _body(value: Any) -> list[str]:
    """The paragraphs of `articleBody`; its tags, where it has any, taken out."""
    if not isinstance(value, str):
        return []
    text = unescape(value)
    if _TAG.search(text):
        try:
            text = html.fromstring("<div>" + BREAKS.sub("\n", text) + "</div>").text_content()
        except (LxmlError, ValueError):
            return []
    return paragraphs(text)


def _is_free(article: dict[str, Any], pages: list[dict[str, Any]]) -> bool | None:
    for item in (article, *pages):
        stated = item.get("isAccessibleForFree")
        if stated is not None:
            return str(stated).strip().lower() not in ("false", "0", "no")
    return None

"""Lists of feeds: OPML 1.0 and 2.0 (http://opml.org/spec2.opml), and plain files of one address a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from schemas.errors import InputError
from schemas.urls import Url
from workers.fetching.urls import checked
from workers.producers.files import printable

# Tens of thousands of feeds; past this it is no list.
_MOST = 16 * 2**20


class ListedFeed(NamedTuple):
    """A feed of a list."""

    url: Url
    title: str | None = None


def read_list(path: Path) -> list[ListedFeed | InputError]:
    """The feeds of a list, and an error in the place of each that has no usable address.

    Raises:
        InputError: the file cannot be read, or lists nothing.
    """
    name = printable(path)
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise InputError(name, f"cannot be read ({error.strerror})", "check the path") from error
    if len(data) > _MOST:
        raise InputError(name, "is larger than 16 MB, too large for a list of feeds")
    listed = _opml(data, name) if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else _plain(data, name)
    if not listed:
        raise InputError(name, "lists no feed", "write OPML, or one address per line")
    return listed


def opml(feeds: Iterable[tuple[str, str | None]]) -> bytes:
    """An OPML 2.0 document of feeds (address, title)."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Wireroom"
    body = etree.SubElement(root, "body")
    for url, title in feeds:
        text = "".join(c for c in title or url if c.isprintable())
        etree.SubElement(body, "outline", type="rss", text=text, xmlUrl=url)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _opml(data: bytes, name: str) -> list[ListedFeed | InputError]:
    # Sloppy lists are common, so what is broken is passed over; nothing outside the file is read, no entity expanded.
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(name, "is not OPML", "write OPML, or one address per line") from error
    if root is None:
        raise InputError(name, "is not OPML", "write OPML, or one address per line")
    listed: list[ListedFeed | InputError] = []
    for outline in root.iter("outline"):
        given = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
        if given.get("xmlurl"):
            title = given.get("title") or given.get("text") or None
            listed.append(_listed(given["xmlurl"], title, f"{name}, line {outline.sourceline}"))
    return listed


def _plain(data: bytes, name: str) -> list[ListedFeed | InputError]:
    listed = []
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            listed.append(_listed(line, None, f"{name}, line {number}"))
    return listed


def _listed(url: str, title: str | None, place: str) -> ListedFeed | InputError:
    try:
        return ListedFeed(checked(url.replace("feed://", "https://", 1)), title)
    except InputError as error:
        return InputError(place, error.cause, error.advice)

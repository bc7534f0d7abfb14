"""What a reader of a record should know of the text it holds: where it is not whole, and where it was found."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from schemas.data_files import read_toml

from .facts import Facts
from .prose import HIDDEN_STYLE

# As they stand in `Cleaned.notes`.
NOT_FREE = "not whole: the page says that the article is not free to read"
HIDDEN = "not whole: the page hides the rest behind a paywall"
LINKED_DATA = "text from the page's linked data"
SCRIPT_DATA = "text from the data of the page's scripts"

_PAYWALL = re.compile(rf"(?<![a-z])(?:{'|'.join(read_toml(__package__, 'facts.toml')['paywall'])})(?![a-z])", re.I)


def notes_on(tree: HtmlElement, facts: Facts) -> list[str]:
    """The notes on a page: that it states not to be free, or hides a part that it names a paywall's."""
    if facts.is_free is False:
        return [NOT_FREE]
    for element in tree.iter("div", "section", "article", "p"):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        is_unseen = element.get("hidden") is not None or HIDDEN_STYLE.search(element.get("style") or "")
        if is_unseen and _PAYWALL.search(names) and any(True for _ in element.iter("p")):
            return [HIDDEN]
    return []

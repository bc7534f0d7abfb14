"""The text of a page that a script draws, from the data that the script reads (`<script type="application/json">`)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from .linked_data import BREAKS
from .paragraphs import paragraphs
from .rules import SENTENCE_END

# Words; what is shorter is a label, and so is what does not end as a sentence.
_WORDS = 8
# Paragraphs that stand under one name, before they are taken for an article's.
_PARAGRAPHS = 2
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")


def script_text(tree: HtmlElement) -> list[str]:
    """The paragraphs of the article in a page's data: of the texts that stand under one name, those that are longest
    together; none where there is no such data, or it cannot be read."""
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for script in tree.iter("script"):
        kind = (script.get("type") or "").split(";")[0].strip().lower()
        if kind == "application/json" or (script.get("id") or "").startswith("__"):
            try:
                _collect(json.loads(script.text or "", strict=False), places)
            except (ValueError, RecursionError):
                continue
    found = [[line for text in texts for line in _prose(text)] for texts in places.values()]
    best = max(found, key=lambda lines: sum(map(len, lines)), default=[])
    return best if len(best) >= _PARAGRAPHS else []


def _collect(data: Any, places: dict[tuple[str, ...], list[str]]) -> None:
    """Every text of the data under the names that lead to it; members of one list stand under one name."""
    left: list[tuple[tuple[str, ...], Any]] = [((), data)]
    while left:
        path, value = left.pop()
        if isinstance(value, str):
            places[path].append(value)
        elif isinstance(value, dict):
            left += [((*path, name), item) for name, item in reversed(value.items())]
        elif isinstance(value, list):
            left += [(path, item) for item in reversed(value)]


def _prose(text: str) -> list[str]:
    lines = paragraphs(unescape(_TAG.sub("", BREAKS.sub("\n", text))))
    return [line for line in lines if line.count(" ") + 1 >= _WORDS and SENTENCE_END.search(line)]

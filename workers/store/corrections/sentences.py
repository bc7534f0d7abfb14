"""The sentence around a span that a person marked: a record needs one, and no language model is at hand to ask."""

from __future__ import annotations

import re

# The end of a sentence: its mark, closing quotation marks or brackets, a space; or the end of a line.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s|\n")


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Start and end of the sentence that holds a span."""
    begin = 0
    for found in _END.finditer(text, 0, start):
        begin = found.end()
    following = _END.search(text, end)
    finish = following.start() + len(following[0].rstrip()) if following else len(text)
    while begin < start and text[begin].isspace():
        begin += 1
    return begin, max(end, finish)

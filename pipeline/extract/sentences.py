"""Where sentences begin and end, by rule: the parser reads one sentence at a time, so they must be known before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract.lists import read_sections

# A sentence longer than this is cut at a space: the longest in news runs to some 1,500 characters, and what is longer
# (a table, a page without punctuation) has no parse worth having.
LONGEST = 2_000
# So is a run of characters without white space: longer than any web address, and the tokenizer's time is its square.
LONGEST_WORD = 300

# The end of a sentence: a stop with what closes around it, then white space and the next word.
_STOP = re.compile(r"(?P<stop>[.!?…]{1,20})(?P<close>[\"”’'»)\]*]{0,9})(?P<space>[^\S\n]+)(?=(?P<next>\S{1,40}))")
# The word before a stop, for abbreviations; none is longer.
_WORD = re.compile(r"[^\s\"“”«»()\[\]—]{0,16}$")
_UNBROKEN = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
# The dateline before a report's first sentence: "PARIS, July 3 (AP) -", "(CNN)".
_DATELINE = re.compile(
    r"(?:[A-Z][A-Z.'’-]+(?:[ ,/]+[A-Z][A-Z.'’-]+)*(?:, [A-Z][\w.]*(?: \w+)?){0,2}(?: ?\([^)\n]{2,30}\))? ?(?:--|[-–—])|"
    r"\([A-Z][A-Za-z]{1,11}\)(?: ?[-–—])?) (?=\S)"
)
_INITIAL = re.compile(r"(?:^|[-.])[A-Z]$")
_OPENING_MARKS = "\"“‘'«([—–-*•"


@cache
def _abbreviations() -> dict[str, frozenset[str]]:
    return {name: frozenset(" ".join(lines).split()) for name, lines in read_sections("abbreviations.txt").items()}


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of `text`, without the white space around it; none crosses a newline."""
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        if dateline := _DATELINE.match(text, start, line.end()):
            yield from _pieces(text, start, dateline.end())
            start = dateline.end()
        for stop in _STOP.finditer(text, start, line.end()):
            if _ends(stop, text):
                yield from _pieces(text, start, stop.end("close"))
                start = stop.end("space")
        yield from _pieces(text, start, line.end())


def _ends(stop: re.Match[str], text: str) -> bool:
    following = stop["next"].lstrip(_OPENING_MARKS)
    if not following:
        return True
    if following[0].islower():
        return False
    if stop["stop"] != "." or stop["close"]:
        return True
    before = _WORD.search(text[max(0, stop.start() - 16) : stop.start()])
    word, listed = before[0] if before is not None else "", _abbreviations()
    if word in listed["never"]:
        return False
    if word in listed["may"] or _INITIAL.search(word):
        return stop["next"] != following or following.rstrip(",.;:") in listed["openers"]
    return True


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without its outer white space, cut into pieces of bearable length."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    for run in _UNBROKEN.finditer(text, start, end):
        yield from _pieces(text, start, run.start() + LONGEST_WORD)
        start = run.start() + LONGEST_WORD
    while end - start > LONGEST:
        space = text.rfind(" ", start, start + LONGEST)
        cut = space if space > start else start + LONGEST
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end

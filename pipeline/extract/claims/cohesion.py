"""How a figure's sentence hangs together with what its document is about.

A list of earlier attacks, a sidebar on another accident, the victims of one place read like the toll of the event; what
tells them apart is whether they name the places and words of the headline and the lead, how they open, and in which
line and under which heading they stand (lexical cohesion: Halliday and Hasan 1976, "Cohesion in English").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.features import lemma
from pipeline.extract.tokens import AnalysedText, Span
from schemas.records import PLACE_LABELS

_PLACES = frozenset({*PLACE_LABELS, "EVENT", "NORP"})
_NAMES = _PLACES | {"PERSON", "ORG"}
_FUNCTION_WORDS = frozenset({"the", "of", "a"})
_CONTENT = frozenset({"NOUN", "PROPN"})
# Sentences that tell what the document is about, and letters of a word that tells it too: shorter ones are of grammar.
_LEAD, _TELLING = 2, 4
# Words of a line that may be an item of a list, and of one that is hardly a paragraph yet.
_SHORT, _MIDDLING = 8, 15
# Lines above a figure among which its heading is sought, and words of a heading that are looked at.
_LINES_ABOVE, _WORDS_OF_HEADING = 8, 12
_ENDINGS = (".", "!", "?", '"', "”", ",")
_BULLET = re.compile(r"[-•*–—·]|\d+[.)]")
_AFTER_COLON = re.compile(r":\s*(at least |about |more than )?$")
_NEAR_COLON = 16  # characters: the longest of these and some space


class Cohesion:
    """The sentences, lines and lead of one document, to which its figures are held."""

    def __init__(self, doc: AnalysedText, title: str | None) -> None:
        self._text = doc.text
        self._sentences = [sentence for sentence in doc.sents if not sentence.text.isspace()]
        self._starts = [sentence.start_char for sentence in self._sentences]
        self._lines = [match.span() for match in re.finditer(r"[^\n]+", self._text)]
        self._line_starts = [start for start, _ in self._lines]
        lead = self._sentences[:_LEAD]
        names: list[list[Span]] = [[] for _ in self._sentences]
        for name in doc.ents:  # once: of a sentence spaCy looks through those of the whole document
            if self._starts and name.label_ in _NAMES:
                names[max(0, bisect_right(self._starts, name.start_char) - 1)].append(name)
        self._title_words = _telling(title or "")
        named = (word for own in names[:_LEAD] for name in own for word in _words(name.text))
        self._named = frozenset(_words(title or "")) | frozenset(named)
        self._lead_words = frozenset(word for sentence in lead for word in _content(sentence) if len(word) >= _TELLING)
        self._places = [self._places_of(own) for own in names]
        naming = [number if told != "none" else -1 for number, told in enumerate(self._places)]
        self._told: dict[int, list[str]] = {}  # the features that all figures of a sentence share
        self._last_naming = list(accumulate(naming, max))  # the last sentence so far that names a place, -1 for none

    def of(self, candidate: Candidate) -> Iterator[str]:
        """The features of a figure."""
        number = max(0, bisect_right(self._starts, candidate.sentence.start_char) - 1)
        if number not in self._told:
            self._told[number] = [*self._of_places(number), *self._of_words(number, candidate.sentence)]
        yield from self._told[number]
        yield from self._of_line(candidate)

    def _places_of(self, names: Sequence[Span]) -> str:
        """Whether the places among the names of a sentence are those of the headline and the lead."""
        told = [any(word in self._named for word in _words(name.text)) for name in names if name.label_ in _PLACES]
        return "none" if not told else "known" if all(told) else "both" if any(told) else "new"

    def _of_places(self, number: int) -> Iterator[str]:
        yield f"places={self._places[number]}"
        last = self._last_naming[number]
        yield "last_places=none" if last < 0 else f"last_places={self._places[last]}:{min(number - last, 3)}"

    def _of_words(self, number: int, sentence: Span) -> Iterator[str]:
        opening = next((token for token in sentence if token.is_alpha or token.is_punct), None)
        if opening is not None:
            yield f"opens={lemma(opening)}"
        yield f"title_shared={min(2, len(self._title_words & _telling(sentence.text)))}"
        if number >= _LEAD:
            yield f"lead_shared={min(4, len(self._lead_words.intersection(_content(sentence))))}"

    def _of_line(self, candidate: Candidate) -> Iterator[str]:
        number = max(0, bisect_right(self._line_starts, candidate.figure.start) - 1)
        start = self._lines[number][0]
        line = self._line(number)
        words = len(line.split())
        length = "short" if words <= _SHORT else "middling" if words <= _MIDDLING else "long"
        yield f"line={length}:{'colon' if line.endswith(':') else 'closed' if line.endswith(_ENDINGS[:-1]) else 'open'}"
        if first := re.search(r"\w+", line):
            yield f"paragraph_opens={first.group().lower()}"
        if _BULLET.match(line):
            yield "bullet"
        if _AFTER_COLON.search(self._text, max(start, candidate.figure.start - _NEAR_COLON), candidate.figure.start):
            yield "after_colon"
        for back in range(1, min(_LINES_ABOVE, number) + 1):
            above = self._line(number - back)
            if above.endswith(":") or (len(above.split()) <= _SHORT and not above.endswith(_ENDINGS)):
                yield f"headed={min(back, 4)}"
                yield from (f"heading={word}" for word in re.findall(r"[a-z]+", above.casefold())[:_WORDS_OF_HEADING])
                return

    def _line(self, number: int) -> str:
        start, end = self._lines[number]
        return self._text[start:end].strip()


def _words(text: str) -> Sequence[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if word not in _FUNCTION_WORDS]


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[a-z]+", text.casefold()) if len(word) >= _TELLING)


def _content(sentence: Span) -> Iterator[str]:
    return (token.lemma_.lower() for token in sentence if token.pos_ in _CONTENT)

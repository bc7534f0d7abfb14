"""What holds for every text: cleaning twice is cleaning once, and no word is made, lost without a trace, or moved."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean import clean
from pipeline.clean.rules import default_rules
from schemas.documents import RawDocument
from schemas.errors import NoTextError
from schemas.records import Cleaned

# Pieces that rules look for, and pieces that they must leave, put together in any order and glued in any way.
FURNITURE = [
    "Read more",
    "Read more:",
    "Related stories",
    "Advertisement",
    "Advertisement Continue reading the main story",
    "Photo",
    "READ MORE: Five bridges that did not hold",
    "Hide Caption 3 of 12",
    "(Ana Ruiz/Reuters)",
    "Getty Images",
    "By Ana Ruiz",
    "Share this with Facebook",
    "Sign up for our newsletter",
    "(Reporting by Ana Ruiz; Editing by Jan Kowal)",
    "—With Jan Kowal",
    "Photos: Flood A boat passes. Hide Caption 1 of 2",
    "Copyright 2019 Example. All rights reserved.",
    "___",
    "Reuters",
    "Share Tweet Email Print",
    "5 September 2026",
    "Also on Orlen Radio: Why sirens stayed silent",
]
SENTENCES = [
    "The river rose two metres in a night.",
    "“Our people should not worry,” he said.",
    "Eight people were hurt",
    "Flood in Orlen",
    "Village elder Tomas Varga Varga is the son of a ferryman.",
    "Mayor Ana Ruiz Ms Ruiz, who was there, said no.",
    "The mayor said:",
    "Tomas Varga Varga was there",
    "Is it safe?",
    "东京消防厅说，三人受伤。",
    "وقالت الشرطة إن ثلاثة قتلوا.",
    "caf\u00e9 na\u00efve \u00ab oui \u00bb",
    "3/30 A boat",
    "1,200",
]
GLUE = st.sampled_from([" ", "\n", "\n\n", "  ", "\r\n", "\t", "\u00a0", " \n "])
PIECES = st.lists(st.tuples(st.sampled_from(FURNITURE + SENTENCES), GLUE), min_size=1, max_size=14)
CRAWLED = PIECES.map(lambda pieces: "".join(piece + glue for piece, glue in pieces))
ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(str.strip)
TITLES = st.none() | st.sampled_from(["Flood in Orlen", "Eight people were hurt", "Reuters"])

WORD = re.compile(r"\w+")


def cleaned(text: str, title: str | None = None) -> Cleaned | None:
    try:
        return clean(RawDocument(content=text, title=title))
    except NoTextError:
        return None


@given(CRAWLED | ANYTHING, TITLES)
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_is_cleaning_once(text: str, title: str | None) -> None:
    once = cleaned(text, title)
    if once is not None:
        twice = cleaned(once.text, once.title)
        assert twice is not None
        assert twice.text == once.text


@given(CRAWLED, TITLES)
@settings(max_examples=200, deadline=None)
def test_what_is_in_the_text_was_in_the_input_in_the_same_order(text: str, title: str | None) -> None:
    result = cleaned(text, title)
    words = iter(WORD.findall(text))
    assert result is None or all(word in words for word in WORD.findall(result.text))


@given(CRAWLED, TITLES)
@settings(max_examples=200, deadline=None)
def test_every_word_is_in_the_text_or_among_what_was_removed(text: str, title: str | None) -> None:
    result = cleaned(text, title)
    if result is not None:
        found = Counter(WORD.findall("\n".join([result.text, *(piece.text for piece in result.removed)])))
        assert found == Counter(WORD.findall(text))


@given(PIECES)
@settings(max_examples=200, deadline=None)
def test_no_rule_joins_or_splits_a_word(pieces: list[tuple[str, str]]) -> None:
    lines = [piece for piece, _ in pieces] + [" ".join(piece for piece, _ in pieces)]
    parts = [part for _, part in default_rules().cut(lines)]
    assert [word for part in parts for word in part.split()] == [word for line in lines for word in line.split()]


@given(CRAWLED)
@settings(max_examples=50, deadline=None)
def test_the_text_is_one_trimmed_paragraph_a_line(text: str) -> None:
    result = cleaned(text)
    assert result is None or all(line and line == " ".join(line.split()) for line in result.text.split("\n"))

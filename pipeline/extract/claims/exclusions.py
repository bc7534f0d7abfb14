"""Figures that a measure was found for and that count no people all the same, by what stands about them: ages, days,
parts of names. What counts nothing whatever it stands beside is no candidate (`uncounted`).
"""

from __future__ import annotations

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.counted import names_people
from pipeline.extract.claims.data import grammar
from pipeline.extract.claims.triggers import Triggers
from pipeline.extract.tokens import AnalysedText, Token
from pipeline.measures import measures_of

_CLOSING = frozenset({",", ".", ";", ")", "-", "–", "—"})


def counts_people(doc: AnalysedText, count: Candidate, triggers: Triggers) -> bool:
    """Whether a count that has a measure can be one of people."""
    figure, counted = count.figure, count.counted
    head = doc[counted.head] if counted.head is not None else None
    if counted.sort == "other" or (figure.kind == "same" and head is not None):
        return False
    if figure.kind == "one":
        return (
            counted.sort == "person"
            and head is not None
            and count.measures[0] in measures_of("harm")
            and not _named(doc, head)
        )
    if figure.kind == "ordinal":
        return head is not None and head.lower_ in grammar("ordinal_nouns")
    if figure.kind == "number" and figure.value != 1 and head is not None and not _can_be_plural(head):
        return False  # "the 2010 death", "the Apollo 17 astronaut"
    if figure.kind == "vague" and head is not None and counted.sort == "unknown":
        counting = figure.text.lower() in grammar("vague_numbers") or triggers.at(head.i, "noun")
        if not counting:
            return False  # "a number of issues"
    if count.first == count.sentence.start:
        return True
    before = doc[count.first - 1]
    if (before.lower_ == "but" and doc[before.i - 1].lower_ == "all") or (
        before.lower_ == "of" and _single_person(doc[before.i - 1], triggers)
    ):
        return False  # "all but two drowned", "a boy of nine"
    return head is not None or not figure.text.isdigit() or _bare_count(doc, count, before, triggers)


def _bare_count(doc: AnalysedText, count: Candidate, before: Token, triggers: Triggers) -> bool:
    """Whether digits without a noun count people: no year, no date, no age, no part of a name."""
    following = doc[count.last + 1] if count.last + 1 < len(doc) else None
    if following is not None and (following.like_num or _in_date(following)):
        return False
    in_name = before.tag_ in ("NN", "NNP") and before.is_title and before.i not in triggers.ending
    if _in_date(before) or in_name:
        return False  # "May 12", "Flight 447"
    closed = following is None or following.text in _CLOSING
    if closed and before.text in (",", "(") and doc[before.i - 1].tag_ in ("NN", "NNP", "NNPS"):
        return False  # "Ann Lee, 48, died"
    year = len(count.figure.text) == 4 and 1900 <= int(count.figure.text) < 2100
    return not (year and before.tag_ in ("IN", "NNP", ","))


def _in_date(token: Token) -> bool:
    return token.ent_type_ == "DATE" and token.tag_ == "NNP"


def _can_be_plural(noun: Token) -> bool:
    word = noun.lower_
    if noun.tag_ not in ("NN", "NNP") or word.endswith("s") or word in grammar("collectives"):
        return True
    return word.endswith(("men", "women", "people", "children", "folk", "crew"))


def _single_person(noun: Token, triggers: Triggers) -> bool:
    return names_people(noun) and noun.tag_ == "NN" and not triggers.up_to(noun.i, "holder")


def _named(doc: AnalysedText, head: Token) -> bool:
    """Whether a name follows the noun: "a woman, Jane Roe, was killed"."""
    if any(token.dep_ == "appos" and token.pos_ == "PROPN" for token in head.subtree):
        return True
    ahead = doc[head.i + 1 : head.i + 3]
    return any(token.ent_type_ == "PERSON" or token.lower_ in ("named", "called") for token in ahead)

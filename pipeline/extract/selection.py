"""Which sentences are worth a parse: those that can hold a quote or a claim."""

from __future__ import annotations

from functools import cache

from spacy.tokens import Doc

from pipeline.extract.claims.triggers import find_triggers
from pipeline.extract.inflection import inflections
from pipeline.extract.lists import read_toml

# Words from a number to the noun it counts; plurals without an "s"; and what is counted that is no people.
_NOUN_WITHIN = 6
_PLURALS = frozenset({"people", "men", "women", "children", "police", "crew", "staff", "folk"})
_UNITS = frozenset(
    {"years", "months", "weeks", "days", "hours", "minutes", "seconds", "miles", "meters", "metres", "feet", "times"}
    | {"kilometers", "kilometres", "dollars", "euros", "pounds", "points", "inches", "acres", "tons", "tonnes", "was"}
)
_MARKS = frozenset('"“”„«»‘`＂‹›') | {"''", "``", ":"}


@cache
def _telling_words() -> frozenset[str]:
    """Every form of the verbs that report."""
    cues = read_toml("cues.toml")
    verbs = (cues["reporting"] + " cite quote").split()
    return frozenset(
        {"according"} | set(cues["irregular"].split()) | {form for verb in verbs for form in inflections(verb)}
    )


def is_worth_parsing(sentence: Doc) -> bool:
    """Whether a sentence, as tokens, has a quotation mark, a reporting verb, or what may count people."""
    telling = _telling_words()
    for token in sentence:
        if token.text in _MARKS or token.lower_ in telling or (token.like_num and _counts(sentence, token.i)):
            return True
        if token.text in {"'", "’"} and not (token.i and sentence[token.i - 1].text.endswith("s")):
            return True
    return bool(find_triggers(sentence).starting)


def _counts(sentence: Doc, number: int) -> bool:
    """Whether a plural that is no measure follows a number: "two young players", not "9 p.m." nor "20 miles"."""
    for token in sentence[number + 1 : number + 1 + _NOUN_WITHIN]:
        word = token.lower_
        if token.is_alpha and (word in _PLURALS or (len(word) > 3 and word.endswith("s"))):
            return word not in _UNITS
        if token.is_punct and token.text != "-":
            return False
    return False

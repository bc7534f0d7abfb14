"""Which sentences are worth a parse: those that can hold a quote or a claim."""

from __future__ import annotations

from functools import cache

from spacy.tokens import Doc

from pipeline.extract.claims.data import read_toml as read_claim_cues
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
# Words from the verb to the number, and of those from "at": "put the number of wounded civilians at more than 80".
_PUT_WITHIN, _BOUND = 12, 4
_MARKS = frozenset('"“”„«»‘`＂‹›') | {"''", "``", ":"}


@cache
def _telling_words() -> frozenset[str]:
    """Every form of the verbs that report."""
    cues = read_toml("cues.toml")
    verbs = (cues["reporting"] + " cite quote").split()
    return frozenset(
        {"according"} | set(cues["irregular"].split()) | {form for verb in verbs for form in inflections(verb)}
    )


@cache
def _putting() -> tuple[frozenset[str], frozenset[str]]:
    """Every form of the verbs that put a count at a number, and the words that lead to it."""
    cues = read_claim_cues("cues.toml")
    verbs = cues["putting"].split()
    return frozenset(form for verb in verbs for form in inflections(verb)), frozenset(cues["leading_to_counts"].split())


def is_worth_parsing(sentence: Doc) -> bool:
    """Whether a sentence, as tokens, has a quotation mark, a reporting verb, or what may count people."""
    telling = _telling_words()
    for token in sentence:
        if token.text in _MARKS or token.lower_ in telling:
            return True
        if token.like_num and (_counts(sentence, token.i) or _is_put(sentence, token.i)):
            return True
        if token.text in {"'", "’"} and not (token.i and sentence[token.i - 1].text.endswith("s")):
            return True
    return bool(find_triggers(sentence).starting)


def _is_put(sentence: Doc, number: int) -> bool:
    """Whether somebody puts something at a number: "the union put it at about 80"."""
    putting, leading = _putting()
    words = [token.lower_ for token in sentence[max(0, number - _PUT_WITHIN) : number]]
    return not leading.isdisjoint(words[-_BOUND:]) and not putting.isdisjoint(words)


def _counts(sentence: Doc, number: int) -> bool:
    """Whether a plural that is no measure follows a number: "two young players", not "9 p.m." nor "20 miles"."""
    for token in sentence[number + 1 : number + 1 + _NOUN_WITHIN]:
        word = token.lower_
        if token.is_alpha and (word in _PLURALS or (len(word) > 3 and word.endswith("s"))):
            return word not in _UNITS
        if token.is_punct and token.text != "-":
            return False
    return False

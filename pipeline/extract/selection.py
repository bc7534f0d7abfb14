"""Which sentences are worth a parse: those that can hold a quote or a claim."""

from __future__ import annotations

from functools import cache

from spacy.tokens import Doc

from pipeline.extract.claims.triggers import find_triggers, inflections
from pipeline.extract.lists import read_toml

_MARKS = frozenset("\"“”„«»‘`＂‹›") | {"''", "``"}


@cache
def _telling_words() -> frozenset[str]:
    """Every form of the verbs that report."""
    cues = read_toml("cues.toml")
    verbs = (cues["reporting"] + " cite quote").split()
    return frozenset({"according"} | set(cues["irregular"].split()) | {form for verb in verbs for form in inflections(verb)})


def is_worth_parsing(sentence: Doc) -> bool:
    """Whether a sentence, cut into tokens, has a quotation mark, a reporting verb, a number, or a word that counts people."""
    telling = _telling_words()
    for token in sentence:
        if token.text in _MARKS or token.lower_ in telling or token.like_num:
            return True
        if token.text in {"'", "’"} and not (token.i and sentence[token.i - 1].text.endswith("s")):
            return True
    return bool(find_triggers(sentence).starting)

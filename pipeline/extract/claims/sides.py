"""Whether a figure counts people of the side of whoever claims it: "we lost three", "seven of our fighters fell".

In news of a fight each side tells of its own dead and of the other's. Two figures that both count their claimant's own
count two groups, as much as they look alike. Not so of people who belong to several bodies: a company's nine workers
can be the 11 members that their union mourns.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.data import read_toml
from pipeline.extract.tokens import AnalysedText, Token
from pipeline.kinds import kind_of_words

# How far above the noun its verb may stand: "lost N", "lost N of its men", "a total of N".
_HIGHEST = 3
# Tokens behind a figure that may say whose it counts: "14 of their own", "five dead on its own side".
_BEHIND = 6
_OBJECTS = frozenset({"dobj", "pobj", "attr", "conj", "prep", "nummod", "appos", "pcomp", "quantmod"})


def counts_own(candidate: Candidate) -> bool:
    """Whether the words about a figure, which counts who fights or names no noun, say that these are of its claimant's
    own side."""
    doc, head = candidate.sentence.doc, candidate.counted.head
    noun = doc[head].lower_ if head is not None else None
    if noun is not None and noun not in _words()["own"] and kind_of_words().get(noun) not in _words()["armed"]:
        return False
    return _by_nouns(candidate, doc) or _by_verb(doc[candidate.noun], candidate)


def _by_nouns(candidate: Candidate, doc: AnalysedText) -> bool:
    words = _words()
    behind = [token.lower_ for token in doc[candidate.last + 1 : candidate.sentence.end][:_BEHIND]]
    phrase = [token.lower_ for token in doc[candidate.last + 1 : candidate.counted.end]]
    if behind[:1] == ["of"] and not words["possessing"].isdisjoint(behind[1:3]):
        return True
    if any(pair in words["possessing own"] for pair in map(" ".join, pairwise(behind))):
        return True
    return not words["own"].isdisjoint([*phrase, *behind[1:2]])


def _by_verb(noun: Token, candidate: Candidate) -> bool:
    below = noun
    for _, node in zip(range(_HIGHEST), noun.ancestors, strict=False):
        if below.dep_ not in _OBJECTS or node.i > candidate.first:
            return False
        if node.pos_ == "VERB":
            return node.lemma_.lower() in _words()["losing"] and _of_the_speaker(node)
        below = node
    return False


def _of_the_speaker(verb: Token) -> bool:
    """Whether the subject of a verb is whoever speaks, or those who act for him; nobody in "admitted losing 11"."""
    words, node = _words(), verb
    while node.dep_ in ("conj", "aux") and not _subjects(node) and node.head is not node:
        node = node.head
    subjects = _subjects(node)
    if not subjects:
        return node.dep_ in ("xcomp", "pcomp", "advcl", "acl")
    subject = subjects[0]
    return subject.lower_ in words["speaking"] or any(child.lower_ in words["possessing"] for child in subject.children)


def _subjects(verb: Token) -> list[Token]:
    return [child for child in verb.children if child.dep_ == "nsubj"]


@cache
def _words() -> dict[str, frozenset[str]]:
    words = {name: frozenset(listed.split()) for name, listed in read_toml("sides.toml").items()}
    return words | {"possessing own": frozenset(f"{word} own" for word in words["possessing"])}

"""What a figure counts: the noun phrase it stands in, and whether that names people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.extract.claims.data import read_words
from pipeline.extract.claims.triggers import Trigger, Triggers
from pipeline.extract.inflection import inflections
from pipeline.extract.tokens import AnalysedText, Token
from pipeline.measures import measures_of

Sort = Literal["person", "other", "unknown", "none"]

_NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_MODIFIER_TAGS = frozenset({"JJ", "JJR", "JJS", "VBN", "VBG", "HYPH", "POS", "AFX", "PRP$", "FW"})
_DETERMINERS = frozenset({"the", "these", "those", "his", "her", "its", "their", "our", "my", "your", "all", "a", "an"})
_PRONOUNS = frozenset({"them", "us", "whom", "which", "you"})
_MORE = frozenset({"more", "other", "additional", "further", "extra", "such", "of", "("})
_HYPHENS = frozenset({"-", "–"})

# A noun phrase after a figure is hardly longer; what is longer is a list or a table.
_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Counted:
    """The phrase after a figure: tokens `start` to `end`, its head noun, and what it names (`none`: no noun).

    `partitive` where "of" leads to it: "five of the dead", but also "dozens of people".
    """

    start: int
    end: int
    head: int | None
    sort: Sort
    partitive: bool = False


@cache
def _lexicon(name: str) -> frozenset[str]:
    forms = (form for word in read_words(name) for form in {word, *inflections(word)})
    return frozenset(form for form in forms if not form.endswith("ing"))


def names_people(token: Token) -> bool:
    """Whether a noun names people: by the list, as a nation or creed, or as "-men" or "-women"."""
    word = token.lower_
    if token.tag_ not in _NOUN_TAGS:
        return word == "others"
    if word in _lexicon("people.txt") or word.endswith(("women", "men", "woman")):
        return True
    return token.ent_type_ == "NORP" or (word.endswith(("ians", "icans")) and token.is_title)


def sort_of(token: Token) -> Sort:
    """Whether a noun names people, something else, or neither is known."""
    if names_people(token):
        return "person"
    named = token.text[:2].isupper()  # "Navy SEALs" are no seals
    if not named and (token.lower_ in _lexicon("animals.txt") or token.lower_ in _lexicon("things.txt")):
        return "other"
    return "unknown"


def find_counted(doc: AnalysedText, last: int, limit: int, triggers: Triggers) -> Counted:
    """The phrase counted by the figure whose last token is `last`, within the sentence that ends before `limit`.

    A word such as "dead" or "injured" is no head but in "five of the dead": it says what befell them.
    """
    start = at = last + 1
    partitive = at < limit and doc[at].lower_ == "of"
    if partitive:
        start = at = at + 1
        while at < limit and doc[at].lower_ in _DETERMINERS:
            at += 1
        if at < limit and doc[at].lower_ in _PRONOUNS:
            return Counted(start, at + 1, None, "none", partitive)
        if at < limit and doc[at].like_num:
            at += 1
    head, nation, state = None, None, None
    stop = min(limit, at + _LONGEST)
    if at < stop and doc[at].tag_ in ("HYPH", ":"):
        stop = at
    while at < stop:
        token = doc[at]
        if at + 2 < stop and doc[at + 1].lower_ in _HYPHENS and not token.whitespace_ and not doc[at + 1].whitespace_:
            at += 2  # the last part of a compound decides: "two co-pilots", "a 70-year-old woman"
            continue
        said = triggers.at(at, "state")
        if said and (head is not None or said[0].end > at + 1):
            break
        if said and not names_people(token):
            state = at
        elif token.tag_ in _NOUN_TAGS or names_people(token):
            if head is not None and _closes(doc[head], token):
                break
            head = at
        elif not _goes_on(doc, at, stop, head):
            break
        if token.ent_type_ == "NORP":
            nation = at
        at += 1
    if head is not None:
        return Counted(start, head + 1, head, sort_of(doc[head]), partitive)
    if nation is not None and nation + 1 == at:
        return Counted(start, at, nation, "person", partitive)
    if partitive and state is not None and doc[state - 1].lower_ in _DETERMINERS:
        return Counted(start, state + 1, state, "person", partitive)
    return Counted(last + 1, last + 1, None, "none", partitive)


def _closes(head: Token, following: Token) -> bool:
    """Whether the noun found is the head though another follows: "10 people Sunday", "two guards John and ..."."""
    if not names_people(head) or (names_people(following) and following.tag_ in ("NN", "NNS")):
        return False
    return head.tag_ in ("NNS", "NNPS") or head.lower_ == "people" or following.ent_type_ in ("DATE", "TIME", "PERSON")


def _goes_on(doc: AnalysedText, at: int, stop: int, head: int | None) -> bool:
    """Whether a word that is no noun keeps the phrase open: before the head a modifier, after it only "-" and "'s"."""
    token = doc[at]
    if head is not None:
        return token.tag_ in ("HYPH", "POS")
    if token.tag_ in _MODIFIER_TAGS or token.lower_ in _MORE or token.is_quote:
        return True
    # "two large, angry men"; "10 dead and injured people"
    between = token.lower_ in (",", "and", "or") and at + 1 < stop and doc[at - 1].tag_ in ("JJ", "VBN")
    return between and doc[at + 1].tag_ in ("JJ", "VBN")


def holds(trigger: Trigger, counted: Counted, doc: AnalysedText, triggers: Triggers) -> bool:
    """Whether what is counted can be whom a trigger speaks of: words with other uses want a noun that names people."""
    if trigger.want == "lives":
        return counted.head is not None and doc[counted.head].lower_ == "lives"
    if trigger.want == "armed":
        kinds = triggers.up_to(counted.head, "kind") if counted.head is not None else []
        return any(kind.measure in measures_of("force") for kind in kinds)
    if counted.sort == "person":
        return True
    if counted.sort == "other" or trigger.want == "people":
        return False
    return counted.sort == "none" or trigger.measure in measures_of("bare")

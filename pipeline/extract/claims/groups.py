"""Whose count it is: the words that name the people counted."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.counted import Counted, names_people
from pipeline.extract.claims.data import grammar
from pipeline.extract.claims.triggers import Triggers
from pipeline.extract.tokens import AnalysedText, Token
from pipeline.measures import measures_of
from schemas.records import Measure

TokenRange = tuple[int, int]

_OPENING = frozenset({"more", "other", "of", "additional", "further", "(", '"', "“", "”", "‘", "'"})
# How many tokens before the figure the words "the number of ..." are looked for.
_FARTHEST_TOTAL = 12
# Words for people spoken of before; "us" and "you" would say that the outlet or its reader is counted.
_OTHERS = frozenset({"them", "whom", "which"})
# How many tokens after "two of them" the noun may stand that says who they are.
_NEAR = 4
# How many sentences back the people of a bare figure may have been named.
_NEARBY = 3
# "claims to have managed to field a force of 900": how many verbs up the subject may stand.
_VERBS_UP = 3


def find_group(
    doc: AnalysedText, count: Candidate, counts: Sequence[Candidate], triggers: Triggers
) -> TokenRange | None:
    """Start and end, in characters, of the words that name the people counted; None where they are only implied.

    Args:
        doc: the document.
        count: whose group is wanted; `counts` are those of its sentence, in order.
        triggers: the document's triggers.
    """
    return _named(doc, count, counts, triggers) or _own_words(doc, count, triggers)


class Groups:
    """The groups of a document's claims, in the order of the text: a bare figure ("by evening it was 52") counts those
    whom the claim of its measure before it counts, where that stands near."""

    def __init__(self, doc: AnalysedText, triggers: Triggers) -> None:
        self._doc, self._triggers = doc, triggers
        self._last: dict[Measure, tuple[int, TokenRange]] = {}

    def of(self, count: Candidate, counts: Sequence[Candidate], measure: Measure) -> TokenRange | None:
        """The group of the next claim; arguments as for `find_group`, and what it counts."""
        found = find_group(self._doc, count, counts, self._triggers)
        bare = _noun(self._doc, count) is None and not count.counted.partitive and count.figure.value != 0
        if found is None and bare and measure in self._last:
            number, place = self._last[measure]
            found = place if count.number - number <= _NEARBY else None
        if found is not None:
            self._last[measure] = count.number, found
        return found


def _named(doc: AnalysedText, count: Candidate, counts: Sequence[Candidate], triggers: Triggers) -> TokenRange | None:
    """The words that say who they are, of the figure or of another that it shares them with."""
    noun = _noun(doc, count)
    if count.whole is not None or noun is None:
        predicate = _predicate(doc[count.last]) or _apposition(doc, count)
        if predicate is not None:
            return predicate
    if noun is not None and _names_group(noun, triggers):
        return _phrase(doc, count.counted)
    if count.shares is not None:
        return _named(doc, count.shares, counts, triggers)
    named = _holder(doc, count, triggers) or _numbered(doc, count, triggers) or _set_at(doc, count, triggers)
    leaned_on = _leaned_on(doc, count, counts) if noun is None and named is None else None
    if leaned_on is not None:
        return _named(doc, leaned_on, counts, triggers)
    return named or _sufferer(doc, count)


def _noun(doc: AnalysedText, count: Candidate) -> Token | None:
    """The noun counted, if there is any; a time behind the number is none ("the toll stood at 67 last night")."""
    if count.counted.head is None:
        return None
    noun = doc[count.counted.head]
    return None if noun.ent_type_ in ("DATE", "TIME") and not names_people(noun) else noun


def _phrase(doc: AnalysedText, counted: Counted) -> TokenRange:
    """The noun phrase counted; with what follows "of" where the noun alone names nobody: "members of the choir"."""
    start, end = counted.start, counted.end
    head = counted.end - 1 if counted.head is None else counted.head
    while start < head and doc[start].lower_ in _OPENING:
        start += 1
    if doc[head].lower_ in grammar("parts_of_bodies"):
        of = next((child for child in doc[head].rights if child.lower_ == "of"), None)
        body = next((child for child in of.children if child.dep_ == "pobj"), None) if of is not None else None
        if body is not None:
            end = body.i + 1
    return doc[start].idx, doc[end - 1].idx + len(doc[end - 1])


def _apposition(doc: AnalysedText, count: Candidate) -> TokenRange | None:
    """Who they are said to be in "two of them drivers" and "of whom 402 were civilians"."""
    at = count.counted.end
    if not count.counted.partitive or count.counted.head is not None:
        return None
    noun = next((doc[i] for i in range(at, min(at + _NEAR, count.sentence.end)) if names_people(doc[i])), None)
    if noun is None:
        return None
    between = doc[at : noun.i]
    if any(token.pos_ in ("VERB", "PUNCT", "ADP", "CCONJ") for token in between):
        return None
    start = next((token.i for token in between if token.pos_ in ("ADJ", "NOUN", "PROPN")), noun.i)
    return doc[start].idx, noun.idx + len(noun)


def _own_words(doc: AnalysedText, count: Candidate, triggers: Triggers) -> TokenRange | None:
    """What is counted where nothing says who they are: "six fatalities", "29 wounded", "two of them"."""
    counted, noun = count.counted, _noun(doc, count)
    if noun is not None:  # "no deaths of miners have been reported"
        return _people_of(noun, count.sentence.end) or _phrase(doc, counted)
    after = counted.end
    if counted.partitive and doc[after - 1].lower_ in _OTHERS:
        return doc[after - 1].idx, doc[after - 1].idx + len(doc[after - 1])
    if after < count.sentence.end and after == count.last + 1 and triggers.at(after, "state"):
        state = triggers.at(after, "state")[0]
        if state.end == after + 1:
            return doc[after].idx, doc[after].idx + len(doc[after])
    return None


def _names_group(noun: Token, triggers: Triggers) -> bool:
    """Whether a noun counted says who they are: "arrests" and "injuries" do not, bodies are the dead themselves."""
    return noun.lower_ in grammar("bodies") or not triggers.at(noun.i, "noun")


def _leaned_on(doc: AnalysedText, count: Candidate, counts: Sequence[Candidate]) -> Candidate | None:
    """The count whose people a bare figure means: of "84 people, including 10 children, and 202 hurt" the 84."""
    before = [other for other in counts if other.figure.start < count.figure.start]
    for other in reversed(before):
        part = any(token.lower_ in ("including", "among") for token in doc[max(0, other.opens - 2) : other.opens])
        if other.counted.head is not None and other.counted.sort == "person" and not part:
            return other
    return before[-1] if before else None


def _predicate(figure: Token) -> TokenRange | None:
    """What the part is said to be, in "ten of the 12 victims were US citizens"."""
    if figure.dep_ == "nsubj" and figure.head.lemma_ == "be":
        for child in figure.head.children:
            if child.dep_ == "attr" and names_people(child):
                return child.left_edge.idx, child.idx + len(child)
    return None


def _holder(doc: AnalysedText, count: Candidate, triggers: Triggers) -> TokenRange | None:
    """The noun of "a family of five"; for a force or a crowd, who has it, where the sentence says so."""
    at = count.opens - 2
    if at < count.sentence.start or doc[at + 1].lower_ != "of":
        return None
    for trigger in triggers.up_to(at, "holder"):
        owned = doc[at].dep_ == "dobj" and doc[at].head.lemma_ in grammar("owning")
        owner = _subject(doc[at]) if owned and trigger.measure in measures_of("force") else None
        return owner or (doc[at].idx, doc[at].idx + len(doc[at]))
    return None


def _numbered(doc: AnalysedText, count: Candidate, triggers: Triggers) -> TokenRange | None:
    """The words within "the number of ... dead", or the people of "the toll among ..."."""
    for at in range(count.opens - 1, max(count.sentence.start, count.opens - _FARTHEST_TOTAL) - 1, -1):
        for trigger in triggers.up_to(at, "total"):
            inner = doc[trigger.start : trigger.end - 1]
            of = next((token.i for token in inner if token.lower_ == "of"), None)
            if of is not None and of + 1 < inner.end:
                return doc[of + 1].idx, inner.end_char
            return _people_of(doc[at], count.opens)
        if doc[at].lemma_ in grammar("totals") and (people := _people_of(doc[at], count.opens)) is not None:
            return people
    return None


def _people_of(total: Token, end: int) -> TokenRange | None:
    """The noun phrase that names people after "of", "for" or "among" behind a noun, before the token `end`."""
    for preposition in total.rights:
        if preposition.lower_ in grammar("whose"):
            for noun in preposition.children:
                if noun.dep_ == "pobj" and noun.i < end and names_people(noun):
                    return noun.left_edge.idx, noun.idx + len(noun)
    return None


def _set_at(doc: AnalysedText, count: Candidate, triggers: Triggers) -> TokenRange | None:
    """Who they are in "put the missing at 29", "raised to 81 the number of pupils", "the dead number 79", and "of the
    injured, 214"."""
    figure = doc[count.last]
    for of in doc[count.sentence.start : count.opens]:
        if of.lower_ == "of" and (of.i == count.sentence.start or doc[of.i - 1].is_punct):
            noun = next((child for child in of.children if child.dep_ == "pobj"), None)
            if noun is not None and doc[noun.i + 1].text == "," and noun.i + 2 == count.opens:
                return _people(noun, triggers)
    verb = figure.head
    if verb.lower_ in grammar("setting") and figure.dep_ == "pobj":
        verb = verb.head
        objects = [child for child in verb.children if child.dep_ == "dobj"]
    elif verb.lemma_ in grammar("numbering"):
        objects = []
    else:
        return None
    spoken_of = objects or [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")]
    return next((place for noun in spoken_of if (place := _people(noun, triggers)) is not None), None)


def _people(noun: Token, triggers: Triggers) -> TokenRange | None:
    """A noun phrase that names people, by what befell them too ("the missing"), or those of a total ("the number of
    pupils")."""
    if noun.lemma_ in grammar("totals"):
        return _people_of(noun, len(noun.doc))
    nominal = noun.i > noun.left_edge.i and (triggers.at(noun.i, "state") or triggers.up_to(noun.i, "holder"))
    if not names_people(noun) and not nominal:
        return None
    return noun.left_edge.idx, noun.idx + len(noun)


def _sufferer(doc: AnalysedText, count: Candidate) -> TokenRange | None:
    """Who has the losses: "The NRF sustained two injuries", "they were defeated with 7 dead"."""
    token = doc[count.noun]
    before = doc[count.opens - 1].lower_ if count.opens > count.sentence.start else ""
    verb = next((ancestor for ancestor in token.ancestors if ancestor.pos_ in ("VERB", "AUX")), None)
    suffering = verb is not None and verb.lower_ in grammar("suffering")
    return _subject(token) if before == "with" or suffering else None


def _subject(token: Token) -> TokenRange | None:
    """The noun that is the subject of the verb over a token, or of the verb over that: "The NRF claims to have ..."."""
    verb = next((ancestor for ancestor in token.ancestors if ancestor.pos_ in ("VERB", "AUX")), None)
    for _ in range(_VERBS_UP):
        if verb is None:
            return None
        for child in verb.children:
            if child.dep_ in ("nsubj", "nsubjpass") and child.i < token.i:
                noun = child.pos_ in ("NOUN", "PROPN")
                return (child.left_edge.idx, child.idx + len(child)) if noun else None
        verb = verb.head if verb.dep_ in ("xcomp", "conj", "advcl") else None
    return None

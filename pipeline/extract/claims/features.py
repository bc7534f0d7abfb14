"""What can be seen of a candidate: its number, its phrase, the words and the parse around it, the triggers near by.

Features are strings; a linear model (`linear.Model`) gives each its weight for each class. They are what Gildea and
Jurafsky (2002) use for semantic roles (head word, path and position in the parse, governing verb), with the product's
own lists for what news says of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.triggers import Trigger, Triggers
from pipeline.extract.tokens import AnalysedText, Token

_CLAUSE = frozenset({"VERB", "AUX"})
# How far up the parse the verb that governs a figure is sought: deeper is another clause's matter.
_HIGHEST = 5
# Words before a figure and after its phrase that are looked at one by one.
_BEFORE, _AFTER = 4, 4


def bucket(value: int | None) -> str:
    """The order of magnitude of a value, finer where news counts people one by one."""
    if value is None:
        return "none"
    for limit in (0, 1, 2, 5, 9, 19, 49, 99, 499, 999, 9_999, 99_999):
        if value <= limit:
            return f"<={limit}"
    return "more"


def _distance(tokens: int) -> str:
    return str(tokens) if tokens < 3 else "3-4" if tokens < 5 else "5-8" if tokens < 9 else "9+"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the candidates of one document have in common: its analysis, its triggers, where quoted words stand."""

    doc: AnalysedText
    triggers: Triggers
    quoted: Sequence[tuple[int, int]]


def lemma(token: Token) -> str:
    """A word as features know it: its lemma; numbers, names and dates by their kind."""
    if token.like_num or token.is_digit:
        return "#num"
    if token.ent_type_ in ("DATE", "TIME", "PERSON", "GPE", "ORG", "NORP", "MONEY") and token.pos_ in ("PROPN", "NUM"):
        return f"#{token.ent_type_.lower()}"
    return (token.lemma_ or token.lower_).lower()


def of_candidate(candidate: Candidate, around: Surroundings) -> list[str]:
    """The features of a candidate that do not depend on other candidates."""
    found = ["bias"]
    if candidate.measures:
        found += [f"rule={candidate.measures[0]}", f"rule={candidate.measures[0]}:{candidate.assumed}"]
    else:
        found.append("rule=none")
    found += _of_figure(candidate, around)
    found += _of_phrase(candidate, around)
    found += _of_words(candidate, around)
    found += _of_parse(candidate, around)
    found += _of_triggers(candidate, around)
    return found


def _of_figure(candidate: Candidate, around: Surroundings) -> Iterator[str]:
    figure, doc = candidate.figure, around.doc
    yield f"kind={figure.kind}"
    yield f"qualifier={figure.qualifier}"
    yield f"value={bucket(figure.value)}"
    digits = figure.text.replace(",", "").isdigit()
    yield f"digits={digits}"
    if digits and len(figure.text) == 4 and 1900 <= int(figure.text) < 2100:
        yield "year"
    if not digits:
        yield f"figure={figure.text.lower()}" if figure.kind in ("vague", "zero", "one", "same") else "spelled"
    yield f"entity={doc[candidate.last].ent_type_ or doc[candidate.first].ent_type_}"
    yield f"tag={doc[candidate.last].tag_}"
    if any(start <= figure.start < end for start, end in around.quoted):
        yield "quoted"


def _of_phrase(candidate: Candidate, around: Surroundings) -> Iterator[str]:
    counted, doc = candidate.counted, around.doc
    yield f"sort={counted.sort}"
    yield f"sort={counted.sort}|kind={candidate.figure.kind}"
    if counted.partitive:
        yield "partitive"
    if counted.head is None:
        return
    head = doc[counted.head]
    name = lemma(head)
    yield f"head={name}"
    yield f"head_tag={head.tag_}"
    yield f"head_entity={head.ent_type_}"
    yield f"head_end={name[-3:]}"
    for token in doc[counted.start : counted.head]:
        yield f"modifier={lemma(token)}"
    for trigger in around.triggers.up_to(counted.head, "kind", "holder", "noun"):
        yield f"head_is={trigger.measure}:{trigger.role}"
        yield f"head_is={trigger.measure}:{trigger.role}|value={bucket(candidate.figure.value)}"


def _of_words(candidate: Candidate, around: Surroundings) -> Iterator[str]:
    doc, sentence, counted = around.doc, candidate.sentence, candidate.counted
    words = [lemma(doc[at]) for at in range(max(sentence.start, candidate.opens - _BEFORE), candidate.opens)]
    for place, word in enumerate(reversed(words), 1):
        yield f"before{place}={word}"
        yield f"before={word}"
    yield "before12=" + " ".join(words[-2:])
    if candidate.opens == sentence.start:
        yield "opens_sentence"
    end = max(counted.end, candidate.last + 1)
    words = [lemma(doc[at]) for at in range(end, min(sentence.end, end + _AFTER))]
    for place, word in enumerate(words, 1):
        yield f"after{place}={word}"
        yield f"after={word}"
    yield "after12=" + " ".join(words[:2])
    if candidate.last + 1 < sentence.end:
        following = doc[candidate.last + 1]
        yield f"next={lemma(following)}"
        yield f"next_tag={following.tag_}"
        if not following.whitespace_ and following.is_punct:
            yield "next_glued"
    if end == sentence.end - 1:
        yield "closes_sentence"


def _of_parse(candidate: Candidate, around: Surroundings) -> Iterator[str]:
    node = around.doc[candidate.noun]
    yield f"dep={node.dep_}"
    for child in node.children:
        if child.dep_ in ("relcl", "acl"):
            yield f"clause={lemma(child)}"
            yield f"clause_tag={child.tag_}"
        elif child.dep_ in ("appos", "poss", "prep", "amod"):
            yield f"child={child.dep_}:{lemma(child)}"
    path = []
    for height in range(_HIGHEST):
        above = node.head
        path.append(node.dep_)
        if height < 3:
            yield f"up{height}={node.dep_}:{lemma(above)}"
        node = above
        if node.pos_ in _CLAUSE:
            yield from _of_verb(node, path, candidate)
            yield from _of_part(node, path[-1], around)
            break
    yield "path=" + ">".join(path)


def _of_verb(verb: Token, path: Sequence[str], candidate: Candidate) -> Iterator[str]:
    role = path[-1]
    word = lemma(verb)
    yield f"verb={word}"
    yield f"verb={word}|{role}"
    yield f"verb_tag={verb.tag_}|{role}"
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass", "dobj", "attr", "acomp", "oprd", "prt", "neg", "auxpass", "xcomp"):
            if not candidate.opens <= child.i < candidate.counted.end:
                yield f"of_verb={child.dep_}:{lemma(child)}"
                yield f"of_verb={word}:{child.dep_}"
        elif child.dep_ == "prep":
            yield f"of_verb=prep:{lemma(child)}"
            for grand in child.children:
                yield f"of_verb=prep:{lemma(child)}:{lemma(grand)}"
        elif child.dep_ == "aux":
            yield f"aux={child.lower_}"
    if verb.dep_ in ("xcomp", "ccomp", "advcl", "conj", "relcl", "acl"):
        yield f"verb_up={verb.dep_}:{lemma(verb.head)}"


def _of_part(verb: Token, role: str, around: Surroundings) -> Iterator[str]:
    """The part that whoever is counted has in what the verb, or one that shares its subject, says befell somebody:
    "two guards shot and killed a man" are not its victims, whatever the verb.
    """
    children = {child.dep_ for child in verb.children}
    voice = "passive" if "auxpass" in children else "active"
    part = f"{role}:{voice}:{'dobj' in children}"
    yield f"part={part}"
    together = (child for child in verb.children if child.dep_ == "conj" and not _own_subject(child))
    for one in (verb, *together):
        objects = "dobj" in {child.dep_ for child in one.children}
        for trigger in around.triggers.at(one.i, "object", "subject"):
            yield f"part={trigger.role}:{part}:{objects}"
            yield f"part={trigger.measure}:{trigger.role}:{part}:{objects}"


def _own_subject(verb: Token) -> bool:
    return any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children)


def _of_triggers(candidate: Candidate, around: Surroundings) -> Iterator[str]:
    """The nearest trigger of each measure before and after, with its role and distance; what they hold in common."""
    sentence, counted = candidate.sentence, candidate.counted
    end = max(counted.end, candidate.last + 1)
    nearest: dict[tuple[str, str], tuple[int, Trigger]] = {}
    heard: set[str] = set()
    for at in range(sentence.start, sentence.end):
        for trigger in around.triggers.starting.get(at, ()):
            if trigger.end <= candidate.opens:
                side, distance = "left", candidate.opens - trigger.end
            elif trigger.start >= end:
                side, distance = "right", trigger.start - end
            else:
                side, distance = "within", 0
            if trigger.role not in ("kind", "holder") and trigger.measure != "other_people":
                heard.add(trigger.measure)
            best = nearest.get((side, trigger.measure))
            if best is None or distance < best[0]:
                nearest[side, trigger.measure] = distance, trigger
    for (side, measure), (distance, trigger) in nearest.items():
        yield f"{side}={measure}:{trigger.role}"
        yield f"{side}={measure}:{_distance(distance)}"
        yield f"{side}={measure}:{trigger.role}:{_distance(distance)}|{counted.sort}"
        if trigger.want != "anybody":
            yield f"{side}={measure}:{trigger.want}|{counted.sort}"
    for side in ("left", "right"):
        near = sorted((d, m) for (s, m), (d, t) in nearest.items() if s == side and t.role not in ("kind", "holder"))
        if near:
            yield f"nearest_{side}={near[0][1]}"
    yield f"heard={len(heard)}"
    if len(heard) == 1:
        yield f"only={next(iter(heard))}"

"""One name for all mentions of the same entity: surname to full name, acronym to expansion, short to long form."""

from __future__ import annotations

import re
from collections import defaultdict

from pipeline.extract.tokens import AnalysedText, Span
from schemas.records import PLACE_LABELS

_SMALL = frozenset({"of", "the", "for", "and", "in", "on", "de", "la", "du", "&", "to", "a"})
_ACRONYM = re.compile(r"(?:[A-Z]\.?){2,8}s?$")
_JOINED = {"PERSON": "person", "ORG": "body", "NORP": "group", **dict.fromkeys(PLACE_LABELS, "place")}


def full_names(doc: AnalysedText) -> list[str]:
    """For each of `doc.ents` the fullest name of the same entity in the document."""
    entities = list(doc.ents)
    names = [plain_name(entity) for entity in entities]
    groups = [_JOINED.get(entity.label_, entity.label_) for entity in entities]
    acronyms = _acronyms(doc, entities, names)
    full = list(names)
    persons = _by_word(names, groups, "person")
    bodies = _by_word(names, groups, "body")
    for i, (name, group) in enumerate(zip(names, groups, strict=True)):
        if group == "person":
            full[i] = _fullest_person(i, name.split(), persons)
        elif name in acronyms:
            full[i] = acronyms[name]
        elif group == "body":
            full[i] = _fullest_body(i, name.split(), bodies, entities[i])
    return [acronyms.get(name, name) if group != "person" else name for name, group in zip(full, groups, strict=True)]


def plain_name(span: Span) -> str:
    """The name without article in lower case, possessive, or line break; a capital "The" within a sentence stays."""
    words = [token.text for token in span if not token.is_space]
    if words and words[0].lower() == "the" and (words[0] == "the" or span[0].is_sent_start):
        words = words[1:] or words
    text = " ".join(span.text.split())
    start = text.find(words[0]) if words else 0
    return re.sub(r"['’]s?$", "", text[start:]) or text


def _fullest_person(i: int, words: list[str], sharing: dict[str, list[tuple[int, list[str]]]]) -> str:
    """The longest name which this one abridges: the nearest such before it, else the first one after it."""
    full = words
    for _ in range(2):
        longer = [(j, other) for word in {full[0], full[-1]} for j, other in sharing[word] if _abridges(full, other)]
        if not longer:
            break
        before = [entry for entry in longer if entry[0] < i]
        full = max(before)[1] if before else min(longer)[1]
    return " ".join(full)


def _abridges(short: list[str], full: list[str]) -> bool:
    """Whether `short` is `full` with words left out: a surname, a first name, a middle initial, a second surname."""
    if len(short) >= len(full):
        return False
    if len(short) == 1:
        return short[0] in {full[0], full[-1]} or (len(full) > 2 and short[0] == full[-2])
    if short in (full[-len(short) :], full[: len(short)]):
        return True
    return len(short) == 2 and [full[0], full[-1]] == short and all(len(word.rstrip(".")) == 1 for word in full[1:-1])


def _fullest_body(i: int, words: list[str], sharing: dict[str, list[tuple[int, list[str]]]], entity: Span) -> str:
    """The longest name that begins with this one ("Kroger", "Kroger Co."), or ends with it ("the Times")."""
    definite = entity[0].lower_ == "the" or (entity.start > 0 and entity.doc[entity.start - 1].lower_ == "the")
    best = words
    for word in {words[0], words[-1]}:
        for j, other in sharing[word]:
            bare = other[1:] if other[0] == "The" else other
            begins, ends = bare[: len(words)] == words, definite and j < i and bare[-len(words) :] == words
            if (begins or ends) and len(best) < len(bare) <= len(words) + 4:
                best = other
    return " ".join(best)


def _by_word(names: list[str], groups: list[str], group: str) -> dict[str, list[tuple[int, list[str]]]]:
    """The different names of one group by each of their words, with the number of their first mention."""
    found: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    first = {name: i for i, name in reversed(list(enumerate(names))) if groups[i] == group}
    for name, i in first.items():
        words = name.split()
        for word in set(words):
            found[word].append((i, words))
    return found


def _acronyms(doc: AnalysedText, entities: list[Span], names: list[str]) -> dict[str, str]:
    """Acronyms of the document to their expansions: in parentheses beside it, or by the initials of a name."""
    found: dict[str, str] = {}
    short: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        if _ACRONYM.match(name) and len(name) < 9:
            short[name.replace(".", "").rstrip("s").upper()].append(name)
    for entity, name in zip(entities, names, strict=True):
        if entity.label_ not in _JOINED or entity.label_ == "PERSON" or len(name.split()) < 2:
            continue
        end = entity.end
        if end + 2 < len(doc) and doc[end].text == "(":
            inside = doc[end + 1].text
            if _ACRONYM.match(inside) and inside[0].lower() in {word[0].lower() for word in name.split()}:
                found.setdefault(inside, name)
        for initials in _initials(name):
            for acronym in short.get(initials, ()):
                found.setdefault(acronym, name)
    return found


def _initials(name: str) -> set[str]:
    words = [part for word in name.split() for part in word.split("-") if part]
    every = "".join(word[0] for word in words).upper()
    main = "".join(word[0] for word in words if word.lower() not in _SMALL).upper()
    return {initials for initials in (every, main) if len(initials) > 1}

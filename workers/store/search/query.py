"""The grammar of searches.

ferry "coast guard"          both, and the words of the phrase one after another
ferry OR boat                either; AND binds closer, and stands between words that nothing joins
-drill                       not that word; -"sea trial", -source:x likewise
evacuat*                     words that begin so
(ferry OR boat) capsized     brackets
source:haldenwire.example    the source
measure:killed>10            a claim of that measure whose figure can be so; also < >= <= = and none
place:Ushkol                 a place that the text names
speaker:"Nadia Torvash"      somebody who is quoted, or who claims a figure
after:2026-04-14 before:2026-04-16    published on or after the one, before the other
language:en
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from schemas.errors import QueryError
from schemas.records import Measure

Operator = Literal["", ">", "<", ">=", "<=", "="]

_FIELDS: Final = ("source", "measure", "place", "speaker", "after", "before", "language")
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\()|(?P<close>\))
        |(?P<minus>-)?(?:
            (?P<field>[a-z]+):(?:"(?P<quoted_value>[^"]*)"|(?P<value>[^\s()"]+))
            |"(?P<phrase>[^"]*)"?
            |(?P<word>[^\s()"]+)
        )
    )""",
    re.VERBOSE,
)
_MEASURE = re.compile(r"([a-z_]+)(?:(>=|<=|>|<|=)(\d[\d,]*))?")
_WORD = re.compile(r"\w+", re.UNICODE)

# What a person types; more is a program's mistake, and costs the database.
_LONGEST, _MOST_TERMS, _DEEPEST = 1000, 50, 20


@dataclass(frozen=True)
class Phrase:
    """Words one after another; `prefix` where the last one is only the beginning of a word."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class Not:
    """What must not stand in the text."""

    term: Term


@dataclass(frozen=True)
class Both:
    """All of these."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Either:
    """One of these at least."""

    terms: tuple[Term, ...]


Term = Phrase | Not | Both | Either


@dataclass(frozen=True)
class Condition:
    """A condition on the document beside its words."""

    field: str
    value: str
    negated: bool = False
    comparison: Operator = ""
    number: int | None = None
    time: datetime | None = None


@dataclass(frozen=True)
class Query:
    """What is looked for: words, or None for whatever fulfils the conditions."""

    words: Term | None
    conditions: tuple[Condition, ...]


def parse(typed: str) -> Query:
    """The query that was typed.

    Raises:
        QueryError: it cannot be read; says which part is wrong.
    """
    if len(typed) > _LONGEST:
        raise QueryError("this search", f"is longer than {_LONGEST} characters", "use fewer words")
    reader = _Reader(typed)
    term = reader.either(0)
    if reader.peek() is not None:
        raise QueryError("a closing bracket", "has no opening one", "write both, or neither")
    positive = _positive(term)
    if term is not None and not positive:
        raise QueryError("this search", "only excludes words", "add a word to find")
    return Query(term, tuple(reader.conditions))


def _positive(term: Term | None) -> bool:
    """Whether something must be there; every alternative needs that, for an index knows no absent words."""
    match term:
        case None | Not():
            return False
        case Phrase():
            return True
        case Both(terms):
            return any(_positive(each) for each in terms)
        case Either(terms):
            return all(_positive(each) for each in terms)


class _Reader:
    """Reads tokens by recursive descent: either := both (OR both)*; both := factor (AND? factor)*."""

    def __init__(self, typed: str) -> None:
        self._tokens = [found for found in _TOKEN.finditer(typed.replace("\0", " ")) if found.lastgroup]
        self._at = 0
        self.conditions: list[Condition] = []
        if len(self._tokens) > _MOST_TERMS:
            raise QueryError("this search", f"has more than {_MOST_TERMS} parts", "use fewer words")

    def peek(self) -> re.Match[str] | None:
        """The next token; None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _is_word(self, word: str) -> bool:
        token = self.peek()
        return token is not None and token["word"] == word and token["minus"] is None

    def either(self, depth: int) -> Term | None:
        """Alternatives."""
        if depth > _DEEPEST:
            raise QueryError("this search", "has brackets that are nested too deeply", None)
        before = len(self.conditions)
        terms = [self._both(depth)]
        while self._is_word("OR"):
            self._at += 1
            terms.append(self._both(depth))
        if len(terms) > 1 and (len(self.conditions) > before or None in terms):
            raise QueryError("OR", "can only stand between words", "conditions such as source: must all hold")
        found = [term for term in terms if term is not None]
        return found[0] if len(found) == 1 else Either(tuple(found)) if found else None

    def _both(self, depth: int) -> Term | None:
        terms: list[Term] = []
        while (token := self.peek()) is not None and not token["close"] and not self._is_word("OR"):
            if self._is_word("AND"):
                self._at += 1
                continue
            term = self._factor(token, depth)
            if term is not None:
                terms.append(term)
        return terms[0] if len(terms) == 1 else Both(tuple(terms)) if terms else None

    def _factor(self, token: re.Match[str], depth: int) -> Term | None:
        self._at += 1
        if token["open"]:
            inner = self.either(depth + 1)
            closing = self.peek()
            if closing is None or not closing["close"]:
                raise QueryError("an opening bracket", "has no closing one", "write both, or neither")
            self._at += 1
            return inner
        negated = token["minus"] is not None
        if token["field"]:
            value = token["quoted_value"] if token["quoted_value"] is not None else token["value"]
            if token["field"] in _FIELDS:
                if depth:
                    raise QueryError(f"{token['field']}:", "cannot be used inside brackets", None)
                self.conditions.append(_condition(token["field"], value, negated))
                return None
            term = _words(f"{token['field']} {value}", phrase=True)
        elif token["phrase"] is not None:
            term = _words(token["phrase"], phrase=True)
        else:
            field = token["word"].removesuffix(":")
            if field in _FIELDS and field != token["word"]:
                raise QueryError(f"{field}:", "is empty", f"write {field}:something")
            term = _words(token["word"], phrase=False)
        if term is None:
            return None
        return Not(term) if negated else term


def _words(text: str, *, phrase: bool) -> Phrase | None:
    """The words of a text; a word with a hyphen or an apostrophe in it is a phrase of its parts."""
    words = tuple(_WORD.findall(text))
    return Phrase(words, prefix=not phrase and text.endswith("*")) if words else None


def _condition(field: str, value: str, negated: bool) -> Condition:
    value = value.strip()
    if not value:
        raise QueryError(f"{field}:", "is empty", f"write {field}:something")
    if field == "measure":
        found = _MEASURE.fullmatch(value.lower())
        if not found or found[1] not in get_args(Measure) or len(found[3] or "") > 18:
            raise QueryError(
                f"measure:{value}",
                f"is not one of {', '.join(get_args(Measure))}",
                "write measure:killed or measure:killed>10",
            )
        number = int(found[3].replace(",", "")) if found[3] else None
        comparison: Operator = found[2] or ""  # type: ignore[assignment]
        return Condition(field, found[1], negated, comparison, number)
    if field in ("after", "before"):
        try:
            time = datetime.fromisoformat(value)
        except ValueError as error:
            raise QueryError(f"{field}:{value}", "is not a date", "write it as 2026-03-01") from error
        return Condition(field, value, negated, time=time if time.tzinfo else time.replace(tzinfo=UTC))
    return Condition(field, value, negated)

"""The rule set: which lines, and which pieces of a line, are not the article's own text.

`rules.toml` says how a rule is written and holds the ones that ship; a newsroom adds its own in a file of the same
form.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Self

from schemas.data_files import read_toml
from schemas.errors import SettingError
from schemas.months import month_names

from .paragraphs import captions_apart

_LISTS = ("is", "begins", "ends", "has", "rows", "matches", "heads", "pieces", "tails")
_KEYS = {*_LISTS, "max_words"}
# The rules under this name say what is never cut.
_KEEP = "keep"
# The table under this name holds the expressions that a pattern may use by name, "{date}" for one.
_TERMS = "terms"
# And this one the languages whose month names the expressions know.
_MONTHS = "months"
# The table under this name holds the words by which a text speaks of the outlet or to its reader.
_ADDRESS = "address"
# And this one those by which a sentence tells news, though it speak to the reader ("a witness told us").
_REPORT = "report"
# Kinds whose lines are sentences by nature (what a picture or a film shows), hold a headline, or are no text at all (a
# form run together).
_UNGUARDED = frozenset(("caption", "footer", "gallery", "player", "form", "ornament"))
# Words; a line of fewer that ends as a sentence is a label with a full stop as likely.
_SENTENCE_WORDS = 7
# A line of more words than this is taken for a paragraph that a rule met by chance; a kind may state its own.
_MAX_WORDS = 45
# Characters; nothing is looked for in a longer line, which keeps a hostile one from costing minutes.
_LONGEST = 20_000
# A headline in a list of further pieces is no longer, and such a list at the end of an article holds no more lines.
_HEADLINE_WORDS = 25
_LIST_LINES = 8
# What the two signs of a rule in plain words stand for; both read the same from either end, for `ends` is matched so.
_STAR = r"[^\s()\[\]\"“”]+(?: [^\s()\[\]\"“”]+){0,7}"
_NUMBER = r"\d(?:[\d,.:]*\d)?"
# A term in a pattern, by its name: no quantifier is written with letters.
_TERM = re.compile(r"\{([a-z]+)\}")

# Marks after a credit, which its rules leave out.
_MARKS = ' .,:;!?…"”'

SENTENCE_END = re.compile(r"[.!?…。！？؟।]['\"”’»)\]]*$")
_QUESTION = re.compile(r"[?？؟]['\"”’»)\]]*$")
_EDGE = re.compile(r"[.!?…。！？][\"'”’)]* +(?=\S)")
_WORDS = re.compile(r"\w+\W+\w+")
_SENTENCE = re.compile(SENTENCE_END.pattern + r"|[.!?]['\"”’)]* [A-Z'\"“‘]")


class _Openings:
    """Rules in plain words that are held against the beginning of a line, looked up by their first character."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        """`rules`: each rule in plain lower-case words, and what must follow it, as a regular expression."""
        found: dict[str, list[str]] = defaultdict(list)
        for rule, after in rules.items():
            found["" if rule[0] in "*#" else rule[0]].append(_expression(rule) + after)
        self._by_first = {first: re.compile("|".join(expressions)) for first, expressions in found.items()}

    def match(self, line: str) -> bool:
        """Whether `line`, in lower case, begins as one of the rules says."""
        return any((rules := self._by_first.get(first)) and rules.match(line) for first in (line[:1], ""))


@dataclass(frozen=True, slots=True)
class _Kind:
    """The compiled rules of one kind."""

    name: str
    max_words: int
    labels: _Openings
    starts: _Openings
    ends: _Openings
    within: tuple[str, ...]
    whole: tuple[re.Pattern[str], ...]

    def holds(
        self, line: str, lower: str, backwards: str, words: int, is_report: bool = False, tells: bool = False
    ) -> bool:
        """Whether a line is of this kind.

        Args:
            line, lower, backwards, words: it as it is, in lower case, that from its last word backwards, its length.
            is_report: whether it is a sentence that speaks neither of the outlet nor to its reader.
            tells: whether it is a single sentence that tells news.
        """
        is_guarded = self.name not in _UNGUARDED
        return words <= self.max_words and (
            self.labels.match(lower)
            or (not (tells and is_guarded) and any(pattern.fullmatch(line) for pattern in self.whole))
            or (
                not ((is_report or tells) and is_guarded)
                and (
                    self.starts.match(lower)
                    or self.ends.match(backwards)
                    or any(piece in lower for piece in self.within)
                )
            )
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """A compiled rule set; `cut` is all that it does."""

    _kinds: tuple[_Kind, ...]
    _any: _Kind
    _keep: _Kind | None
    _address: re.Pattern[str]
    _report: re.Pattern[str]
    _heads: _Openings
    _pieces: tuple[tuple[str, str, re.Pattern[str]], ...]

    @classmethod
    def load(cls, *more: Path | str) -> Self:
        """The rules that ship, and those of the files `more`, which are in force together with them.

        Raises:
            SettingError: a file that cannot be read, or a rule in it; the resource names both.
        """
        tables = deepcopy(read_toml(__package__, "rules.toml"))  # more rules may join them
        terms = _terms(_month_terms(tables.pop(_MONTHS)["languages"]), tables.pop(_TERMS))
        address, report = (tables.pop(name)["words"] for name in (_ADDRESS, _REPORT))
        for path in more:
            try:
                added = tomllib.loads(Path(path).read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                raise SettingError(f"rules {path}", str(error), "correct the file, or leave the setting out") from error
            _merge(tables, added, str(path), terms)
        cutting = {name: table for name, table in tables.items() if name != _KEEP}
        return cls(
            _kinds=tuple(_kind(name, table, terms) for name, table in cutting.items()),
            _any=_kind("any", _together(cutting), terms),
            _keep=_kind(_KEEP, tables[_KEEP], terms) if _KEEP in tables else None,
            _address=re.compile(rf"(?<!\w)(?:{'|'.join(address)})(?!\w)|[@©]"),
            _report=re.compile(rf"(?<!\w)(?:{'|'.join(report)})(?!\w)"),
            _heads=_Openings({head.lower(): r"\W*$" for table in tables.values() for head in table.get("heads", ())}),
            _pieces=tuple(
                (name, _literal(piece), re.compile(r"(?<!\w)" + _expression(piece) + after, re.I))
                for name, table in tables.items()
                for key, after in (("pieces", ""), ("tails", r"\W*$"))
                for piece in table.get(key, ())
            ),
        )

    def cut(self, lines: list[str]) -> Iterator[tuple[str | None, str]]:
        """The lines in order, each with the kind it is cut as, or None where it stays.

        A line of which only a piece is cut comes as several; no word is joined, split, changed or moved.
        """
        parts = [piece for line in lines for kind, part in self._parts(line) for piece in self._pieces_of(kind, part)]
        last = max((n for n, (_, part) in enumerate(parts) if self._is_head(part)), default=len(parts))
        # An article ends in a full stop; one that ends in a headline ends in a list of them, full stops between or not.
        rest = [part for _, part in parts[last + 1 :]]
        closing = 0 < len(rest) < _LIST_LINES and all(map(_is_headline, rest)) and not SENTENCE_END.search(rest[-1])
        heading = None
        for n, (kind, part) in enumerate(parts):
            if kind is None and heading and ((closing and n > last) or not _SENTENCE.search(part)):
                kind = heading
            else:
                heading = kind if kind and self._is_head(part) else None
            yield kind, part

    def kind_of(self, line: str) -> str | None:
        """The kind that the whole of `line` is cut as, or None where it is the article's."""
        if len(line) > _LONGEST:
            return None
        line = line.replace("’", "'")
        lower = line.lower()
        words = line.count(" ") + 1
        views = line, lower, lower.rstrip(_MARKS)[::-1], words
        # Most lines are of no kind, which one look at all rules together tells soonest.
        if not self._any.holds(*views) or (self._keep and self._keep.holds(*views)):
            return None
        is_report = _is_statement(line) and not self._address.search(lower)
        tells = self._tells(line)
        return next((kind.name for kind in self._kinds if kind.holds(*views, is_report, tells)), None)

    def _tells(self, line: str) -> bool:
        """Whether a line is a single sentence that tells news."""
        return _is_statement(line) and not _EDGE.search(line) and bool(self._report.search(line.lower()))

    def _pieces_of(self, kind: str | None, part: str) -> list[tuple[str | None, str]]:
        """The part with its kind; where it has none, the captions glued to it and the paragraph, with theirs."""
        if kind:
            return [(kind, part)]
        if kind := self.kind_of(part):
            return self._from_where(kind, part)
        pieces = list(captions_apart(part))
        return [(self.kind_of(piece), piece) for piece in pieces] if len(pieces) > 1 else [(None, part)]

    def _from_where(self, kind: str, part: str) -> list[tuple[str | None, str]]:
        """A part that is of a kind; of a paragraph, the sentences from which on it is, and what is before them kept."""
        edges = [edge.end() for edge in _EDGE.finditer(part)]
        sentences = [part[start:end].strip() for start, end in pairwise([0, *edges, len(part)])]
        if (
            edges
            and kind not in _UNGUARDED
            and any(self._tells(one) and not self.kind_of(one) for one in sentences[1:])
        ):
            runs = groupby(sentences, self.kind_of)
            return [(kind, " ".join(run)) for kind, run in runs]
        is_headline = kind == "related" and part.count(" ") < _HEADLINE_WORDS
        if not edges or is_headline or kind in _UNGUARDED or self.kind_of(part[: edges[0]].strip()):
            return [(kind, part)]
        start = next((edge for edge in reversed(edges) if self.kind_of(part[edge:])), None)
        if start is None or not _WORDS.search(part[:start]):
            return [(kind, part)]
        while (earlier := [edge for edge in edges if edge < start]) and self.kind_of(part[earlier[-1] : start].strip()):
            start = earlier[-1]
        kept = self._parts(part[:start].strip())
        return [*(piece for cut, rest in kept for piece in self._pieces_of(cut, rest)), (kind, part[start:])]

    def _is_head(self, line: str) -> bool:
        return line.count(" ") < _HEADLINE_WORDS and self._heads.match(line.lower().replace("’", "'"))

    def _parts(self, line: str) -> Iterator[tuple[str | None, str]]:
        """The line, or what is before, in and after the pieces that are cut out of it."""
        while line:
            lower = line.lower() if len(line) <= _LONGEST else ""
            tried = ((kind, rule.search(line)) for kind, words, rule in self._pieces if words in lower)
            kind, match = next((hit for hit in tried if hit[1]), ("", None))
            if match is None:
                yield None, line
                return
            if before := line[: match.start()].strip():
                yield from self._parts(before)
            yield kind, match[0].strip()
            line = line[match.end() :].strip()


@cache
def default_rules() -> Rules:
    """The rules that ship, compiled once in a process."""
    return Rules.load()


def _is_statement(line: str) -> bool:
    """Whether a line is long enough for a sentence, and ends as one that is no question."""
    is_long = line.count(" ") + 1 >= _SENTENCE_WORDS
    return is_long and bool(SENTENCE_END.search(line)) and not _QUESTION.search(line)


def _is_headline(line: str) -> bool:
    return line.count(" ") < _HEADLINE_WORDS


def _month_terms(languages: list[str]) -> dict[str, str]:
    """Expressions for the names of months, for the terms to use."""
    beginnings = {name[:3] for language in languages for names in month_names(language) for name in names}
    english = (full.title() for full, *_ in month_names("en"))
    return {"monthbeginning": "|".join(sorted(beginnings)), "englishmonth": f"(?:{'|'.join(english)})"}


def _terms(found: dict[str, str], table: Mapping[str, str]) -> dict[str, str]:
    """The named expressions, each with the earlier ones that it uses written out; `found` are the first of them."""
    for name, expression in table.items():
        found[name] = f"(?:{_with_terms(expression, found)})"
    return found


def _with_terms(expression: str, terms: Mapping[str, str]) -> str:
    return _TERM.sub(lambda term: terms.get(term[1], term[0]), expression)


def _row(words: list[str]) -> re.Pattern[str]:
    """A line of two or more of these words, glued or not, with counts or without; atomic, so that none costs long."""
    one = "|".join(map(re.escape, sorted(map(str.lower, words), key=len, reverse=True)))
    piece = rf"(?>(?:{one})(?!(?-i:[a-z\d_]))[^\w.]*(?:\d[\d.,]*k?\b[^\w.]*)?)"
    return re.compile(rf"(?:\d[\d.,]*k?\b[^\w.]*)?{piece}{{2,}}+", re.I)


def _kind(name: str, table: Mapping[str, Any], terms: Mapping[str, str]) -> _Kind:
    labels = {rule: r"\W*$" for key in ("is", "heads") for rule in table.get(key, ())}
    return _Kind(
        name=name,
        max_words=table.get("max_words", _MAX_WORDS),
        labels=_Openings({rule.lower(): after for rule, after in labels.items()}),
        starts=_Openings({rule.lower(): "" for rule in table.get("begins", ())}),
        ends=_Openings({rule.lower()[::-1]: "" for rule in table.get("ends", ())}),
        within=tuple(rule.lower() for rule in table.get("has", ())),
        whole=(
            *(re.compile(_with_terms(rule, terms)) for rule in table.get("matches", ())),
            *([_row(words)] if (words := table.get("rows")) else []),
        ),
    )


def _together(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The rules of all kinds as those of one."""
    lists = {key: [rule for table in tables.values() for rule in table.get(key, ())] for key in _LISTS}
    return lists | {"max_words": max((table.get("max_words", _MAX_WORDS) for table in tables.values()), default=0)}


def _expression(rule: str) -> str:
    """A rule in plain words as a regular expression that ends at the edge of a word."""
    body = re.escape(rule).replace(r"\ ", " ").replace(r"\*", _STAR).replace(r"\#", _NUMBER)
    return body + (r"(?!\w)" if re.search(r"\w$", rule) else "")


def _literal(rule: str) -> str:
    """The longest run of plain words in a rule, whose absence from a line is quickly seen."""
    return max(re.split(r"[*#]", rule.lower()), key=len)


def _merge(tables: dict[str, dict[str, Any]], added: Mapping[str, Any], path: str, terms: Mapping[str, str]) -> None:
    for kind, table in added.items():
        resource = f"rules {path}, [{kind}]"
        if not isinstance(table, dict) or not table.keys() <= _KEYS:
            wrong = ", ".join(sorted(table.keys() - _KEYS)) if isinstance(table, dict) else "no table"
            raise SettingError(resource, f"not understood: {wrong}", f"use {', '.join(sorted(_KEYS))}")
        mine = tables.setdefault(kind, {})
        for key, value in table.items():
            if key == "max_words":
                if not isinstance(value, int) or value < 1:
                    raise SettingError(resource, f"max_words is {value!r}", "write a whole number of words")
                mine[key] = value
            elif not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
                raise SettingError(resource, f"{key} is not a list of texts", f'write {key} = ["…", "…"]')
            else:
                mine[key] = [*mine.get(key, []), *value]
        for item in table.get("matches", ()):
            try:
                re.compile(_with_terms(item, terms))
            except re.error as error:
                raise SettingError(resource, f"{item!r}: {error}", "correct the expression") from error

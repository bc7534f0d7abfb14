"""Asking the search index: FTS5 on SQLite, tsvectors with GIN on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    column,
    false,
    func,
    literal_column,
    not_,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session, aliased

from schemas.tables import CleanedBody, Document
from workers.store.search.conditions import asked_of
from workers.store.search.query import Both, Either, Not, Phrase, Query, Term, parse

# Stand for the ends of a match inside a snippet; no cleaned text has them, for cleaning leaves no control characters.
_OPEN, _CLOSE = "\x02", "\x03"

# Words of a snippet.
_SNIPPET_WORDS = 40

_fts = table("search", column("rowid"), column("search"))
_vectors = table("search", column("number"), column("words"))


@dataclass(frozen=True)
class Hit:
    """A document that answers to a query; the snippet with the spans in it that matched."""

    number: int
    document: Document
    snippet: str
    marks: list[tuple[int, int]]


def search(session: Session, typed: str, limit: int = 20, before: int | None = None) -> list[Hit]:
    """The documents that answer to what was typed, latest arrival first.

    Args:
        limit: at most so many.
        before: only those with a lower number, which the last hit of the page before has.

    Raises:
        QueryError: it cannot be read.
    """
    query = parse(typed)
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    wanted, number = _matching(session, query)
    if before is not None:
        wanted = wanted.where(number < before)
    numbers = list(session.scalars(wanted.order_by(number.desc()).limit(limit)))
    documents = {d.number: d for d in session.scalars(select(Document).where(Document.number.in_(numbers)))}
    snippets = _snippets(session, query, numbers, on_postgresql)
    return [Hit(number, documents[number], *_marked(snippets.get(number, ""))) for number in numbers]


def matches(session: Session, typed: str, document_ids: Collection[str]) -> bool:
    """Whether one of these documents answers to a query.

    Raises:
        QueryError: it cannot be read.
    """
    wanted, _ = _matching(session, parse(typed))
    return session.scalar(wanted.where(Document.id.in_(sorted(document_ids))).limit(1)) is not None


def _matching(session: Session, query: Query) -> tuple[Select[int], ColumnElement[int]]:
    """The numbers of the documents that answer to a query, and the column that they are put in order by."""
    number: ColumnElement[int] = Document.number.expression
    probed = number
    wanted = select(number)
    if query.words is not None:
        if session.get_bind().dialect.name == "postgresql":
            wanted = wanted.join(_vectors, _vectors.c.number == Document.number)
            wanted = wanted.where(_vectors.c.words.op("@@")(_tsquery(query.words)))
        else:
            # By the index's own number: it gives them in that order, so a page of a common word ends after a page. And
            # a sum is no index's column: what is asked of the number is asked before the document is read.
            number, probed = _fts.c.rowid, _fts.c.rowid + 0
            wanted = select(number).join(Document, Document.number == number)
            wanted = wanted.where(_fts.c.search.op("MATCH")(_fts5(query.words)))
    for condition in query.conditions:
        meant = asked_of(session, condition, probed)
        # Of what is not known neither holds: an outlet that nobody names is not the one named.
        wanted = wanted.where(not_(func.coalesce(meant, false())) if condition.negated else meant)
    return wanted, number


def _fts5(term: Term) -> str:
    """The query in the language of FTS5; every word quoted, so that none is taken for an operator."""
    match term:
        case Phrase(words, prefix):
            return '"' + " ".join(words) + '"' + ("*" if prefix else "")
        case Either(terms):
            return "(" + " OR ".join(map(_fts5, terms)) + ")"
        case Both(terms):
            wanted = [_fts5(each) for each in terms if not isinstance(each, Not)]
            unwanted = [_fts5(each.term) for each in terms if isinstance(each, Not)]
            asked = "(" + " AND ".join(wanted) + ")"
            return f"({asked} NOT ({' OR '.join(unwanted)}))" if unwanted else asked
        case Not():
            raise AssertionError("a query says what must be there")


def _tsquery(term: Term) -> ColumnElement[Any]:
    match term:
        case Phrase(words, prefix):
            phrase = func.phraseto_tsquery(literal_column("'english'::regconfig"), " ".join(words))
            if not prefix:
                return phrase
            beginning = func.to_tsquery(literal_column("'simple'::regconfig"), f"{words[-1].lower()}:*")
            if len(words) == 1:
                return beginning
            before = func.phraseto_tsquery(literal_column("'english'::regconfig"), " ".join(words[:-1]))
            return func.tsquery_phrase(before, beginning)
        case Not(inner):
            return func.tsquery_not(_tsquery(inner))
        case Both(terms):
            return _joined([_tsquery(each) for each in terms], "&&")
        case Either(terms):
            return _joined([_tsquery(each) for each in terms], "||")


def _joined(parts: Sequence[ColumnElement[Any]], operator: str) -> ColumnElement[Any]:
    asked = parts[0]
    for part in parts[1:]:
        asked = asked.op(operator, is_comparison=False)(part).self_group()
    return asked


def _snippets(session: Session, query: Query, numbers: Sequence[int], on_postgresql: bool) -> dict[int, str]:
    if not numbers:
        return {}
    bodies = aliased(CleanedBody)
    if query.words is None:
        beginning = select(bodies.number, func.substr(bodies.text, 1, 6 * _SNIPPET_WORDS))
        return dict(session.execute(beginning.where(bodies.number.in_(numbers))).all())
    if on_postgresql:
        options = f"StartSel={_OPEN}, StopSel={_CLOSE}, MaxWords={_SNIPPET_WORDS}, MinWords=20, MaxFragments=2"
        headline = func.ts_headline(
            literal_column("'english'::regconfig"), func.left(bodies.text, 150_000), _tsquery(query.words), options
        )
        wanted = select(bodies.number, headline).where(bodies.number.in_(numbers))
        return dict(session.execute(wanted).all())
    # -1: of the column that matches best.
    snippet = text(f"snippet(search, -1, :opened, :closed, '…', {_SNIPPET_WORDS})").bindparams(
        opened=_OPEN, closed=_CLOSE
    )
    wanted = (
        select(_fts.c.rowid, snippet)
        .select_from(_fts)
        .where(_fts.c.search.op("MATCH")(_fts5(query.words)), _fts.c.rowid.in_(numbers))
    )
    return dict(session.execute(wanted).all())


def _marked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """A snippet without the signs in it, and the spans (code points) that they marked."""
    plain, spans, length, start = [], [], 0, None
    for piece in _pieces(marked):
        if piece == _OPEN:
            start = length
        elif piece == _CLOSE:
            if start is not None:
                spans.append((start, length))
            start = None
        else:
            plain.append(piece)
            length += len(piece)
    return "".join(plain), spans


def _pieces(marked: str) -> Sequence[str]:
    return [
        piece for piece in marked.replace(_OPEN, f"\0{_OPEN}\0").replace(_CLOSE, f"\0{_CLOSE}\0").split("\0") if piece
    ]

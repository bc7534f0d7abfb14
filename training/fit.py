"""Fits the claim models: logistic regression over the features that the program itself computes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipeline.clean import clean
from pipeline.extract.analysis import analyse
from pipeline.extract.claims.attribution import NO, YES, option_features
from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.claimants import Claimant, Claimants
from pipeline.extract.claims.discourse import Discourse, First, Headline
from pipeline.extract.claims.features import Surroundings, of_candidate
from pipeline.extract.claims.linear import Model
from pipeline.extract.claims.neighbours import Neighbours
from pipeline.extract.claims.readings import NONE, Given, Reading, measure_features, scope_features, scoped
from pipeline.extract.claims.suggestions import find_candidates
from pipeline.extract.claims.triggers import find_triggers
from pipeline.extract.entities import find_entities
from pipeline.extract.quotes import find_quotes
from schemas.documents import RawDocument
from training.corpus import Article, GoldClaim, locate

# Inverse strength of the penalty on large weights, the best of 0.03, 0.1, 0.3 and 1 by writers left out in turn.
_STRENGTH = 0.1
# Parts of the writers that the first decision on scope is kept from in turn, for the second to learn from what it says.
_FOLDS = 8
# A feature seen once says as much of chance as of language.
_LEAST_SEEN = 2
# Weights below this change no decision that is not a toss-up; without them the file is half the size.
_LEAST_WEIGHT = 0.02
# Words of a name that do not tell whose it is.
_UNTELLING = frozenset("a an the mr mrs ms dr prof".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Read:
    """An article as the program sees it: its candidates and, for each, the annotated claim whose figure it is."""

    writer: str
    text: str
    claimants: Claimants
    around: Surroundings
    headline: Headline
    candidates: tuple[Candidate, ...]
    gold: tuple[GoldClaim | None, ...]

    @property
    def given(self) -> Given:
        """What the program reads its figures from."""
        return Given(self.candidates, self.around, self.headline, self.claimants)


def read_article(article: Article) -> Read:
    """Analyses an article as `pipeline` does, and matches its candidates with its claims."""
    cleaned = clean(RawDocument(content=article.text, title=article.title, published=article.published)).text
    doc = analyse(cleaned)
    entities = find_entities(doc)
    quotes = find_quotes(doc, entities)
    triggers = find_triggers(doc.analysis)
    around = Surroundings(doc, triggers, [(quote.start, quote.end) for quote in quotes if quote.kind == "direct"])
    candidates = tuple(find_candidates(doc, triggers))
    places = _aligned(article, cleaned)
    gold = tuple(
        next((claim for claim, start, end in places if start < c.figure.end and c.figure.start < end), None)
        for c in candidates
    )
    claimants = Claimants(doc, quotes, entities)
    return Read(
        article.writer, cleaned, claimants, around, Headline.of(article.title, article.published), candidates, gold
    )


def _aligned(article: Article, cleaned: str) -> list[tuple[GoldClaim, int, int]]:
    """Where the figures of an article stand in its cleaned text; those that cleaning cut are left out."""
    if cleaned == article.text:
        return [(claim, claim.start, claim.end) for claim in article.claims]
    found = []
    for claim in article.claims:
        try:
            start = locate(cleaned, claim.fields)
        except ValueError:
            continue
        found.append((claim, start, start + len(claim.fields["figure"])))
    return found


def fit(articles: Sequence[Read], named: Sequence[Read]) -> dict[str, Model]:
    """The models of `pipeline.extract.claims` but for `contradiction`.

    What the later models see of the first one's readings is what it says of writers that it was not trained on, as it
    will be with the program's texts.

    Args:
        articles: texts whose claims are annotated.
        named: those of them that tell the fullest name of each claimant: passages tell the nearest words alone ("it").
    """
    writers = sorted({article.writer for article in articles})
    texts: list[_Rows] = []
    for writer in writers:
        others = fit_first([article for article in articles if article.writer != writer] or articles)
        texts += [_rows(article, others) for article in articles if article.writer == writer]
    rows = [row for text in texts for row in text.rows]
    own = [features for text in texts for features in text.own]
    return {
        "first": fit_first(articles),
        "measure": _regression(
            [measure_features(first, text.discourse) for text in texts for first, _ in text.rows],
            [_measure(gold) for _, gold in rows],
        ),
        "status": _regression(own, [gold.fields["status"] for _, gold in rows if gold is not None]),
        **_fit_scope(texts, writers),
        "claimant": _fit_claimant(named),
    }


def _fit_scope(texts: Sequence[_Rows], writers: Sequence[str]) -> dict[str, Model]:
    """The two decisions on scope: the second learns from what the first says of writers that it did not learn from."""
    found: dict[str, list[list[str]]] = {}
    for part in (set(writers[number::_FOLDS]) for number in range(min(_FOLDS, len(writers)))):
        others = [text for text in texts if text.writer not in part]
        whole = _scopes(others) == _scopes(texts)  # a corpus of two writers may hold a scope with one of them alone
        model = _fit_first_scope(others if whole else texts)
        for writer in part:
            found[writer] = [features for text in texts if text.writer == writer for features in text.scoped(model)]
    seen = {writer: iter(features) for writer, features in found.items()}
    rows = [next(seen[text.writer]) for text in texts for _ in text.own]
    return {"first scope": _fit_first_scope(texts), "scope": _regression(rows, [s for t in texts for s in t.scopes])}


def _scopes(texts: Iterable[_Rows]) -> set[str]:
    return {scope for text in texts for scope in text.scopes}


def _fit_first_scope(texts: Iterable[_Rows]) -> Model:
    pairs = [pair for text in texts for pair in zip(text.own, text.scopes, strict=True)]
    return _regression([own for own, _ in pairs], [scope for _, scope in pairs])


def _fit_claimant(articles: Iterable[Read]) -> Model:
    """Of each annotated claim every possible claimant is an example; those that the program does not see are passed
    over."""
    rows, classes = [], []
    for article in articles:
        previous: Claimant | None = None
        told = 0
        for candidate, gold in zip(article.candidates, article.gold, strict=True):
            if gold is None:
                continue
            fields = gold.fields
            reading = Reading(candidate, fields["measure"], fields["status"], fields["scope"])
            before = previous if "\n" not in article.text[told : candidate.figure.start] else None
            options = article.claimants.options(candidate)
            right = claimed_by(fields["claimant_name"], [option.claimant for option in options])
            previous, told = None, candidate.figure.end
            if any(right):
                previous = options[right.index(True)].claimant
                rows += [option_features(option, reading, before) for option in options]
                classes += [YES if is_right else NO for is_right in right]
    return _regression(rows, classes)


def fit_contradiction(comparisons: Iterable[tuple[Sequence[str], bool]]) -> Model:
    """The model `contradiction` of `pipeline.extract.claims`, from the features of comparisons and whether the figures
    contradict each other."""
    told = list(comparisons)
    return _regression([features for features, _ in told], [YES if contradict else NO for _, contradict in told])


def claimed_by(told: str | None, options: Sequence[Claimant | None]) -> list[bool]:
    """Which of those who may claim a figure are the annotated one: by name, or where none is, by the words that name
    them in the text, as passages give it ("he", whom the program holds for Dermot Haye)."""
    named = [same_name(told, option) for option in options]
    if any(named) or told is None:
        return named
    return [option is not None and option.text.casefold() == told.casefold() for option in options]


def same_name(told: str | None, claimant: Claimant | None) -> bool:
    """Whether an annotated claimant is this one: both the outlet, or one's words within the other's."""
    if told is None or claimant is None:
        return told is None and claimant is None
    one, other = (set(re.findall(r"\w+", name.casefold())) - _UNTELLING for name in (told, claimant.name))
    return bool(one and other) and (one <= other or other <= one)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The candidates of a text as first read, with their claims; of those that are claims, the features that decide the
    scope of each by itself."""

    writer: str
    text: str
    discourse: Discourse
    rows: Sequence[tuple[First, GoldClaim | None]]
    own: Sequence[list[str]]

    @property
    def claims(self) -> list[tuple[First, GoldClaim]]:
        """Those that are claims."""
        return [(first, gold) for first, gold in self.rows if gold is not None]

    @property
    def scopes(self) -> list[str]:
        """The scope of each claim."""
        return [str(gold.fields["scope"]) for _, gold in self.claims]

    def scoped(self, model: Model) -> list[list[str]]:
        """The features that decide the scope of each claim, with what the model of the first decision says of all."""
        figures = [
            scoped(first, gold.fields["measure"], model.logarithms(own))
            for (first, gold), own in zip(self.claims, self.own, strict=True)
        ]
        neighbours = Neighbours(self.text, figures)
        return [[*own, *neighbours.of(figure)] for own, figure in zip(self.own, figures, strict=True)]


def _rows(article: Read, model: Model) -> _Rows:
    firsts = []
    for candidate in article.candidates:
        features = of_candidate(candidate, article.around)
        measure, probability = model.likeliest(features)
        firsts.append(First(candidate, features, measure, probability))
    discourse = Discourse(firsts, article.around, article.headline)
    rows = list(zip(firsts, article.gold, strict=True))
    own = [scope_features(first, gold.fields["measure"], discourse) for first, gold in rows if gold is not None]
    return _Rows(article.writer, article.text, discourse, rows, own)


def fit_first(articles: Iterable[Read]) -> Model:
    pairs = [
        (of_candidate(candidate, article.around), _measure(gold))
        for article in articles
        for candidate, gold in zip(article.candidates, article.gold, strict=True)
    ]
    return _regression([features for features, _ in pairs], [measure for _, measure in pairs])


def _measure(gold: GoldClaim | None) -> str:
    return NONE if gold is None else str(gold.fields["measure"])


def _regression(rows: Sequence[Sequence[str]], classes: Sequence[str]) -> Model:
    """Multinomial logistic regression with an L2 penalty (scikit-learn, lbfgs), features in order of their names."""
    seen = Counter(feature for row in rows for feature in set(row))
    names = sorted(feature for feature, times in seen.items() if times >= _LEAST_SEEN)
    number = {name: column for column, name in enumerate(names)}
    columns = [sorted({number[feature] for feature in row if feature in number}) for row in rows]
    starts = np.cumsum([0, *map(len, columns)])
    places = np.fromiter((column for row in columns for column in row), dtype=np.int32)
    matrix = csr_matrix((np.ones(len(places)), places, starts), shape=(len(rows), len(names)))
    fitted = LogisticRegression(C=_STRENGTH, max_iter=300, tol=1e-3).fit(matrix, list(classes))
    weights = fitted.coef_.T.astype(np.float64)
    if len(fitted.classes_) == 2:  # scikit-learn gives the weights of the second class against the first
        weights = np.hstack([-weights / 2, weights / 2])
    weights[number["bias"]] += fitted.intercept_ if weights.shape[1] > 2 else np.array([-0.5, 0.5]) * fitted.intercept_
    kept = [row for row in range(len(names)) if np.abs(weights[row]).max() >= _LEAST_WEIGHT]
    return Model(
        tuple(map(str, fitted.classes_)),
        {names[row]: place for place, row in enumerate(kept)},
        weights[kept].astype(np.float32),
    )

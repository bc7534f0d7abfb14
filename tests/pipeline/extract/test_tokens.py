"""Tokens and spans say what spaCy's own say."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.entities import find_entities
from pipeline.extract.tokens import AnalysedText

TEXTS = (
    "Mayor Ana Ruiz of Selmira, 58, said on Monday that “at least 12 people” were killed. She had not seen\u00a0it.",
    'KARVO (AP) - "We counted 1,200 tents," the rescuers\' chief told Radio Karvo.\n\n  No one slept; it rained, etc.',
    "Which hospital did the two nurses whom the minister spoke of on the train come from? HALF of it burned.",
    "\n Two men of Dell and\ta WHO doctor fled 3/4 of the way, to Port Lorn's old jail.",
)
OF_TOKEN = (
    *("text", "lower_", "lemma_", "pos_", "tag_", "dep_", "ent_type_", "ent_iob_", "whitespace_", "i", "idx"),
    *("is_alpha", "is_digit", "is_punct", "is_quote", "is_space", "is_stop", "is_title", "is_upper", "like_num"),
)


def places(tokens: Any) -> list[int]:
    return [token.i for token in tokens]


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_those_of_spacy(text: str) -> None:
    doc = analyse(text)
    for token, other in zip(doc, doc.analysis, strict=True):
        assert {name: getattr(token, name) for name in OF_TOKEN} == {name: getattr(other, name) for name in OF_TOKEN}
        assert len(token) == len(other)
        assert token.is_sent_start == bool(other.is_sent_start)
        for name in ("head", "left_edge", "right_edge"):
            assert getattr(token, name).i == getattr(other, name).i, (token.text, name)
        for name in ("children", "lefts", "rights", "ancestors", "sent"):
            assert places(getattr(token, name)) == places(getattr(other, name)), (token.text, name)
        assert sorted(places(token.subtree)) == sorted(places(other.subtree))


@pytest.mark.parametrize("text", TEXTS)
def test_spans_are_those_of_spacy(text: str) -> None:
    doc = analyse(text)
    for start in range(len(doc)):
        for end in range(start + 1, min(len(doc), start + 9) + 1):
            span, other = doc[start:end], doc.analysis[start:end]
            assert (span.text, span.start_char, span.end_char) == (other.text, other.start_char, other.end_char)
            assert span.root.i == other.root.i, span.text
            assert (len(span), span[0].i, span[-1].i) == (len(other), other[0].i, other[-1].i)
            assert places(span[1:]) == places(other[1:])
            assert doc.span_of(span.start_char, span.end_char) is not None
    assert [(s.start, s.end) for s in doc.sents] == [(s.start, s.end) for s in doc.analysis.sents]
    assert doc.span_of(0, len(text) + 1) is None


def entities(doc: Any) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.label_) for span in doc.ents]


@pytest.mark.parametrize("text", TEXTS)
def test_entities_are_read_and_written(text: str) -> None:
    doc = analyse(text)
    assert entities(doc) == entities(doc.analysis)
    found = find_entities(doc)
    assert [(span.start_char, span.end_char, span.label_) for span in doc.ents] == [
        (entity.start, entity.end, entity.label) for entity in found
    ]
    assert all(token.ent_iob_ == "O" for token in doc if not token.ent_type_)


def test_a_text_without_words_has_no_tokens() -> None:
    doc: AnalysedText = analyse("")
    assert (len(doc), doc.sents, doc.ents, doc.text) == (0, [], [], "")

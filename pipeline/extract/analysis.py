"""The linguistic analysis of a text: sentences analysed one by one, joined to one text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
from spacy.attrs import ORTH, SPACY  # type: ignore[import-not-found]
from spacy.tokens import Doc

from pipeline.extract.model import ATTRIBUTES, COLUMN, WORD, AnnotationTable, analyser
from pipeline.extract.sentences import sentence_spans
from pipeline.extract.tokens import AnalysedText


def analyse(text: str) -> AnalysedText:
    """The analysed text: `doc.text == text`, so `token.idx` and `span.start_char` are offsets into `text`.

    `doc.sents` are sentences cut by rule (`sentences.sentence_spans`), each with one parse tree; none crosses a
    newline, and paragraphs are apart by newlines. White space that is more than one space is a token of its own
    (`is_space`), hung on the token before it. Entities (`doc.ents`, the model's own, not mended) are set everywhere;
    tags, lemmas and dependencies (ClearNLP labels of spaCy's English models: nsubj, dobj, ccomp, nummod, ...) in the
    sentences that can hold a quote or a claim (`selection.is_worth_parsing`). In others every token hangs on the first,
    as `dep`.
    """
    tool = analyser()
    spans = list(sentence_spans(text))
    tables: list[AnnotationTable] = []
    spaced: list[int] = []  # tokens that a space follows outside their sentence
    tokens = at = 0
    for (start, end), table in zip(spans, tool.analysed([text[start:end] for start, end in spans]), strict=True):
        gap = text[at:start]
        if gap == " " and tables:
            spaced.append(tokens - 1)
        elif gap:
            tables.append(tool.space(gap, -1 if tables else 1))
            tokens += 1
        tables.append(table)
        tokens += len(table)
        at = end
    if text[at:]:
        tables.append(tool.space(text[at:], -1 if tables else 0))
    if not tables:
        return AnalysedText(Doc(tool.nlp.vocab), text)
    whole = np.concatenate(tables)
    whole[spaced, COLUMN[SPACY]] = 1
    words, spaces = whole[:, [COLUMN[ORTH], COLUMN[SPACY]]].T.tolist()
    doc = Doc(tool.nlp.vocab, words=words, spaces=spaces)
    doc.from_array(ATTRIBUTES, cast(Any, whole[:, len(WORD) :]))
    return AnalysedText(doc, text)


def analyse_sentences(texts: Iterable[str]) -> None:
    """Analyses the sentences of several texts at once; they are kept for `analyse`."""
    analyser().analysed([text[start:end] for text in texts for start, end in sentence_spans(text)])

"""The linguistic analysis of a text: sentences analysed one by one, joined to one Doc."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from spacy.tokens import Doc

from pipeline.extract.model import ATTRIBUTES, Table, analyser
from pipeline.extract.sentences import sentence_spans


def analyse(text: str) -> Doc:
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
    pieces = [text[start:end] for start, end in spans]
    words: list[str] = []
    spaces: list[bool] = []
    tables: list[Table] = []
    at = 0
    for (start, end), sentence in zip(spans, tool.analysed(pieces), strict=True):
        gap = text[at:start]
        if gap == " " and words:
            spaces[-1] = True
        elif gap:
            tables.append(tool.space(-1 if words else 1))
            words.append(gap)
            spaces.append(False)
        words += sentence.words
        spaces += sentence.spaces
        tables.append(sentence.table)
        at = end
    if text[at:]:
        tables.append(tool.space(-1 if words else 0))
        words.append(text[at:])
        spaces.append(False)
    doc = Doc(tool.nlp.vocab, words=words, spaces=spaces)
    return doc.from_array(ATTRIBUTES, cast(Any, np.concatenate(tables))) if tables else doc

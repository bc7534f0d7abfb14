"""The analysis of many sentences at once against the model as its makers run it."""

from __future__ import annotations

from pipeline.extract.analysis import analyse
from pipeline.extract.model import analyser

SENTENCES = [
    "Police said.",
    "The mayor of Leeds, Ana Ruiz, said on Friday that at least twelve people were killed when the ferry sank.",
    "“We told the Red Cross,” said Reuters reporter Al Roe.",
    "Officials in the New South Wales town of Dubbo said the United Nations had sent 40 doctors.",
]


def test_sentences_analysed_together_have_the_trees_and_entities_of_each_alone() -> None:
    together = list(analyse("\n".join(SENTENCES)).sents)
    assert len(together) == len(SENTENCES)
    for ours, sentence in zip(together, SENTENCES, strict=True):
        words = [token for token in ours if not token.is_space]
        alone = analyser().nlp(sentence)
        assert [(token.text, token.tag_, token.dep_, token.head.i - token.i) for token in words] == [
            (token.text, token.tag_, token.dep_, token.head.i - token.i) for token in alone
        ]
        assert [(token.ent_iob_, token.ent_type_) for token in words] == [
            (token.ent_iob_, token.ent_type_) for token in alone
        ]
        assert [token.lemma_ for token in words] == [token.lemma_ for token in alone]

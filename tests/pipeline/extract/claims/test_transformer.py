"""The transformer that reads figures in their sentences: its word pieces, windows, weights and answers."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.extract.claims.transformer import Asked, PairedFigure, contradictions, forget, opinions, shipped
from pipeline.extract.claims.transformer.network import Encoder, gelu
from pipeline.extract.claims.transformer.opinions import MOST
from pipeline.extract.claims.transformer.packing import packed, unpacked
from pipeline.extract.claims.transformer.pieces import pieces, vocabulary
from pipeline.extract.claims.transformer.windows import COMPARED, LONGEST, window, window_of_both

_TEXT = "A roof fell in at a mine in Tarn. Police said seven miners were killed. The union said nine had died."
_SENTENCES = [(0, 33), (34, 71), (72, 101)]


def _asked(figure: str, head: str | None, *mentions: str | None) -> Asked:
    start = _TEXT.index(figure)
    sentence = next(span for span in _SENTENCES if span[0] <= start < span[1])
    spans = [None if name is None else (_TEXT.index(name), _TEXT.index(name) + len(name)) for name in mentions]
    noun = None if head is None else (_TEXT.index(head), _TEXT.index(head) + len(head))
    return Asked(sentence, (start, start + len(figure)), noun, spans, mentions.index(None))


def test_words_are_cut_into_the_longest_pieces_known() -> None:
    named = {number: piece for piece, number in vocabulary().items()}
    found = [(named[number], start, end) for number, start, end in pieces("Unkillable café, 12.")]
    assert found == [
        ("un", 0, 2),
        ("##kill", 2, 6),
        ("##able", 6, 10),
        ("cafe", 11, 15),
        (",", 15, 16),
        ("12", 17, 19),
        (".", 19, 20),
    ]


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "a" * 5_000, "ﬁﬂ İ½", "日本"])
def test_pieces_stand_within_the_text(text: str) -> None:
    for _, start, end in pieces(text):
        assert 0 <= start <= end <= len(text)


def test_a_window_holds_the_headline_the_sentences_before_and_its_own() -> None:
    seen = window(_TEXT, "Seven dead", _SENTENCES, _SENTENCES[2])
    stood = [_TEXT[span[0] : span[1]] for span in seen.offsets if span is not None]
    assert (stood[0], stood[-2], stood[-1]) == ("A", "died", ".")
    assert seen.types.count(0) == len(["[CLS]", "Seven", "dead", "[SEP]"])
    assert [_TEXT[slice(*(seen.offsets[at] or ()))] for at in seen.tokens(87, 91)] == ["nine"]
    assert not window(_TEXT, None, _SENTENCES, _SENTENCES[0]).tokens(87, 91)


def test_a_long_sentence_is_cut() -> None:
    text = "Killed: " + "one, " * 500
    seen = window(text, None, [(0, len(text))], (0, len(text)))
    assert len(seen.ids) == len(seen.types) == len(seen.offsets) == LONGEST


def test_vectors_of_words_are_kept_to_a_step_of_the_largest_of_their_run() -> None:
    matrix = np.random.default_rng(1).normal(size=(5, 96)).astype(np.float32)
    largest = np.abs(matrix.reshape(5, 3, 32)).max(axis=2, keepdims=True)
    apart = np.abs(unpacked(*packed(matrix)) - matrix).reshape(5, 3, 32)
    assert (apart <= largest / (2 * 7) * 1.1).all()
    assert not unpacked(*packed(np.zeros((2, 32), dtype=np.float32))).any()
    with pytest.raises(ValueError, match="33 columns"):
        packed(np.ones((2, 33), dtype=np.float32))


def test_no_number_is_too_far_from_zero() -> None:
    far = np.array([-1e4, -60, 0, 60, 1e4], dtype=np.float32)
    with np.errstate(all="raise", under="ignore"):
        assert gelu(far).tolist() == pytest.approx([0, 0, 0, 60, 1e4], abs=1e-20)


def test_a_vector_depends_little_on_which_others_are_wanted() -> None:
    encoder = shipped().figures
    seen = window(_TEXT, None, _SENTENCES, _SENTENCES[2])
    every = encoder.encode(seen.ids, seen.types, range(len(seen.ids)))
    one = encoder.encode(seen.ids, seen.types, [3])
    assert every.shape == (len(seen.ids), 384)
    assert float(every[3] @ one[0]) == pytest.approx(float(np.linalg.norm(every[3]) * np.linalg.norm(one[0])), rel=0.01)


def test_each_figure_is_told_what_it_counts_and_who_claims_it() -> None:
    asked = [_asked("nine", None, None, "The union", "Police"), _asked("seven", "miners", None, "Police")]
    told = opinions(_TEXT, "Mine disaster in Tarn", _SENTENCES, asked, shipped())
    for opinion, claimant in zip(told, (1, 1), strict=True):
        assert opinion is not None
        assert max(opinion.measure, key=opinion.measure.__getitem__) == "killed"
        assert max(opinion.status, key=opinion.status.__getitem__) == "stated"
        assert int(np.argmax(opinion.claimants)) == claimant
        assert sum(np.exp(opinion.claimants)) == pytest.approx(1, abs=1e-3)


def test_a_figure_out_of_sight_has_no_opinion() -> None:
    text = "Killed: " + "one, " * 500 + "and nine miners."
    asked = Asked((0, len(text)), (len(text) - 12, len(text) - 8), None, [None], 0)
    assert opinions(text, None, [(0, len(text))], [asked], shipped()) == [None]


def test_of_a_long_list_the_first_sentences_are_read() -> None:
    text = "9 dead. " * (MOST + 2)
    sentences = [(start, start + 7) for start in range(0, len(text), 8)]
    asked = [Asked(span, (span[0], span[0] + 1), None, [None], 0) for span in sentences]
    told = opinions(text, None, sentences, asked, shipped())
    assert [opinion is not None for opinion in told] == [True] * MOST + [False] * 2


def test_a_sentence_that_was_read_before_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [_asked("nine", None, None, "The union", "Police"), _asked("seven", "miners", None, "Police")]
    forget()
    first = opinions(_TEXT, "Mine disaster in Tarn", _SENTENCES, asked, shipped())
    monkeypatch.setattr(Encoder, "encode", None)
    assert opinions(_TEXT, "Mine disaster in Tarn", _SENTENCES, asked, shipped()) == first
    with pytest.raises(TypeError):  # another headline is another question
        opinions(_TEXT, "Mine disaster", _SENTENCES, asked, shipped())


def _told(figure: str, head: str | None) -> PairedFigure:
    asked = _asked(figure, head, None)
    return PairedFigure(asked.sentence, asked.figure, asked.head)


def test_two_figures_of_one_whole_by_two_claimants_contradict_each_other() -> None:
    pair = _told("seven", "miners"), _told("nine", None)
    (chance,) = contradictions(_TEXT, "Mine disaster in Tarn", _SENTENCES, [pair], shipped())
    assert chance > 0.5


def test_a_pair_out_of_sight_contradicts_nothing() -> None:
    text = "Seven killed: " + "one, " * 500 + "and nine miners."
    sentence = (0, len(text))
    pair = PairedFigure(sentence, (0, 5), None), PairedFigure(sentence, (len(text) - 12, len(text) - 8), None)
    assert contradictions(text, None, [sentence], [pair], shipped()) == [0.0]
    assert contradictions(text, None, [sentence], [], shipped()) == []


def test_the_two_figures_compared_are_marked() -> None:
    seen = window_of_both(_TEXT, "Seven dead", _SENTENCES, _SENTENCES[1], _SENTENCES[2])
    assert len({*seen.types}) == 2
    places = [seen.tokens(_TEXT.index(word), _TEXT.index(word) + 4)[0] for word in ("seven", "nine")]
    assert [place for place, kind in enumerate(seen.marked(places).types) if kind == COMPARED] == places

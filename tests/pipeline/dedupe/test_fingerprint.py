"""Fingerprints: words in any script, shingles, the keys of the index, and profiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe import fingerprint
from pipeline.dedupe.circumstances import Circumstances
from pipeline.dedupe.copies import containment
from pipeline.dedupe.likeness import likeness
from pipeline.dedupe.profile import Profile, profile
from pipeline.dedupe.shingles import keys, parted, shingles
from pipeline.dedupe.words import codes_of, words, words_of_both
from tests.pipeline.dedupe.wire import babble, report


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The NRF’s 34 men_at arms", ["the", "nrf", "s", "34", "men", "at", "arms"]),
        ("渡轮 Aurelia 触礁", ["渡", "轮", "aurelia", "触", "礁"]),
        ("नई दिल्ली में", ["नई", "दिल्ली", "में"]),
        ("Ｆｕｌｌ ﬁre", ["full", "fire"]),
        ("สวัสดี", ["ส", "ว", "ั", "ส", "ด", "ี"]),
    ],
)
def test_words_of_any_script(text: str, expected: list[str]) -> None:
    found = words(text)
    assert [found.word(place) for place in range(len(found.codes))] == expected
    assert found.codes.tolist() == codes_of(expected).tolist()


def test_names_stand_capitalised_within_a_sentence() -> None:
    found = words("The ferry Aurelia, Nordline said. Divers came to Skarvoy")
    assert [found.word(int(place)) for place in found.names().nonzero()[0]] == ["aurelia", "nordline", "skarvoy"]


@pytest.mark.parametrize("text", ["", "A", "A b", "渡", "\n"])
def test_the_shortest_of_texts_have_a_profile_and_no_names(text: str) -> None:
    assert not words(text).names().any()
    assert profile(words(text), words(""))[0].title.size == 0


@given(st.text(max_size=100), st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_words_of_a_text_with_its_title_are_those_of_each(text: str, title: str) -> None:
    for found, alone in zip(words_of_both(text, title), (words(text), words(title)), strict=True):
        assert found.codes.tolist() == alone.codes.tolist()
        assert [found.word(n) for n in range(len(found.codes))] == [alone.word(n) for n in range(len(alone.codes))]


def test_shingles_are_one_for_each_run_of_five_words() -> None:
    text = babble(1, 60)
    assert len(shingles(words(text))) == 56
    assert len(shingles(words("three words only"))) == len(shingles(words(""))) == 1
    assert np.array_equal(shingles(words("One, two; THREE four five.")), shingles(words("one two three four five")))
    assert shingles(words("one two three four five"))[0] != shingles(words("five four three two one"))[0]


def test_containment_is_the_share_of_the_shorter() -> None:
    long, short = (
        np.unique(shingles(words(babble(1, 200)))),
        np.unique(shingles(words(" ".join(babble(1, 200).split()[:60])))),
    )
    assert containment(long, short) == containment(short, long) == 1.0
    assert containment(long, np.unique(shingles(words(babble(2, 60))))) == 0.0
    assert containment(long, short, boilerplate=short) == 0.0


def test_parted_tells_the_shared_words_from_the_rest() -> None:
    shared = "The desk answers questions about captions on weekdays"
    rest, common = parted(words(f"A ferry ran aground. {shared}. Goats won!"), np.unique(shingles(words(shared))))
    assert (rest, common) == ("A ferry ran aground Goats won", shared)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(30, 1500))
def test_keys_to_index_are_few_and_among_those_looked_up(seed: int, count: int) -> None:
    looked_up, indexed = keys(shingles(words(babble(seed, count))))
    assert set(indexed) <= set(looked_up)
    assert len(set(looked_up)) == len(looked_up)
    assert len(indexed) <= max(4, round(count / 80))
    assert all(-(2**31) <= key < 2**31 for key in looked_up)


def test_nearly_every_excerpt_of_150_words_meets_the_keys_of_its_long_report() -> None:
    met = 0
    for seed in range(200):
        long = babble(seed, 300 + 4 * seed).split()
        start = seed % (len(long) - 150)
        looked_up, _ = keys(shingles(words(" ".join(long[start : start + 150]))))
        _, indexed = keys(shingles(words(" ".join(long))))
        met += bool(set(looked_up) & set(indexed))
    assert met >= 190


@given(
    st.text(max_size=200),
    st.one_of(st.none(), st.text(max_size=30)),
    st.sampled_from([None, "en", "de-AT", "xx", "zh"]),
)
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_fingerprint_of_bounded_size(text: str, title: str | None, language: str | None) -> None:
    made = fingerprint(text, title, language)
    assert len(made.profile) <= 330
    assert set(made.indexed) <= set(made.looked_up)
    assert made == fingerprint(text, title, language)
    rest = Profile.following(made.profile)
    assert Profile.unpack(made.profile).pack() + rest == made.profile
    assert Circumstances.unpack(rest).pack() == rest


def test_packing_keeps_likeness_to_a_hundredth() -> None:
    made = [profile(words(report(event)), words(event))[0] for event in ("ferry", "dam", "violin")]
    packed = [Profile.unpack(one.pack()) for one in made]
    assert likeness(packed) == pytest.approx(likeness(made), abs=0.01)
    assert likeness(made).diagonal() == pytest.approx(1.0, abs=1e-5)


def test_names_and_rare_words_tell_most() -> None:
    telling, spelled = profile(words(report("ferry")), words("Ferry aground"))
    heaviest = [spelled[key] for key in telling.body[:6].tolist()]
    assert {"aurelia", "skarvoy", "nordhamn"} <= set(heaviest)
    assert not {"the", "of", "said"} & set(spelled.values())

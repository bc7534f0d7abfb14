"""Who said what: direct and indirect quotes, their speakers and relays, on sentences of our own."""

from __future__ import annotations

import pytest

from pipeline.extract import LIMIT, extract
from schemas.records import Quote


def quotes(text: str) -> list[Quote]:
    found = extract(text).quotes
    for quote in found:
        assert text[quote.start : quote.end] == quote.text
        if quote.speaker is not None:
            assert text[quote.speaker_start : quote.speaker_end] == quote.speaker
    return found


def only(text: str) -> Quote:
    (quote,) = quotes(text)
    return quote


@pytest.mark.parametrize(
    ("text", "content", "speaker"),
    [
        ("The mayor said that two bridges had fallen.", "two bridges had fallen", "The mayor"),
        ("Two bridges had fallen, police said on Friday.", "Two bridges had fallen", "police"),
        ("The bridge fell at noon, according to the fire service.", "The bridge fell at noon", "the fire service"),
        ("According to Maria Lopez, the bridge fell at noon.", "the bridge fell at noon", "Maria Lopez"),
        ("Maria Lopez told reporters the bridge fell at noon.", "the bridge fell at noon", "Maria Lopez"),
        (
            "The army had left the town by then, Maria Lopez, a council member, said.",
            "The army had left the town by then",
            "Maria Lopez",
        ),
        ("A police spokesman, Col Anders Veil, said the dam had held.", "the dam had held", "Anders Veil"),
        ("The army's spokesman, Brigadier Amos Teral, said the dam had held.", "the dam had held", "Amos Teral"),
        ("The rebels claim to have a force of thousands.", "to have a force of thousands", "The rebels"),
        ("The bridge fell at noon, reported The Harbour Times.", "The bridge fell at noon", "The Harbour Times"),
    ],
)
def test_indirect_speech(text: str, content: str, speaker: str) -> None:
    quote = only(text)
    assert (quote.kind, quote.text, quote.speaker) == ("indirect", content, speaker)


@pytest.mark.parametrize(
    ("text", "content", "speaker"),
    [
        ("“We saw the bridge fall,” said John Carter.", ["We saw the bridge fall,"], "John Carter"),
        ("“We saw it fall,” Carter said, “and then we ran.”", ["We saw it fall,", "and then we ran."], "Carter"),
        ("John Carter said: “We saw the bridge fall.”", ["We saw the bridge fall."], "John Carter"),
        ("“We saw the bridge fall,” a local baker, John Carter, told us.", ["We saw the bridge fall,"], "John Carter"),
        ("“We saw the bridge fall,” John Carter thundered.", ["We saw the bridge fall,"], "John Carter"),
        ("John Carter went on:\n“We saw the bridge fall. We ran.”", ["We saw the bridge fall. We ran."], "John Carter"),
        ("“We saw it fall.\n“And then we ran,” Carter said.", ["We saw it fall.", "And then we ran,"], "Carter"),
    ],
)
def test_direct_speech(text: str, content: list[str], speaker: str) -> None:
    found = [quote for quote in quotes(text) if quote.kind == "direct"]
    assert [quote.text for quote in found] == content
    assert {quote.speaker for quote in found} == {speaker}


def test_scare_quotes_and_titles_are_nobodys_words() -> None:
    assert quotes("The “old town” was closed. A band played “The Long Road Home Again” in the square.") == []


def test_a_quoted_part_is_a_quote_within_the_reported_clause() -> None:
    found = quotes("The mayor said the bridge was “never safe for lorries” and would be rebuilt.")
    assert [(quote.kind, quote.text) for quote in found] == [
        ("indirect", "the bridge was “never safe for lorries” and would be rebuilt"),
        ("direct", "never safe for lorries"),
    ]


def test_pronouns_and_descriptions_find_their_names() -> None:
    text = (
        "Anna Berger, the mayor of Boston, visited the camp with Peter Lund. She said the camp was full.\n"
        "“Nobody will sleep outside,” the mayor said. He agreed."
    )
    assert [(quote.speaker, quote.speaker_name) for quote in quotes(text)] == [
        ("She", "Anna Berger"),
        ("the mayor", "Anna Berger"),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Troops clashed with the Barvel Democratic Forces. The army said 12 people were killed.", "the army"),
        ("Police chief Anton Holm came by car. The mayor said that nine people were killed.", "the mayor"),
        ("Anna Berger, the mayor of Olm, came by car. The mayor said that nine people were killed.", "Anna Berger"),
        ("Norvik Mining closed the pit. The company said 12 people were killed.", "Norvik Mining"),
        ("Twelve people were killed by the fever, the WHO said on Monday.", "WHO"),
    ],
)
def test_a_body_or_an_office_is_not_whoever_was_named_last(text: str, name: str) -> None:
    assert [quote.speaker_name for quote in quotes(text)] == [name]


@pytest.mark.parametrize(
    ("text", "speaker", "relay"),
    [
        ("“The bridge is gone for good,” Maria Lopez tweeted.", "Maria Lopez", "Twitter"),
        ("Maria Lopez wrote on Facebook that the bridge was gone.", "Maria Lopez", "Facebook"),
        ("“The bridge is gone for good,” Maria Lopez told Reuters.", "Maria Lopez", "Reuters"),
        ("Maria Lopez said that the bridge was gone, according to Reuters.", "Maria Lopez", "Reuters"),
        ("“It is gone for good,” Maria Lopez was quoted as saying by Reuters.", "Maria Lopez", "Reuters"),
        ("The bridge was gone, Reuters reports, citing officials.", "officials", "Reuters"),
        ("Reuters quoted Maria Lopez as saying that the bridge was gone.", "Maria Lopez", "Reuters"),
        ("Maria Lopez was quoted by Reuters as saying that the bridge was gone.", "Maria Lopez", "Reuters"),
    ],
)
def test_relays(text: str, speaker: str, relay: str) -> None:
    quote = only(text)
    assert (quote.speaker, quote.relay) == (speaker, relay)


def test_no_words_are_reported_where_none_were_said() -> None:
    assert quotes("Police did not say how many had left. The mayor would not say whether it was safe.") == []


def test_another_language_is_passed_over_with_a_note() -> None:
    found = extract("Der Bürgermeister sagte, die Brücke sei weg.", language="de")
    assert (found.entities, found.quotes, found.claims) == ([], [], [])
    assert "de" in found.notes[0]


def test_past_the_limit_the_text_is_cut_with_a_note() -> None:
    sentence = "“We saw it,” said John Carter. "
    found = extract(sentence * (LIMIT // len(sentence) + 200))
    assert str(LIMIT) in found.notes[0]
    assert found.quotes
    assert found.quotes[-1].end <= LIMIT


def test_offsets_hold_among_odd_characters() -> None:
    text = "😀\u200f “We\u200b saw the bridge 😀 fall,” said John Carter \u202bשלום\u202c."
    quote = only(text)
    assert quote.text == "We\u200b saw the bridge 😀 fall,"


def test_a_mention_that_the_parse_makes_of_a_mark_is_nobody_and_fails_nothing() -> None:
    assert only('"We were searching," Juror No. 12 said.').text.startswith("We were searching")

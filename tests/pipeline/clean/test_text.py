"""Text as crawled: what is cut as what, what stays, and the shape of what is left. All examples are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.clean import Rules, clean
from schemas.documents import RawDocument
from schemas.errors import NoTextError, SettingError, TooLargeError
from schemas.records import Cleaned

FIRST = (
    "The river rose two metres in a night, the mayor of Orlen said on Tuesday, and 14 people were taken to hospital."
)
LAST = "Engineers expect the water to fall by the weekend, although more rain is forecast for the upper valley."


def cleaned(*lines: str, **facts: str) -> Cleaned:
    return clean(RawDocument(content="\n".join((FIRST, *lines, LAST)), **facts))


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("advertisement", "Advertisement"),
        ("advertisement", "Story continues below advertisement"),
        ("related", "READ MORE: Dam at Orlen was checked only last spring"),
        ("related", "Also on example.com Villagers say the sirens came too late"),
        ("related", "More: What the new flood maps show"),
        ("related", "Dozens trapped as the bridge gives way Read more"),
        ("related", "[Why the valley floods every third year]"),
        ("gallery", "Photos: Flood in Orlen A boat passes the church. Hide Caption 3 of 12"),
        ("gallery", "3/30 Market square The water reached the windows of the town hall"),
        ("player", "Media playback is unsupported on your device Media caption The river at noon"),
        ("player", "Scroll down for video"),
        ("caption", "Enlarge this image toggle caption Ana Ruiz/AP Ana Ruiz/AP"),
        ("caption", "FILE - In this May 3, 2016 file photo, a man looks at the dam."),
        ("caption", "A family leaves its house by boat. (Ana Ruiz/Reuters)"),
        ("caption", "A family leaves its house by boat on Monday. | Photo Credit: Ana Ruiz"),
        ("caption", "A family leaves its house by boat on Monday. Photo: Reuters"),
        ("caption", "Getty Images Volunteers fill sandbags at the school"),
        ("credit", "(Reporting by Ana Ruiz and Jan Kowal; Editing by Mary Poe)"),
        ("credit", "Reporting by Ana Ruiz; additional reporting by Jan Kowal in Orlen; Editing by Mary Poe"),
        ("credit", "The Associated Press contributed to this report."),
        ("credit", "Reuters"),
        ("byline", "By Ana Ruiz"),
        ("stamp", "Updated at 9:50 p.m. ET Thursday"),
        ("share", "Share this with Facebook"),
        ("share", "Follow us on Twitter for more"),
        ("share", "Follow her on Twitter @anaruiz"),
        ("newsletter", "Sign up for our newsletter and never miss a story"),
        ("newsletter", "Get the day’s top headlines delivered to your inbox every morning."),
        ("consent", "We use cookies to make this site better. By staying you agree."),
        ("copyright", "Copyright 2019 The Example Press. All rights reserved."),
        ("ornament", "___"),
    ],
)
def test_furniture_is_cut_and_kept_with_its_kind(kind: str, line: str) -> None:
    result = cleaned(line)
    assert result.text == f"{FIRST}\n{LAST}"
    assert [(piece.kind, piece.text) for piece in result.removed] == [(kind, line)]


@pytest.mark.parametrize(
    "line",
    [
        "More than 300 houses stand empty, and the council has opened two schools.",
        "Related deaths rose to nine, the ministry said.",
        "Reuters reported that the dam had been checked in March.",
        "Twitter said on Monday that it had removed 40 accounts.",
        "He asked readers to share this warning with their neighbours before the evening.",
        "“Sign up for the army or leave,” they were told.",
        "Advertisement revenue fell by a third, the company said.",
        "Updated maps were handed out on Friday.",
        "Video of the rescue was shown on state television.",
        "She said she would follow us on foot.",
        "Copyright law does not cover it, the court ruled.",
        "Photographs were taken from the governor's house.",
        "By Monday the army had cleared 20 villages.",
        "The letter was signed by Ana Ruiz.",
        "Her photo: a small girl in a red coat, taken the year before she vanished, which the family gave to police.",
        "9/11 Commission members asked for the file.",
        "Filed under seal, the lawsuit names two firms.",
        "Published on Tuesday, the report blames the contractor.",
        "Posted on Facebook, the video shows the bridge falling.",
        "Reporting by the Orlen Herald showed that the dam had not been checked since 2004.",
        "By signing up to the treaty, the valley gave away its water.",
        "He captioned the photo: “Home at last.”",
        "She sees the bigger picture: jobs and water.",
        "“Follow me on Twitter,” the minister told them.",
        "The hut can be reached at dawn.",
        "Published on 4 March, the report found that 14 people were killed in the valley.",
        "No part of this city has been spared, and eight people died there on Tuesday.",
        "Sponsored by the army, the militia killed 19 people in the upper valley.",
        "The goal was ruled out after a video replay.",
        "Last updated in 1998, the plan did not foresee a flood of this height.",
        "This story was updated to correct the number of injured.",
        "What happens next?",
        "LIVES LOST",
        "Boutros Boutros-Ghali was among the mourners.",
    ],
)
def test_the_articles_own_lines_stay(line: str) -> None:
    assert cleaned(line).text == f"{FIRST}\n{line}\n{LAST}"


def test_a_piece_inside_a_line_goes_and_the_rest_stays_as_lines() -> None:
    line = "The bridge was closed at noon. Story continues below advertisement Buses were turned back."
    result = cleaned(line)
    assert result.text.split("\n")[1:3] == ["The bridge was closed at noon.", "Buses were turned back."]
    assert [piece.text for piece in result.removed] == ["Story continues below advertisement"]


def test_a_credit_at_the_end_of_a_paragraph_goes_alone() -> None:
    result = cleaned("The court will sit in May, he says. —With Jan Kowal")
    assert "The court will sit in May, he says.\n" in result.text
    assert [(piece.kind, piece.text) for piece in result.removed] == [("credit", "—With Jan Kowal")]


@pytest.mark.parametrize(
    ("kind", "notice"),
    [
        ("copyright", "All rights reserved."),
        ("copyright", "Copyright 2019 The Example Press. All rights reserved."),
        ("newsletter", "Sign up for our newsletter."),
        ("share", "Follow her on Twitter @anaruiz"),
    ],
)
def test_a_paragraph_that_ends_in_a_notice_loses_the_notice_alone(kind: str, notice: str) -> None:
    report = "Eight people died when the dam broke, the governor said. Forty more are missing."
    result = cleaned(f"{report} {notice}")
    assert result.text == f"{FIRST}\n{report}\n{LAST}"
    assert [(piece.kind, piece.text) for piece in result.removed] == [(kind, notice)]


def test_headlines_under_a_heading_go_with_it_and_a_paragraph_does_not() -> None:
    result = cleaned("Related stories", "Five bridges that did not hold", "The valley’s last ferryman")
    assert result.text == f"{FIRST}\n{LAST}"
    assert {piece.kind for piece in result.removed} == {"related"}


def test_a_list_of_further_pieces_ends_an_article() -> None:
    text = "\n".join(
        (FIRST, LAST, "Read more:", "Five bridges that did not hold.", "Is the dam safe?", "Why sirens stay silent")
    )
    assert clean(RawDocument(content=text)).text == f"{FIRST}\n{LAST}"


def test_a_glued_caption_comes_apart_from_its_paragraph() -> None:
    line = "Village elder Tomas Varga Varga is the son of a ferryman, and has led the council for ten years."
    lines = cleaned(line).text.split("\n")
    assert lines[1:3] == ["Village elder Tomas Varga", line.removeprefix("Village elder Tomas Varga ")]


@pytest.mark.parametrize(
    "line",
    [
        "Sirhan Sirhan was moved to another prison.",
        "The son of Tomas Varga, Varga Street's oldest resident, was there.",
        "The mayor has met Tomas Varga Varga is his neighbour.",
    ],
)
def test_a_repeated_name_in_a_sentence_is_no_caption(line: str) -> None:
    assert line in cleaned(line).text


def test_a_page_of_captions_keeps_them() -> None:
    lines = [f"Photos: Flood A boat passes house number {n}. Hide Caption {n} of 3" for n in (1, 2, 3)]
    result = clean(RawDocument(content="\n".join(lines)))
    assert result.text.split("\n") == lines
    assert not result.removed


def test_paragraphs_are_lines_without_doubled_spaces_or_invisible_characters() -> None:
    spaced = LAST.replace(" ", "  ", 1).replace("water", "wa\u00adter")
    content = f"  {FIRST}\r\n\r\n\u00a0\n{spaced}\u200b \n"
    assert clean(RawDocument(content=content)).text == f"{FIRST}\n{LAST}"


def test_hard_wrapped_lines_are_joined() -> None:
    paragraph = (
        "The river rose two metres in a night, the mayor of Orlen told\n"
        "reporters on Tuesday, and several families were taken to a school\n"
        "on the hill."
    )
    wrapped = "\n\n".join([paragraph] * 3)
    assert clean(RawDocument(content=wrapped)).text == "\n".join([paragraph.replace("\n", " ")] * 3)


def test_the_first_line_of_a_dump_may_be_its_title() -> None:
    result = clean(RawDocument(content=f"Flood in Orlen drives hundreds from their homes\n\n{FIRST}\n{LAST}"))
    assert result.title == "Flood in Orlen drives hundreds from their homes"
    assert result.text == f"{FIRST}\n{LAST}"
    assert clean(RawDocument(content=f"{FIRST}\n{LAST}")).title is None


def test_the_senders_title_is_cut_where_the_text_repeats_it() -> None:
    content = f"Flood in Orlen: what we know\n{FIRST}\n{LAST}"
    result = clean(RawDocument(content=content, title="Flood in Orlen – what we know"))
    assert result.text == f"{FIRST}\n{LAST}"
    assert result.title == "Flood in Orlen – what we know"


def test_a_byline_names_the_author() -> None:
    assert cleaned("By Ana Ruiz").author == "Ana Ruiz"
    assert cleaned("By Ana Ruiz", author="Jan Kowal").author == "Jan Kowal"


def test_mojibake_is_mended() -> None:
    line = "“We have lost everything,” said José, “but we are alive.”"
    assert line in cleaned(line.encode().decode("cp1252", "replace").replace("\ufffd", "\u009d")).text


@pytest.mark.parametrize("content", ["Advertisement\nRead more", "_ _ _", "…"])
def test_nothing_left_is_an_error_that_names_the_document(content: str) -> None:
    with pytest.raises(NoTextError) as caught:
        clean(RawDocument(content=content, external_id="d7"))
    assert caught.value.resource == "document d7"
    assert caught.value.advice


def test_a_text_past_the_limit_is_refused() -> None:
    with pytest.raises(TooLargeError, match=r"4,000,001 characters"):
        clean(RawDocument(content="x" * 4_000_001))


def test_a_newsroom_adds_rules_and_exceptions(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(
        """
        [promo]
        begins = ["Orlen Herald extra"]
        matches = ['''Edition \\d+''', '''Printed in Orlen, {date}''']
        rows = ["Vote", "Ferry times"]
        [keep]
        is = ["Advertisement"]
        """
    )
    content = "\n".join(
        (
            FIRST,
            "Orlen Herald extra: our maps",
            "Edition 12",
            "Printed in Orlen, 5 May 2019",
            "Ferry times | Vote",
            "Advertisement",
            LAST,
        )
    )
    result = clean(RawDocument(content=content), Rules.load(file))
    assert result.text == f"{FIRST}\nAdvertisement\n{LAST}"
    assert [piece.kind for piece in result.removed] == ["promo"] * 4


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("[promo", "]"),
        ("[promo]\nbegin = ['x']", "not understood: begin"),
        ("[promo]\nbegins = 'x'", "begins is not a list of texts"),
        ("[promo]\nmatches = ['(']", "unterminated"),
        ("[promo]\nmax_words = 'all'", "max_words"),
        ("promo = 3", "no table"),
    ],
)
def test_a_wrong_rule_is_named_with_its_file(tmp_path: Path, content: str, cause: str) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(content)
    with pytest.raises(SettingError) as caught:
        Rules.load(file)
    assert "ours.toml" in caught.value.resource
    assert cause in caught.value.cause


def test_missing_rules_are_named() -> None:
    with pytest.raises(SettingError, match=r"nowhere\.toml"):
        Rules.load("nowhere.toml")

"""Languages, long and short."""

from __future__ import annotations

import pytest

from pipeline.clean.language import Languages, language_tag, unpack


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Languages:
    folder = tmp_path_factory.mktemp("languages") / "made"
    unpack(folder)
    return Languages.unpacked(folder)


@pytest.fixture(params=["shipped", "unpacked"])
def languages(request: pytest.FixtureRequest, unpacked: Languages) -> Languages:
    return Languages.shipped() if request.param == "shipped" else unpacked


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The river rose two metres in a night, the mayor said on Tuesday, and people fled.", "en"),
        ("Der Fluss stieg in einer Nacht um zwei Meter, sagte die Bürgermeisterin am Dienstag.", "de"),
        ("La rivière est montée de deux mètres en une nuit, a déclaré le maire mardi soir.", "fr"),
        ("El río subió dos metros en una noche, dijo el alcalde el martes por la mañana.", "es"),
        ("Река поднялась на два метра за одну ночь, сообщил мэр города во вторник.", "ru"),
        ("وقال رئيس البلدية يوم الثلاثاء إن منسوب النهر ارتفع مترين في ليلة واحدة.", "ar"),
        ("消防庁は火曜日、川の水位が一晩で二メートル上がったと発表した。", "ja"),
    ],
)
def test_a_sentence_is_enough(languages: Languages, text: str, code: str) -> None:
    assert languages.language_of(text) == code


@pytest.mark.parametrize("text", ["", "1,200 – 3.4%", "https://example.org/a @name #tag", "Orlen"])
def test_too_little_to_tell_is_told(languages: Languages, text: str) -> None:
    assert languages.language_of(text) is None


@pytest.mark.parametrize(
    ("stated", "code"), [("en-GB", "en"), ("pt_BR", "pt"), ("DE", "de"), ("eng", None), ("", None), (None, None)]
)
def test_a_stated_language_is_read_by_its_first_part(stated: str | None, code: str | None) -> None:
    assert language_tag(stated) == code

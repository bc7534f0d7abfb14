"""Bytes to characters as browsers do it, wrong declarations included."""

from __future__ import annotations

import pytest

from pipeline.clean import decode

TEXT = "Přívalový déšť – „Voda stoupá,“ řekl starosta Nové Vsi po půlnoci ve středu."
WEST = "Le maire a déclaré : « Nous avons tout perdu » – l’eau a monté à deux mètres."
EAST = "В ночь на вторник река поднялась на два метра, сообщил мэр города Орлен журналистам."
JAPAN = "消防庁は火曜日、川の水位が一晩で二メートル上がり、十四人が病院に運ばれたと発表した。"


def page(text: str, charset: str) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (TEXT, "utf-8"),
        (TEXT, "windows-1250"),
        (WEST, "windows-1252"),
        (WEST.replace("’", "'").replace("–", "-"), "iso-8859-1"),
        (EAST, "windows-1251"),
        (EAST, "koi8-r"),
        (JAPAN, "shift_jis"),
        (JAPAN, "euc-jp"),
        (JAPAN, "iso-2022-jp"),
        ("河水一夜上涨两米，市长星期二说，十四人被送往医院。", "gb2312"),
        ("河水一夜上漲兩米，市長星期二說。", "big5"),
        ("강물이 하룻밤 사이 2미터 불었다고 시장이 말했다.", "euc-kr"),
    ],
)
def test_the_pages_own_charset_is_read(text: str, charset: str) -> None:
    html = page(text, charset)
    assert decode(html.encode(charset)) == html


@pytest.mark.parametrize("charset", ["utf-8", "windows-1250", "shift_jis"])
def test_the_declared_charset_goes_before_the_pages_own(charset: str) -> None:
    text = JAPAN if charset == "shift_jis" else TEXT
    html = page(text, "koi8-u")
    assert decode(html.encode(charset), charset) == html


@pytest.mark.parametrize("bom", ["utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_a_byte_order_mark_goes_before_all(bom: str) -> None:
    data = ("\ufeff" + TEXT).encode(bom.removesuffix("-bom")) if bom.endswith("-bom") else TEXT.encode(bom)
    assert decode(data, "iso-8859-1") == TEXT


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "us-ascii", "x-unknown", "utf-16", "", "shift_jis"])
def test_utf8_declared_as_something_else_is_still_read(declared: str) -> None:
    assert decode(TEXT.encode(), declared) == TEXT


def test_a_western_page_declared_as_utf8_is_read() -> None:
    html = page(WEST, "utf-8")
    assert decode(html.encode("windows-1252"), "utf-8") == html


def test_latin1_means_windows_1252_as_in_browsers() -> None:
    assert decode("“Voda” – 5 €".encode("cp1252"), "iso-8859-1") == "“Voda” – 5 €"


def test_utf16_without_a_mark_is_read() -> None:
    html = page("The river rose two metres in a night.", "utf-16")
    assert decode(html.encode("utf-16-le")) == html
    assert decode(html.encode("utf-16-be")) == html


def test_nothing_declared_is_detected() -> None:
    assert decode((EAST * 5).encode("cp1251")) == EAST * 5


def test_a_cut_utf8_file_loses_its_last_character_only() -> None:
    data = (TEXT * 3 + "ř").encode()[:-1]
    assert decode(data) == TEXT * 3 + "\N{REPLACEMENT CHARACTER}"


def test_mojibake_is_mended_and_clean_text_is_not_touched() -> None:
    assert decode(WEST.encode().decode("cp1252").encode()) == WEST
    for text in (TEXT, WEST, EAST, JAPAN, "Ærø, Ålesund & Ñuñoa: “3 × 4 = 12”"):
        assert decode(text.encode()) == text


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x00\x00", b"\x80\x81\x8d\xfe" * 50, bytes(range(256)) * 4])
def test_any_bytes_are_read_somehow(data: bytes) -> None:
    assert isinstance(decode(data), str)

"""Plain text and pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.producers.reading import read_file


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    text = "Bridge reopens\r\n\r\nThe bridge is open again, “at last”.\n\nNo one was hurt.\n"
    [document], errors = read_file(tmp_path / "bridge.txt", text)
    assert document.content == text
    assert document.content_type == "text/plain"
    assert document.external_id == "bridge"
    assert document.title is None  # which line is the title is for `clean` to say
    assert not errors


@pytest.mark.parametrize("ending", [".html", ".htm", ".xhtml", ".html.gz"])
def test_page(tmp_path: Path, ending: str) -> None:
    page = "<html><head><title>Bridge reopens</title></head><body><p>The bridge is open again.</p></body></html>"
    [document], errors = read_file(tmp_path / f"bridge{ending}", page)
    assert document.content == page
    assert document.content_type == "text/html"
    assert document.external_id == "bridge"
    assert not errors


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1252">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">', "cp1252"),
        ('<meta charset="utf-8">', "utf-8"),
        ("", "utf-8"),
        ("", "utf-16"),
    ],
)
def test_page_is_decoded_as_a_browser_would(tmp_path: Path, head: str, encoding: str) -> None:
    page = f"<html><head>{head}</head><body><p>The café is open, “at last”.</p></body></html>"
    [document], _ = read_file(tmp_path / "cafe.html", page.encode(encoding))
    assert "The café is open, “at last”." in document.content


@pytest.mark.parametrize("ending", [".txt", ".html"])
def test_blank_file_has_no_text(tmp_path: Path, ending: str) -> None:
    documents, [error] = read_file(tmp_path / f"a{ending}", " \n\t\n")
    assert not documents
    assert error.cause.startswith("has no text")

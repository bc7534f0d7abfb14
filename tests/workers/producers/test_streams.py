"""What is no text, damaged, too large, or in another encoding, whatever the ending."""

from __future__ import annotations

import gzip
import io
import json
import random
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from tests.workers.producers.reading import read_file, read_paths

ENDINGS = [".json", ".jsonl", ".ndjson", ".txt", ".html", ".htm", ".xhtml", ".rss", ".atom", ".xml"]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06" + random.Random(1).randbytes(3000)


def a_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", random.Random(2).randbytes(3000))
    return file.getvalue()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_empty_file(tmp_path: Path, ending: str, packed: str) -> None:
    documents, [error] = read_file(tmp_path / f"a{ending}{packed}", b"")
    assert not documents
    assert error.cause == "is empty"
    assert error.resource.endswith(f"a{ending}{packed}")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "data",
    [PNG, a_zip(), bytes(5000), b"%PDF-1.7\n1 0 obj <<>> endobj\n", "No mark in front.".encode("utf-16-le")],
    ids=["png", "zip", "nul", "pdf", "unmarked UTF-16"],
)
def test_binary_file_is_one_error(tmp_path: Path, ending: str, data: bytes) -> None:
    documents, [error] = read_file(tmp_path / f"a{ending}", data)
    assert not documents
    assert error.cause == "is binary, not text"


@pytest.mark.parametrize("ending", ENDINGS)
def test_gzip_without_its_ending(tmp_path: Path, ending: str) -> None:
    _, [error] = read_file(tmp_path / f"a{ending}", gzip.compress(b"text"))
    assert error.cause == "is gzip"
    assert ".gz" in str(error)


@pytest.mark.parametrize("ending", ENDINGS)
def test_ending_of_gzip_without_gzip(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}.gz"
    path.write_bytes(b"plain text")
    _, [error] = read_paths([path])
    assert error.cause.startswith("is not valid gzip")


def random_words(count: int, seed: int = 3) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abcdefghij", k=8)) for _ in range(count))


@pytest.mark.parametrize("ending", ENDINGS)
def test_truncated_gzip(tmp_path: Path, ending: str) -> None:
    data = gzip.compress(f"<p>{random_words(5000)}</p>".encode())
    path = tmp_path / f"a{ending}.gz"
    path.write_bytes(data[: len(data) // 2])
    documents, errors = read_paths([path])
    assert not documents
    assert "truncated" in errors[-1].cause


def test_lines_before_the_cut_of_a_truncated_gzip_are_kept(tmp_path: Path) -> None:
    lines = [json.dumps({"id": str(number), "content": random_words(200, seed=number)}) for number in range(100)]
    data = gzip.compress("\n".join(lines).encode())
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data[: len(data) // 2])
    documents, [error] = read_paths([path])
    assert [document.external_id for document in documents] == [str(number) for number in range(len(documents))]
    assert 30 < len(documents) < 70
    assert "truncated" in error.cause


def test_damaged_gzip(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(random_words(5000).encode()))
    data[len(data) // 2] ^= 0xFF
    path = tmp_path / "a.txt.gz"
    path.write_bytes(data)
    documents, [error] = read_paths([path])
    assert not documents
    assert "gzip" in error.cause


@pytest.mark.parametrize(
    ("ending", "frame"),
    [
        (".txt", "{}"),
        (".html", "<p>{}</p>"),
        (".rss", "<rss><channel><item><title>{}</title></item></channel></rss>"),
        (".jsonl", '{{"content": "{}"}}'),
        (".json", '{{"content": "{}"}}'),
    ],
)
def test_limit_is_kept_to_and_named(tmp_path: Path, ending: str, frame: str) -> None:
    long, short = frame.format("x" * 2000), frame.format("x" * 100)
    documents, [error] = read_file(tmp_path / f"long{ending}", long, limit=len(long) - 1)
    assert not documents
    assert error.cause == f"is larger than {len(long) - 1} bytes unpacked"
    _, errors = read_file(tmp_path / f"short{ending}", short, limit=len(short))
    assert not any("larger" in error.cause for error in errors)


@pytest.mark.parametrize("ending", ENDINGS)
def test_gzip_bomb_never_fills_memory(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(64):
            file.write(b"<" + b"x" * (2**20 - 1))
    tracemalloc.start()
    documents, [error, *more] = read_paths([path], limit=2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not documents
    # JSON is not valid JSON at its first character, whatever follows; but that is known only when the limit is reached.
    assert error.cause == "is larger than 1 MB unpacked"
    assert all("unpacks to more than 100 times its size" in each.cause for each in more), "the rest is not looked at"
    assert peak < 16 * 2**20


@pytest.mark.parametrize("ending", [".jsonl", ".ndjson", ".json"])
@pytest.mark.parametrize("filler", [b"\n", b" ", b"\r\n", b" \t\n"])
def test_what_little_gzip_unpacks_to_is_bounded_in_all(tmp_path: Path, ending: str, filler: bytes) -> None:
    """A megabyte can unpack to a billion blank lines."""
    path = tmp_path / f"a{ending}.gz"
    bomb = gzip.compress(b'{"content": "first"}\n' + filler * 3_000_000 + b'{"content": "last"}')
    path.write_bytes(bomb)
    documents, errors = read_paths([path], limit=1000)
    assert [document.content for document in documents] == ["first"]
    assert "unpacks to more than 100 times its size; what came before was read" in errors[-1].cause


def test_blank_lines_are_counted_and_no_error(tmp_path: Path) -> None:
    data = '{"content": "a"}\n' + "\n" * 200_000 + ' \t\n{"content": \n\n{"content": "b"}'
    documents, [error] = read_file(tmp_path / "a.jsonl", data)
    assert [document.content for document in documents] == ["a", "b"]
    assert error.resource.endswith("line 200003")
    assert read_file(tmp_path / "b.jsonl.gz", '{"content": "a"}\n' * 50_000)[1] == [], "five hundred times in a window"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("ending", [".json", ".jsonl", ".txt"])
def test_byte_order_marks(tmp_path: Path, ending: str, encoding: str) -> None:
    text = "Zwölf Menschen – “twelve” 😀"
    data = text if ending == ".txt" else json.dumps({"content": text}, ensure_ascii=False)
    [document], errors = read_file(tmp_path / f"a{ending}", data.encode(encoding))
    assert document.content == text
    assert not errors


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_byte_order_mark_and_nothing_else(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff".encode("utf-16-le") if encoding == "utf-16-le" else "".encode(encoding)
    browsers_know = (".html", ".rss") if encoding != "utf-32" else ()
    for ending in (".json", ".jsonl", ".txt", *browsers_know):
        documents, [error] = read_file(tmp_path / f"a{ending}", mark)
        assert not documents, ending
        assert error.cause


@pytest.mark.parametrize("ending", [".json", ".jsonl", ".txt"])
def test_utf16_cut_inside_a_character(tmp_path: Path, ending: str) -> None:
    data = '{"content": "The bridge is open again."}'.encode("utf-16")
    documents, [error] = read_file(tmp_path / f"a{ending}", data[:-1])
    assert not documents
    assert "utf-16" in error.cause


def test_wrong_encoding_names_the_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = [json.dumps({"content": word}, ensure_ascii=False).encode("cp1252") for word in ("one", "café", "three")]
    documents, [error] = read_file(tmp_path / "a.jsonl", b"\n".join(lines))
    assert [document.content for document in documents] == ["one", "three"]
    assert error.resource.endswith("a.jsonl, line 2")
    assert "UTF-8" in error.cause
    documents, [error] = read_file(tmp_path / "a.json", b"[" + b",\n".join(lines) + b"]")
    assert [document.content for document in documents] == ["one", "three"]
    assert error.resource.endswith("a.json, line 2")
    documents, [error] = read_file(tmp_path / "a.txt", "one\ntwo\r\ncafé".encode("cp1252"))
    assert not documents
    assert error.resource.endswith("a.txt, line 3")


def test_lone_surrogate_in_utf16_names_the_line(tmp_path: Path) -> None:
    data = '{"content": "one"}\n{"content": "\ud800"}\n{"content": "three"}'.encode("utf-16-be", "surrogatepass")
    documents, [error] = read_file(tmp_path / "a.jsonl", b"\xfe\xff" + data)
    assert [document.content for document in documents] == ["one", "three"]
    assert error.resource.endswith("a.jsonl, line 2")

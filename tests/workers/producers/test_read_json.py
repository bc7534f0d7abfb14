"""JSON: a document a line, one document, and lists, whole and broken."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import RawDocument
from schemas.errors import InputError
from tests.workers.producers.reading import read_file, read_paths
from workers.producers import read

FULL = {
    "id": "gazette-7",
    "url": "https://gazette.example/bridge",
    "source": "gazette.example",
    "title": "Bridge reopens",
    "author": "A. Reporter",
    "language": "en",
    "published": "2024-05-01T08:00:00+02:00",
    "content": "The bridge is open again.",
    "section": "local",
}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson", "a.JSON", "a.json.gz", "a.jsonl.gz"])
def test_fields_arrive(tmp_path: Path, name: str) -> None:
    [document], errors = read_file(tmp_path / name, json.dumps(FULL))
    assert not errors
    assert document.model_dump(exclude={"published", "extra", "published_naive"}) == {
        "content_type": "text/plain",
        "external_id": "gazette-7",
        **{key: FULL[key] for key in ("url", "source", "title", "author", "language", "content")},
    }
    assert document.published
    assert document.published.isoformat() == "2024-05-01T08:00:00+02:00"
    assert document.extra == {"section": "local"}


def test_missing_and_blank_id_become_the_file_name(tmp_path: Path) -> None:
    documents, _ = read_file(
        tmp_path / "gazette.2024.jsonl", '{"content": "a"}\n{"content": "b", "id": " "}\n{"content":"c","id":7}'
    )
    assert [document.external_id for document in documents] == ["gazette.2024", "gazette.2024", "7"]


def test_bad_lines_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = ['{"content": "first"}', "", "SECRET BODY", '{"content": "SECRET BODY', '["SECRET BODY"]', "7", "null"]
    lines += ['{"title": "SECRET BODY"}', '{"content": ""}', '{"content": " \\n"}', '{"content": null}']
    lines += ['{"content": ["SECRET BODY"]}', '{"content": "SECRET BODY", "url": 7}', '{"content": "last"}\r']
    documents, errors = read_file(tmp_path / "a.jsonl", "\n".join(lines))
    assert [document.content for document in documents] == ["first", "last"]
    assert [(error.resource.rpartition(", ")[2], error.cause) for error in errors] == [
        ("line 3", "is not valid JSON (Expecting value, column 1)"),
        ("line 4", "is not valid JSON (Unterminated string starting at, column 13)"),
        ("line 5", "is a list, not a JSON object"),
        ("line 6", "is a number, not a JSON object"),
        ("line 7", "is null, not a JSON object"),
        ("line 8", "has no text: `content` is missing"),
        ("line 9", "has no text: `content` is empty"),
        ("line 10", "has no text: `content` is empty"),
        ("line 11", "has no text: `content` is missing"),
        ("line 12", "has a wrong `content` (Input should be a valid string)"),
        ("line 13", "has a wrong `url` (Input should be a valid string)"),
    ]
    assert all(error.advice for error in errors)
    assert not any("SECRET" in str(error) for error in errors)


def test_unknown_content_type(tmp_path: Path) -> None:
    _, [error] = read_file(tmp_path / "a.json", '{"content": "x", "content_type": "application/pdf"}')
    assert error.cause == "has a wrong `content_type` (Input should be 'text/plain' or 'text/html')"


def test_line_over_the_limit_is_passed_over(tmp_path: Path) -> None:
    long = json.dumps({"content": "x" * 300_000})
    documents, [error] = read_file(tmp_path / "a.jsonl", f'{{"content": "a"}}\n{long}\n{{"content": "b"}}', limit=1000)
    assert [document.content for document in documents] == ["a", "b"]
    assert error.resource.endswith("line 2")
    documents, [error] = read_file(
        tmp_path / "a.json", f'[{{"content": "a"}}\n,{json.dumps({"content": "x" * 2000})}]', limit=1000
    )
    assert [document.content for document in documents] == ["a"]
    assert error.resource.endswith("line 2")


@pytest.mark.parametrize("opening", ["[", '{"content": "x", "a": ', '{"a":'])
@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_deep_nesting(tmp_path: Path, opening: str, ending: str) -> None:
    documents, [error] = read_file(tmp_path / f"a{ending}", "[" * (ending == ".json") + opening * 200_000)
    assert not documents
    assert error.cause == "is nested too deeply"
    assert error.resource.endswith("line 1")


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
@pytest.mark.parametrize("depth", [20, 400, 600, 800, 20_000])
def test_nesting_of_any_depth_never_stops_the_rest(tmp_path: Path, depth: int, ending: str) -> None:
    """Between what the JSON parser can follow and what the checks can, too."""
    deep = f'{{"content": "deep", "a": {"[" * depth}{"]" * depth}}}'
    (tmp_path / f"a{ending}").write_text(deep)
    (tmp_path / f"b{ending}").write_text('{"content": "next"}')
    documents, errors = read_paths([tmp_path])
    assert documents[-1].content == "next"
    assert len(documents) + len(errors) == 2


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_number_of_too_many_digits(tmp_path: Path, ending: str) -> None:
    _, [error] = read_file(tmp_path / f"a{ending}", f'{{"content": "x", "n": {"9" * 5000}}}')
    assert "digits" in error.cause
    assert "999" not in str(error)


def test_duplicate_keys_take_the_last(tmp_path: Path) -> None:
    [document], errors = read_file(tmp_path / "a.json", '{"content": "old", "content": "new"}')
    assert document.content == "new"
    assert not errors


def test_unstorable_characters_are_replaced(tmp_path: Path) -> None:
    [document], _ = read_file(tmp_path / "a.json", '{"content": "a\\u0000b\\ud800c"}')
    assert document.content == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    "text",
    [
        '[{"content": "a"}, {"content": "b"}]',
        '\n [\n{"content": "a"}\n,\n{"content": "b"}\n]\n ',
        '{"content": "a"}\n{"content": "b"}\n',
        '{"content": "a"} {"content": "b"}',
    ],
)
def test_several_documents_in_a_json_file(tmp_path: Path, text: str) -> None:
    documents, errors = read_file(tmp_path / "a.json", text)
    assert [document.content for document in documents] == ["a", "b"]
    assert not errors


@pytest.mark.parametrize(
    ("text", "kept", "line", "cause"),
    [
        ("[]", 0, None, "contains no document"),
        (" \n ", 0, None, "is empty"),
        ('[{"content": "a"},\n{"content": "b', 1, 2, "is truncated: it ends inside a document"),
        ('[{"content": "a"},\n{"content": "b"', 1, 2, "is truncated: it ends inside a document"),
        ('[{"content": "a"},\n', 1, 2, "is truncated: it ends inside a list"),
        ('[{"content": "a"}\n', 1, 2, "is truncated: it ends inside a list"),
        ("[\n", 0, 2, "is truncated: it ends inside a list"),
        ('[{"content": "a"}\n{"content": "b"}]', 1, 2, "has no comma or ] after an element"),
        ('[{"content": "a"}]\n[', 1, 2, "has data after the end of its list"),
        ('[{"content": "a"},\n{"content": b}]', 1, 2, "is not valid JSON (Expecting value)"),
        ('{"content": "a"}\nrubbish', 1, 2, "is not valid JSON (Expecting value)"),
        ("rubbish", 0, 1, "is not valid JSON (Expecting value)"),
        ('[{"content": "a"},\n7]', 1, 2, "is a number, not a JSON object"),
        ('[{"content": "a"},\n[{"content": "b"}]]', 1, 2, "is a list, not a JSON object"),
        ("7", 0, 1, "is a number, not a JSON object"),
        ('"x"', 0, 1, "is a string, not a JSON object"),
        ("true", 0, 1, "is a boolean, not a JSON object"),
    ],
)
def test_broken_json(tmp_path: Path, text: str, kept: int, line: int | None, cause: str) -> None:
    documents, [error] = read_file(tmp_path / "a.json", text)
    assert len(documents) == kept
    assert error.cause == cause
    assert error.resource.endswith(f"a.json, line {line}" if line else "a.json")


def test_element_between_bad_ones_is_kept_with_its_line(tmp_path: Path) -> None:
    elements = [{"title": "no text"}, {"content": "kept"}, {"content": 7}]
    documents, errors = read_file(tmp_path / "a.json", json.dumps(elements, indent=1))
    assert [document.content for document in documents] == ["kept"]
    assert [error.resource.rpartition(", ")[2] for error in errors] == ["line 2", "line 8"]


@given(
    contents=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), max_size=20),
    padding=st.integers(0, 2 * 2**16),
    indent=st.sampled_from([None, 0, 3]),
    ascii_only=st.booleans(),
)
def test_list_is_read_as_json_itself_reads_it(
    tmp_path_factory: pytest.TempPathFactory, contents: list[str], padding: int, indent: int | None, ascii_only: bool
) -> None:
    """Also where a piece ends inside a number, an escape or a character: padding moves the elements over the seam."""
    elements: list[dict[str, Any]] = [
        {"content": f"x{text}", "n": [-1.5e-3, number]} for number, text in enumerate(contents)
    ]
    elements.insert(0, {"content": "x" * (padding + 1), "n": [0]})
    path = tmp_path_factory.getbasetemp() / "list.json"
    path.write_text(json.dumps(elements, indent=indent, ensure_ascii=ascii_only), encoding="utf-8", newline="")
    documents, errors = read_paths([path])
    stored = [{"content": element["content"].replace("\0", "\ufffd"), "n": element["n"]} for element in elements]
    assert [{"content": document.content, **document.extra} for document in documents] == stored
    assert not errors


def test_number_over_the_seam_of_two_pieces_is_one_number(tmp_path: Path) -> None:
    _, errors = read_file(tmp_path / "a.json", "[" + " " * (2**16 - 3) + "12345, 6]")
    assert [error.cause for error in errors] == ["is a number, not a JSON object"] * 2


def many(path: Path, count: int) -> Iterator[RawDocument | InputError]:
    with path.open("w") as file:
        listed = path.suffix == ".json"
        file.write("[" * listed)
        for number in range(count):
            document = {"id": str(number), "content": "The bridge is open again. " * 50}
            file.write(json.dumps(document) + ("," * (listed and number < count - 1) + "\n"))
        file.write("]" * listed)
    return read([path])


@pytest.mark.parametrize("name", ["many.jsonl", "many.json"])
def test_long_files_are_read_lazily_in_constant_memory(tmp_path: Path, name: str) -> None:
    documents = many(tmp_path / name, 10_000)  # 13 MB
    tracemalloc.start()
    assert [each.external_id for each in islice(documents, 3) if isinstance(each, RawDocument)] == ["0", "1", "2"]
    assert sum(1 for _ in documents) == 9_997
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * 2**20

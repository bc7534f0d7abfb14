"""Which files are read: folders, links, names, and paths that cannot be read."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.workers.producers.reading import read_paths
from workers.producers.files import printable


def ids(paths: list[Path]) -> list[str | None]:
    return [document.external_id for document in read_paths(paths)[0]]


def test_folder_is_walked_sorted_files_before_folders(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "a/z.txt", "c/y.txt", "a/deep/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("The bridge is open again.")
    assert ids([tmp_path]) == ["a", "b", "z", "x", "y"]


def test_paths_keep_the_order_they_are_given_in(tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text("The bridge is open again.")
    assert ids([tmp_path / "two.txt", tmp_path / "one.txt"]) == ["two", "one"]


def test_hidden_files_and_unknown_endings_are_passed_over_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("a.txt", ".hidden.txt", ".txt", "photo.png", "README", "notes.md", ".git/b.txt"):
        (tmp_path / name).write_text("The bridge is open again.")
    documents, errors = read_paths([tmp_path])
    assert [document.external_id for document in documents] == ["a"]
    assert not errors


@pytest.mark.parametrize("name", ["photo.png", "README", "story.gz", ".txt"])
def test_unknown_ending_named_directly_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("The bridge is open again.")
    documents, [error] = read_paths([tmp_path / name])
    assert not documents
    assert error.resource.endswith(name)
    assert ".jsonl" in str(error)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("story.txt", "story"),
        ("Story.TXT", "Story"),
        ("2024.05.01.story.txt", "2024.05.01.story"),
        ("story.html.txt", "story.html"),
        ("a b.xhtml", "a b"),
        ("STORY.HTM.GZ", "STORY"),
    ],
)
def test_a_document_without_id_gets_the_name_less_its_endings(tmp_path: Path, name: str, stem: str) -> None:
    data = b"<p>The bridge is open again.</p>"
    (tmp_path / name).write_bytes(gzip.compress(data) if name.lower().endswith(".gz") else data)
    assert ids([tmp_path / name]) == [stem]


def test_missing_path(tmp_path: Path) -> None:
    _, errors = read_paths([tmp_path / "gone.jsonl", tmp_path / "gone"])
    assert [error.resource for error in errors] == [str(tmp_path / "gone.jsonl"), str(tmp_path / "gone")]
    assert all("No such file" in error.cause for error in errors)


def test_folder_with_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    _, [error] = read_paths([tmp_path])
    assert error.resource == str(tmp_path)
    assert "no readable file" in error.cause


def test_links_in_a_circle_end_and_each_folder_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("The bridge is open again.")
    (tmp_path / "in" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "again").symlink_to(tmp_path / "in", target_is_directory=True)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    documents, errors = read_paths([tmp_path])
    assert [document.external_id for document in documents] == ["a"]
    assert [error.resource for error in errors] == [str(tmp_path / "self.txt")]


def test_linked_folder_is_walked(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.txt").write_text("The bridge is open again.")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "linked").symlink_to(tmp_path / "archive", target_is_directory=True)
    assert ids([tmp_path / "seeds"]) == ["a"]


def test_broken_link_is_an_error_and_its_neighbours_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "b.txt").write_text("The bridge is open again.")
    documents, [error] = read_paths([tmp_path])
    assert [document.external_id for document in documents] == ["b"]
    assert error.resource == str(tmp_path / "a.txt")


@pytest.mark.skipif(os.name != "posix", reason="named pipes and devices are of POSIX")
@pytest.mark.timeout(10)
def test_pipes_and_devices_are_errors_and_never_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "b.jsonl").symlink_to("/dev/zero")
    (tmp_path / "c.txt").write_text("The bridge is open again.")
    documents, errors = read_paths([tmp_path])
    assert [document.external_id for document in documents] == ["c"]
    assert [error.cause for error in errors] == ["is a device or a pipe, not a file"] * 2


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has names that are no text")
def test_names_that_are_no_utf8_can_be_printed_and_stored(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9\x1b[31m.txt"
    with open(path, "wb") as file:
        file.write(b"The bridge is open again.")
    with open(os.fsencode(tmp_path) + b"/caf\xe9.json", "wb"):
        pass
    [document], [error] = read_paths([tmp_path])
    assert document.external_id == "caf\\xe9\\x1b[31m"
    assert str(error).isprintable()
    assert str(error).startswith(f"{tmp_path}/caf\\xe9.json: is empty")


def test_printable_leaves_ordinary_names_alone() -> None:
    assert printable(Path("seeds/Übersicht 日本.txt")) == os.path.join("seeds", "Übersicht 日本.txt")


def test_unreadable_file_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run as root, whom no file refuses: so the operating system's answer is put in."""
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut" / "x.txt").write_text("x")
    (tmp_path / "a.txt").write_text("The bridge is open again.")
    (tmp_path / "b.txt").write_text("The bridge is open again.")
    listdir, opened = os.listdir, os.open

    def refuse(path: object) -> None:
        if str(path).endswith(("shut", "a.txt")):
            raise PermissionError(13, "Permission denied", str(path))

    def guarded_listdir(path: Path) -> list[str]:
        refuse(path)
        return listdir(path)

    def guarded_open(path: str, flags: int, mode: int = 0o777) -> int:
        refuse(path)
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "listdir", guarded_listdir)
    monkeypatch.setattr(os, "open", guarded_open)
    documents, errors = read_paths([tmp_path])
    assert [document.external_id for document in documents] == ["b"]
    assert [error.resource for error in errors] == [str(tmp_path / "a.txt"), str(tmp_path / "shut")]
    assert all("Permission denied" in error.cause and "permission to read" in str(error) for error in errors)

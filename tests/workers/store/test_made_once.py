"""What is made once: whole, whoever asks for it at the same time, and where all can find it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.store import made_once as module
from workers.store.made_once import made_once


def _file(path: Path) -> None:
    path.write_text("made")


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "part").write_text("made")


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A results folder, of an environment that nobody may write to."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    return tmp_path / "data"


@pytest.mark.parametrize("make", [_file, _folder])
def test_it_is_made_once_and_found_from_then_on(data: Path, make: Callable[[Path], None]) -> None:
    made = made_once("thing-1", data, make)
    assert made_once("thing-1", data, lambda _: pytest.fail("made again")) == made
    assert (made / "part" if made.is_dir() else made).read_text() == "made"


@pytest.mark.parametrize("make", [_file, _folder])
def test_what_was_cut_off_leaves_nothing(data: Path, make: Callable[[Path], None]) -> None:
    def breaks(path: Path) -> None:
        make(path)
        raise MemoryError

    with pytest.raises(MemoryError):
        made_once("thing-1.file", data, breaks)
    assert [left.name for left in data.iterdir()] == ["thing-1.lock"]
    assert made_once("thing-1.file", data, _file).read_text() == "made"


def test_several_processes_that_ask_at_once_get_one(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from workers.store.made_once import made_once; made = []\n"
        "def make(path):\n    made.append(1); path.write_text('whole'); time.sleep(0.2)\n"
        "sys.prefix = sys.argv[1]; print(made_once('thing', Path(sys.argv[1]), make).read_text(), len(made))"
    )
    root = Path(module.__file__).parents[2]
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root)
        for _ in range(4)
    ]
    told = [process.communicate(timeout=60)[0].split() for process in started]
    assert [text for text, _ in told] == ["whole"] * 4
    assert sum(int(made) for _, made in told) == 1


def test_it_is_in_the_environment_or_in_the_results_folder(tmp_path: Path, data: Path) -> None:
    assert made_once("thing-1", data, _file).parent == data
    (tmp_path / "environment").mkdir()
    shared = tmp_path / "environment" / "share" / "wireroom"
    assert made_once("thing-1", data, _file).parent == shared
    assert made_once("thing-2", data, _file).parent == shared

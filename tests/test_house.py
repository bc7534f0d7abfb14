"""The house stays as it is drawn: doors open one way, rooms are small, and what the docs say is there is there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import typer

from workers.cli.main import program

_ROOT = Path(__file__).parents[1]
_FLOORS = ("schemas", "pipeline", "workers")  # each may use those before it
# The wings of `workers`, each of which may use those after it, and the settings and logs that all of them use.
_WINGS = ("cli", "desk", "local", "tasks", "feeds", "fetching", "producers", "export", "queue", "store")
_SHARED = {"settings", "logs"}
_FILES = [file for floor in _FLOORS for file in sorted((_ROOT / floor).rglob("*.py"))]

# What a floor must not know, beside the floors above it.
_UNKNOWN = {
    "schemas": {"celery", "kombu", "redis"},
    "pipeline": {"celery", "kombu", "redis", "sqlalchemy", "alembic", "psycopg", "socket", "requests", "httpx"},
    "workers": set(),
}


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("file", _FILES, ids=lambda file: str(file.relative_to(_ROOT)))
def test_doors_open_one_way(file: Path) -> None:
    floor = file.relative_to(_ROOT).parts[0]
    above = set(_FLOORS[_FLOORS.index(floor) + 1 :])
    known = {name.split(".")[0] for name in _imports(file)}
    assert not known & (above | _UNKNOWN[floor])


def test_workers_has_these_wings() -> None:
    found = {
        path.stem for path in (_ROOT / "workers").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert found == {*_WINGS, *_SHARED, "__init__"}


@pytest.mark.parametrize("wing", _WINGS)
def test_a_wing_uses_those_below_it(wing: str) -> None:
    below = {*_WINGS[_WINGS.index(wing) :], *_SHARED}
    for file in (_ROOT / "workers" / wing).rglob("*.py"):
        used = {name.split(".")[1] for name in _imports(file) if name.startswith("workers.")}
        assert used <= below, file


@pytest.mark.parametrize("shared", sorted(_SHARED))
def test_what_all_wings_share_uses_none(shared: str) -> None:
    used = {name for name in _imports(_ROOT / "workers" / f"{shared}.py") if name.startswith("workers.")}
    assert {name.split(".")[1] for name in used} <= _SHARED


def test_all_sql_is_in_the_store() -> None:
    """Elsewhere a session is handed on, an error of the database caught, a URL read: no statement is made."""
    harmless = {"sqlalchemy.orm", "sqlalchemy.orm.Session", "sqlalchemy.engine", "sqlalchemy.engine.URL"}
    for file in _FILES:
        if file.is_relative_to(_ROOT / "schemas") or file.is_relative_to(_ROOT / "workers" / "store"):
            continue
        used = {name for name in _imports(file) if name.startswith("sqlalchemy") and ".exc" not in name}
        assert used <= harmless | {"sqlalchemy.engine.make_url"}, file
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert node.value.id != "session", f"{file}, line {node.lineno}"


def test_the_store_is_told_what_the_settings_say() -> None:
    for file in (_ROOT / "workers" / "store").rglob("*.py"):
        assert file.name == "database.py" or "workers.settings" not in _imports(file), file


def test_no_two_rooms_need_each_other() -> None:
    names = {".".join(file.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in _FILES}
    # `workers` itself hands the app to Celery when it is asked for it.
    needed = {name: (_imports(file) & set(names)) - {name, "workers"} for name, file in names.items()}
    list(TopologicalSorter(needed).static_order())  # names the circle where there is one


def test_stages_do_not_know_each_other() -> None:
    for stage in ("clean", "extract", "dedupe"):
        others = {f"pipeline.{other}" for other in ("clean", "extract", "dedupe") if other != stage}
        for file in (_ROOT / "pipeline" / stage).rglob("*.py"):
            assert not {name for name in _imports(file) if ".".join(name.split(".")[:2]) in others}, file


def test_rooms_are_small_and_named_after_what_is_in_them() -> None:
    for file in [*_FILES, *(_ROOT / "tests").rglob("*.py"), *(_ROOT / "benchmarks").rglob("*.py")]:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 400, f"{file} is longer than a person reads"
        assert file.stem not in {"utils", "helpers", "common", "manager", "misc"}, file


def test_a_command_starts_without_the_libraries_of_the_stages() -> None:
    loaded = "import sys, workers.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert not {"spacy", "trafilatura", "feedparser", "wordfreq", "alembic"} & set(done.stdout.split())


def test_every_command_and_option_is_documented() -> None:
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    commands = typer.main.get_command(program).commands  # type: ignore[attr-defined]
    assert set(re.findall(r"^\| `wireroom (\w+)", readme, re.MULTILINE)) == set(commands)
    for name, command in commands.items():
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--") and option != "--help":
                    assert f"`{option}" in readme or f"{option} " in readme, f"{name} {option}"


def test_what_the_docs_name_is_there() -> None:
    for document in ("README.md", "DEVELOPING.md"):
        text = (_ROOT / document).read_text(encoding="utf-8")
        named = re.findall(r"\]\(((?!https?:|#)[^)]+)\)", text) + re.findall(
            r"`((?:schemas|pipeline|workers|tests|benchmarks|docs)/[\w/.]*[\w/])`", text
        )
        assert named
        for path in named:
            assert (_ROOT / path.split("#")[0]).exists(), f"{document} names {path}"


def test_no_path_of_a_machine_and_no_registry_is_committed() -> None:
    pattern = re.compile(r"/(?:home|root)/\w|--index-url|files\.pythonhosted|file:///")
    for file in [*_FILES, _ROOT / "Makefile", _ROOT / "requirements.lock", _ROOT / "requirements-dev.lock"]:
        assert not pattern.search(file.read_text(encoding="utf-8")), file

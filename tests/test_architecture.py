"""The architecture: imports go one way, files are small, and what the documentation names exists."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import typer

from pipeline.clean import Rules
from workers.cli.main import program
from workers.store.read.columns import COLUMNS

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("schemas", "pipeline", "workers")  # each may use those before it
# The packages of `workers`, each of which may use those after it, and the settings and logs that all of them use.
_WINGS = ("cli", "desk", "local", "tasks", "feeds", "fetching", "producers", "export", "queue", "store")
_SHARED = {"settings", "logs"}
_FILES = [file for package in _PACKAGES for file in sorted((_ROOT / package).rglob("*.py"))]

# What a package must not import, beside the packages that may import it.
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
def test_packages_import_one_way(file: Path) -> None:
    package = file.relative_to(_ROOT).parts[0]
    above = set(_PACKAGES[_PACKAGES.index(package) + 1 :])
    known = {name.split(".")[0] for name in _imports(file)}
    assert not known & (above | _UNKNOWN[package])


def test_workers_has_these_packages() -> None:
    found = {
        path.stem for path in (_ROOT / "workers").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert found == {*_WINGS, *_SHARED, "__init__"}


@pytest.mark.parametrize("wing", _WINGS)
def test_a_package_of_workers_imports_those_below_it(wing: str) -> None:
    below = {*_WINGS[_WINGS.index(wing) :], *_SHARED}
    for file in (_ROOT / "workers" / wing).rglob("*.py"):
        used = {name.split(".")[1] for name in _imports(file) if name.startswith("workers.")}
        assert used <= below, file


@pytest.mark.parametrize("shared", sorted(_SHARED))
def test_what_all_of_them_share_imports_none(shared: str) -> None:
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


def test_data_files_are_read_in_one_place() -> None:
    """Beside it: weights, which are no text; the gazetteer of another package; rules that a newsroom names by path."""
    apart = {"linear.py", "network.py", "source.py", "rules.py", "static_files.py"}
    for file in _FILES:
        reads = {name for name in _imports(file) if name == "tomllib" or name.startswith("importlib.resources")}
        assert not reads or file.name == "data_files.py" or file.name in apart, file


def test_no_import_is_circular() -> None:
    names = {".".join(file.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in _FILES}
    # `workers` itself hands the app to Celery when it is asked for it.
    needed = {name: (_imports(file) & set(names)) - {name, "workers"} for name, file in names.items()}
    list(TopologicalSorter(needed).static_order())  # names the circle where there is one


def test_stages_do_not_know_each_other() -> None:
    for stage in ("clean", "extract", "dedupe"):
        others = {f"pipeline.{other}" for other in ("clean", "extract", "dedupe") if other != stage}
        for file in (_ROOT / "pipeline" / stage).rglob("*.py"):
            assert not {name for name in _imports(file) if ".".join(name.split(".")[:2]) in others}, file


def test_files_are_small_and_named_after_what_is_in_them() -> None:
    for file in [*_FILES, *(_ROOT / "tests").rglob("*.py"), *(_ROOT / "benchmarks").rglob("*.py")]:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 400, f"{file} is longer than a person reads"
        assert file.stem not in {"utils", "helpers", "common", "manager", "misc"}, file


def test_a_command_starts_without_the_libraries_of_the_stages() -> None:
    loaded = "import sys, typer, workers.cli.main as main; dict(typer.main.get_command(main.program).commands); "
    loaded += "print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=_ROOT, capture_output=True, text=True, check=True)
    heavy = {"spacy", "trafilatura", "feedparser", "numpy", "wordfreq", "pyarrow", "alembic", "celery.worker"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize(
    "modules",
    [
        "workers.local.run, workers.store.read.report",
        "workers.desk.app",
        "workers.tasks.starting, workers.tasks.stages, workers.tasks.sweeper, workers.tasks.polling, "
        "workers.tasks.telling, workers.feeds.servers",
    ],
    ids=["run", "desk", "tasks"],
)
def test_services_without_a_stage_load_none_of_its_libraries(modules: str) -> None:
    """Beat, Flower and a worker that fetches load the tasks too."""
    loaded = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert not {"spacy", "trafilatura", "numpy", "wordfreq", "alembic"} & set(done.stdout.split())


def test_up_loads_what_its_services_share_and_no_stage() -> None:
    loaded = "import sys, workers.cli.up; from workers.local.forks import load_shared; load_shared()"
    loaded += "; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=_ROOT, capture_output=True, text=True, check=True)
    own = {"spacy", "trafilatura", "numpy", "wordfreq", "alembic", "feedparser", "starlette"}
    assert not own & set(done.stdout.split())


_DOCUMENTS = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").glob("*.md"), _ROOT / "seeds" / "README.md"])


def test_every_command_and_option_is_documented() -> None:
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    everywhere = "\n".join(document.read_text(encoding="utf-8") for document in _DOCUMENTS)
    main = typer.main.get_command(program)
    commands = main.commands  # type: ignore[attr-defined]
    assert set(re.findall(r"^\| `wireroom (\w+)", readme, re.MULTILINE)) == set(commands)
    nested = {f"{name} {sub}": found for name, group in commands.items() for sub, found in _subcommands(group)}
    for name, command in {"wireroom": main, **commands, **nested}.items():
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--") and option not in {"--help", "--show-completion"}:
                    assert re.search(rf"{option}\b", everywhere), f"{name} {option}"


def _subcommands(command: object) -> list[tuple[str, Any]]:
    return list(getattr(command, "commands", {}).items())


def test_every_exported_column_is_documented() -> None:
    page = (_ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (\w+)$", page, flags=re.MULTILINE)[1:]
    documented = {
        table: re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
        for table, text in zip(parts[::2], parts[1::2], strict=True)
    }
    assert documented == {table: list(columns) for table, columns in COLUMNS.items()}


def test_the_readme_is_short() -> None:
    assert len((_ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda document: document.name)
def test_what_the_docs_name_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    linked = [document.parent / path for path in re.findall(r"\]\(((?!https?:)[^)]+)\)", text)]
    named = re.findall(r"`((?:schemas|pipeline|workers|tests|benchmarks|docs)/[\w/.]*[\w/])`", text)
    for path in [*linked, *(_ROOT / path for path in named)]:
        file, _, heading = str(path).partition("#")
        assert Path(file).exists() or (heading and Path(file) == document.parent), f"{document.name} names {path}"
        if heading and file.endswith(".md"):
            assert heading in _headings(Path(file)), f"{document.name} names {path}"


def _headings(file: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_example_of_cleaning_rules_can_be_used(tmp_path: Path) -> None:
    page = (_ROOT / "docs" / "clean-rules.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    own = tmp_path / "rules.toml"
    own.write_text(example, encoding="utf-8")
    Rules.load(own)


def test_no_path_of_a_machine_and_no_registry_is_committed() -> None:
    pattern = re.compile(r"/(?:home|root)/\w|--index-url|files\.pythonhosted|file:///")
    for file in [*_FILES, _ROOT / "Makefile", _ROOT / "requirements.lock", _ROOT / "requirements-dev.lock"]:
        assert not pattern.search(file.read_text(encoding="utf-8")), file

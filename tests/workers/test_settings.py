"""One setting, one name: each is documented, and a wrong one is named in a plain sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.dedupe import Limits
from schemas.errors import SettingError
from workers import settings as settings_module
from workers.settings import Settings, settings

_ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    page = (_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*) \|$", page, re.MULTILINE))
    expected = {}
    for field in Settings.model_fields.values():
        default = "" if field.default in ("", None) else f"`{field.default}`"
        expected[str(field.validation_alias)] = f"{default} | {field.description}"
    assert rows == expected


def test_the_thresholds_are_those_that_dedupe_was_measured_with() -> None:
    chosen, measured = settings(), Limits()
    assert (chosen.copy_containment, chosen.story_likeness, chosen.dedupe_window_days) == (
        measured.copy, measured.story, measured.window_days,
    )  # fmt: skip


def test_no_setting_is_read_anywhere_but_in_settings() -> None:
    for file in [*_ROOT.glob("workers/**/*.py"), *_ROOT.glob("pipeline/**/*.py"), *_ROOT.glob("schemas/**/*.py")]:
        if file.name != "settings.py":
            assert not re.search(r"os\.environ(?!\.setdefault)|getenv", file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("WIREROOM_PROCESSES", "many", "WIREROOM_PROCESSES: .*integer"),
        ("WIREROOM_MAX_ATTEMPTS", "0", "WIREROOM_MAX_ATTEMPTS: .*greater than or equal to 1"),
        ("WIREROOM_LOG_FORMAT", "xml", "WIREROOM_LOG_FORMAT: "),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=message):
        settings()


def test_only_its_own_name_is_a_setting_and_an_empty_one_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOG_LEVEL", "DATA", "PROCESSES", "QUEUE_LIMIT", "WIREROOM_CLEAN_RULES", "WIREROOM_PROCESSES"):
        monkeypatch.setenv(name, "" if name.startswith("WIREROOM_") else "7")
    assert settings().data != Path("7")
    assert (settings().log_level, settings().queue_limit) == ("INFO", 10_000)
    assert (settings().clean_rules, settings().processes) == (None, 0)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("sqlite:///a.sqlite", "sqlite"),
        ("", "sqlite"),
    ],
)
def test_the_database_of_a_url(monkeypatch: pytest.MonkeyPatch, url: str, driver: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert settings().database.drivername == driver


@pytest.mark.parametrize("url", ["mysql://h/d", "no url", "sqlite://", "sqlite:///:memory:"])
def test_another_database_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingError, match="DATABASE_URL: "):
        _ = settings().database


def test_celerys_own_name_for_the_broker_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://ours/0")
    assert settings().broker_url == "redis://ours/0"
    settings_module.settings.cache_clear()
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://celerys/0")
    assert settings().broker_url == "redis://celerys/0"

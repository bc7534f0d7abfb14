"""What the settings give the stages: rules and thresholds, read once a process."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version

from pipeline.clean import Languages, Rules, unpack_languages
from pipeline.dedupe import Limits
from pipeline.places import Gazetteer
from workers.settings import settings
from workers.store.gazetteer import open_gazetteer
from workers.store.made_once import made_once


@lru_cache(maxsize=1)
def clean_rules() -> Rules:
    """The rules for what is cut: those that ship, and the newsroom's own.

    Raises:
        SettingError: the file of `WIREROOM_CLEAN_RULES` cannot be read, or a rule in it.
    """
    own = settings().clean_rules
    return Rules.load(*([own] if own else []))


@lru_cache(maxsize=1)
def languages() -> Languages:
    """The model of languages, unpacked where it is not yet."""
    return Languages.unpacked(made_once(f"languages-{version('py3langid')}", settings().data, unpack_languages))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The gazetteer, made where it is not there yet."""
    return open_gazetteer(settings().data)


@lru_cache(maxsize=1)
def dedupe_limits() -> Limits:
    """The thresholds in force."""
    return Limits(
        copy=settings().copy_containment,
        story=settings().story_likeness,
        window_days=settings().dedupe_window_days,
    )

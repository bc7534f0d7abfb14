"""What the settings give the stages: rules and thresholds, read once a process."""

from __future__ import annotations

from functools import lru_cache

from pipeline.clean import Rules
from pipeline.dedupe import Limits
from pipeline.places import Gazetteer
from workers.settings import settings
from workers.store.gazetteer import gazetteer_folder, open_gazetteer


@lru_cache(maxsize=1)
def clean_rules() -> Rules:
    """The rules for what is cut: those that ship, and the newsroom's own.

    Raises:
        SettingError: the file of `WIREROOM_CLEAN_RULES` cannot be read, or a rule in it.
    """
    own = settings().clean_rules
    return Rules.load(*([own] if own else []))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The gazetteer, made where it is not there yet."""
    return open_gazetteer(gazetteer_folder(settings().data))


@lru_cache(maxsize=1)
def dedupe_limits() -> Limits:
    """The thresholds in force."""
    return Limits(
        copy=settings().copy_containment,
        story=settings().story_likeness,
        window_days=settings().dedupe_window_days,
    )

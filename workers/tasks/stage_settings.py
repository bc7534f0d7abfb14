"""What the settings give the stages: rules and thresholds, read once a process."""

from __future__ import annotations

from functools import lru_cache

from pipeline.clean import Rules
from pipeline.dedupe import Limits
from workers.settings import settings


@lru_cache(maxsize=1)
def clean_rules() -> Rules:
    """The rules for what is cut: those that ship, and the newsroom's own.

    Raises:
        SettingError: the file of `WIREROOM_CLEAN_RULES` cannot be read, or a rule in it.
    """
    own = settings().clean_rules
    return Rules.load(*([own] if own else []))


@lru_cache(maxsize=1)
def dedupe_limits() -> Limits:
    """The thresholds in force."""
    return Limits(
        copy=settings().copy_containment,
        story=settings().story_likeness,
        window_days=settings().dedupe_window_days,
    )

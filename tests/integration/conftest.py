"""Every test here starts real services, and has time for them on a busy machine too."""

from __future__ import annotations

from pathlib import Path

import pytest

# Three times what one wait may last (`program.until`), which says what it waited for where it was in vain.
_SECONDS = 1800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives the tests of this folder that time, where they name none."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(_SECONDS))

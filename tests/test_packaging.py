"""What is installed: the locked versions are those that the project says it works with."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_ROOT = Path(__file__).parents[1]
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text())
_RUN, _DEVELOP = _PROJECT["project"]["dependencies"], _PROJECT["dependency-groups"]["dev"]


@pytest.mark.parametrize(
    ("lock", "requirements"), [("requirements.lock", _RUN), ("requirements-dev.lock", [*_RUN, *_DEVELOP])]
)
def test_the_locked_versions_are_within_the_bounds(lock: str, requirements: list[str]) -> None:
    lines = [line.split(";")[0].strip(" \\") for line in (_ROOT / lock).read_text().splitlines() if "==" in line]
    locked = {canonicalize_name(name.split("[")[0]): version for name, version in (line.split("==") for line in lines)}
    for requirement in map(Requirement, requirements):
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), f"{requirement} in {lock}"

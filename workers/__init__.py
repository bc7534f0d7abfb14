"""Everything that runs: the Celery app and its tasks, producers, the store, settings and the command line.

The wings of this folder, each of which imports only those below it: `cli`, `desk`, `local`, `tasks`, `feeds`,
`fetching`, `producers`, `export`, `queue`, `store`.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery import Celery

_FOLDER = Path(__file__).parent


def __getattr__(name: str) -> Celery:
    """`celery -A workers` looks for its app here; it is built then, by the settings.

    Exits with one line where the settings cannot be used.
    """
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from schemas.errors import SettingError
    from workers.queue.app import app
    from workers.settings import configure_flower

    configure_flower(_FOLDER / "local" / "flowerconfig.py")
    try:
        return app()
    except SettingError as error:
        sys.exit(f"wireroom: {error}")


def _load_from_beside_us(package: str) -> None:
    """Loads a package of ours before anybody looks for it in the folder where a service was started.

    Celery puts that folder first on the path, and a `schemas.py` of somebody's own is no rare thing to lie there.
    """
    if package in sys.modules:
        return
    spec = PathFinder.find_spec(package, [str(_FOLDER.parent)])
    if spec is not None and spec.loader is not None:
        sys.modules[package] = module = module_from_spec(spec)
        spec.loader.exec_module(module)


for _package in ("schemas", "pipeline"):
    _load_from_beside_us(_package)

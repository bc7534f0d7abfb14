"""Everything that runs: the Celery app and its tasks, producers, the store, settings and the command line.

The wings of this folder, each of which imports only those below it: `cli`, `desk`, `local`, `tasks`, `feeds`,
`fetching`, `producers`, `export`, `queue`, `store`.

A program hands its documents in with `push`:

    from workers import push

    for accepted in push([{"content": "Nine dead as ferry capsizes …", "source": "wire.example"}]):
        print(accepted.id, accepted.new)
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from celery import Celery

    from workers.producers.push import Accepted, push

    app: Celery

__all__ = ["Accepted", "app", "push"]

_FOLDER = Path(__file__).parent


def __getattr__(name: str) -> Any:
    """What programs take from here, loaded for whoever asks: `push`, and the app, which `celery -A workers` looks for
    and which is built then, by the settings.

    Exits with one line where the settings of the app cannot be used.
    """
    if name in ("Accepted", "push"):
        from workers.producers import push

        return getattr(push, name)
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Before NumPy is loaded: a process for each core leaves none for a second thread of matrix products.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
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

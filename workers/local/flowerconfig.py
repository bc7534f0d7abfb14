"""Flower's configuration, wherever it is started: `workers.queue.app` names it to Flower.

https://flower.readthedocs.io/en/latest/config.html
"""

from __future__ import annotations

import sys

from schemas.errors import SettingError
from workers.local.ports import require_port
from workers.queue.app import join_embedded_broker
from workers.settings import make_services_folder, settings

_settings = settings()

address = _settings.flower_address
port = _settings.flower_port
if _settings.flower_auth:
    basic_auth = [_settings.flower_auth]
elif address not in ("127.0.0.1", "localhost", "::1"):
    raise SettingError("WIREROOM_FLOWER_AUTH", f"is empty, and Flower is to listen on {address}", "set user:password")
try:
    require_port("WIREROOM_FLOWER_PORT", address, port)
except SettingError as error:
    sys.exit(f"wireroom: {error}")  # Flower would show a traceback of the configuration

# Flower can be the first to start, as in a Procfile.
join_embedded_broker()

# Finished tasks are still shown after a restart. By default Flower saves only when it ends; every
# ten seconds, so that even a kill costs little.
_folder = make_services_folder()
persistent = True
db = str(_folder / "flower")
state_save_interval = 10_000

# Three tasks a document: the last ten thousand documents, some 100 MB of memory.
max_tasks = 30_000

# A document is recognised by its arguments (id, source, title), so they come second.
tasks_columns = "name,kwargs,state,received,started,runtime,worker,uuid"

"""The queues and the tasks that may be asked on each: the stages', the sweeper's and the fetchers'."""

from __future__ import annotations

from typing import Final

from schemas.stages import Stage

# Fetching waits for strangers' servers: a queue of its own, so that no stage waits with it.
FETCH: Final = "fetch"
FETCH_SERVER: Final = "fetch_server"

SWEEP: Final = "sweep"
POLL: Final = "poll"

# The tasks by queue. A stage's task has its queue's name; beat's two share the queue of the sweeper.
TASKS: Final = {str(stage): {str(stage)} for stage in Stage} | {SWEEP: {SWEEP, POLL}, FETCH: {FETCH_SERVER}}

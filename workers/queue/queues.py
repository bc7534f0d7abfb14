"""The queues and the tasks that may be asked on each: the stages', the sweeper's and the fetchers'."""

from __future__ import annotations

from typing import Final

from schemas.stages import Stage

# Fetching waits for strangers' servers: a queue of its own, so that no stage waits with it.
FETCH: Final = "fetch"
FETCH_SERVER: Final = "fetch_server"

SWEEP: Final = "sweep"
POLL: Final = "poll"

# What follows changes: stories' counts, and events on their way to hooks, which waits for strangers' servers too.
SETTLE: Final = "settle"
TELL: Final = "tell"

# The tasks by queue. A stage's task has its queue's name; those of beat share those of the sweeper and of fetchers.
TASKS: Final = {str(stage): {str(stage)} for stage in Stage} | {
    SWEEP: {SWEEP, POLL, SETTLE},
    FETCH: {FETCH_SERVER, TELL},
}

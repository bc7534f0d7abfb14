"""Everything that runs: the Celery app and its tasks, producers, the store, settings and the command line."""

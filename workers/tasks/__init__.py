"""The Celery tasks: the three stages and the wrapper around each, the sweeper, and those that fetch."""

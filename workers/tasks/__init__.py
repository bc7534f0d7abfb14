"""The Celery tasks: the three stages and what stands around each, the sweeper, and those that fetch."""

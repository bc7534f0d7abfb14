"""The queue: the Celery app, the broker and the way of a message over it, and the watch that a worker consumes."""

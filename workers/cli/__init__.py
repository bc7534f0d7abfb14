"""The command line: `wireroom run`, `ingest`, `up`, `status`, `export`, `retry`.

Each command is a module of this folder; what they share (the options for the services, the exit codes) is in `options`
and `main`. Modules that reach for Celery are loaded by the command that needs them, once it is known which broker it is.
"""

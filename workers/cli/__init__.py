"""The command line, `wireroom`.

Each command is a module of this folder; what they share (options, exit codes, consoles) is in `options`, and `main` is
the program. Modules that reach for Celery are loaded by the command that needs them, once its broker is known.
"""

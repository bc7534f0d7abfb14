"""The command line, `wireroom`.

Each command is a module of this folder; what they share (options, exit codes, consoles) is in `options`, and `main` is
the program. What takes long to load (the parsers of pages and feeds) is loaded by the commands that need it.
"""

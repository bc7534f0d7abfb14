"""`python -m workers.cli` is `wireroom`."""

from workers.cli.main import main

main()

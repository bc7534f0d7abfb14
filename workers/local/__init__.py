"""One machine: the services as child processes, a run from files to results, and what was lost sent again."""

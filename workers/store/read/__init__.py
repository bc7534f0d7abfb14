"""Reading for people and programs outside: the rows of each exported table, stories, and the report of a run."""

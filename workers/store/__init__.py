"""All SQL. Each module takes a session and does one kind of thing with it; `database` opens the sessions."""

"""What a document is at each step: what is accepted, what travels on Redis, what the stages give, and the tables."""

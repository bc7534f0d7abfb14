"""What a document is at each step: what arrives, what travels on Redis, what the stages give, and the tables."""

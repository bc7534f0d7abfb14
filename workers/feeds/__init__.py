"""Feeds that are polled: what their entries are known by, when the next poll is due, and what a poll does."""

"""Fetching over HTTP from servers that nobody vouches for: politely, within limits, and never from inside the house."""

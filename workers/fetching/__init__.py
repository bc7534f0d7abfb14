"""Fetching over HTTP from untrusted servers: politely, within limits, and never from private networks."""

"""The web desk and HTTP API: pages for people, rows for programs, events, metrics, and the door for pushed documents.

`app` puts it together; `api/` answers programs, `pages/` people; what both need of the tables is in `workers.store`.
"""

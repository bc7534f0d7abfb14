"""`wireroom desk`: the web desk and HTTP API."""

from __future__ import annotations

from workers.cli.options import DatabaseUrl, RedisUrl, messages, use
from workers.settings import desk_address


def desk(database_url: DatabaseUrl = None, redis_url: RedisUrl = None) -> None:
    """Serve the web desk and the HTTP API until stopped."""
    use(database_url, redis_url)
    from workers.desk.serve import serve
    from workers.queue.app import join_embedded_broker

    join_embedded_broker()
    serve(lambda: messages().print(f"desk     {desk_address()}", markup=False))

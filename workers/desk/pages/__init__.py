"""The pages, each a route; every one has its JSON twin under /api."""

from __future__ import annotations

from workers.desk.pages import correcting, document, door, feeds, hooks, lists, search, story, wall

routes = [
    *door.routes,
    *wall.routes,
    *story.routes,
    *document.routes,
    *search.routes,
    *feeds.routes,
    *lists.routes,
    *hooks.routes,
    *correcting.routes,
]

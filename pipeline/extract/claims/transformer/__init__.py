"""A small transformer that reads each figure in its sentence and the words before it."""

from pipeline.extract.claims.transformer.network import Network, shipped
from pipeline.extract.claims.transformer.opinions import Asked, Opinion, forget, opinions
from pipeline.extract.claims.transformer.pairs import Told, contradictions
from pipeline.extract.claims.transformer.pieces import pieces

__all__ = ["Asked", "Network", "Opinion", "Told", "contradictions", "forget", "opinions", "shipped", "warm_up"]


def warm_up() -> None:
    """Loads weights and vocabulary, so that worker processes forked later share them."""
    shipped()
    list(pieces("a"))

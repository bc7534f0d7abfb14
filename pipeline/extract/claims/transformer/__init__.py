"""A small transformer that reads each figure in its sentence and the words before it."""

from pipeline.extract.claims.transformer.network import Network, shipped
from pipeline.extract.claims.transformer.opinions import Asked, Opinion, forget, opinions
from pipeline.extract.claims.transformer.pairs import PairedFigure, contradictions

__all__ = ["Asked", "Network", "Opinion", "PairedFigure", "contradictions", "forget", "opinions", "shipped"]

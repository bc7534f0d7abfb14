"""A small transformer that reads each figure in its sentence and the words before it."""

from pipeline.extract.claims.transformer.network import Network, shipped
from pipeline.extract.claims.transformer.opinions import Asked, Opinion, opinions

__all__ = ["Asked", "Network", "Opinion", "opinions", "shipped"]

"""The stage `clean`: only the article, all of the article, and what it says of itself.

Two doors: `decode` turns the bytes of a file into text as a browser would, and `clean` turns a raw document into the
article's text, its facts, and a list of what was cut. `Rules` are the lines that a newsroom may add to.
"""

from .article import clean
from .encoding import decode
from .language import warm_up
from .rules import Rules

__all__ = ["Rules", "clean", "decode", "warm_up"]

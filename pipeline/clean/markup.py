"""Whether content is HTML, whatever it is called; HTML that came wrapped, escaped or without paragraphs made plain."""

from __future__ import annotations

import re
from html import unescape

# Characters; what is sent is looked at as far as the longest text that is taken.
_LOOKED_AT = 4_000_000
_WHOLE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.I | re.S
)
# What is closed further on in a piece of HTML that is sent as text; and what shows one by itself.
_CLOSED = re.compile(r"<(p|div|section|article|blockquote|[uo]l|li|h[1-6]|strong|em|b|i)(?: [^<>]{0,500})?>", re.I)
_PIECE = re.compile(r"<br ?/?>|<a href=[^<>]{1,2000}>[^<>]{0,500}</a>", re.I)
_ANY_TAG = re.compile(r"</?[a-z!]", re.I)
_BREAKS = re.compile(r"<(?:p|br|div|tr|html|body)\b", re.I)
# Text that no block holds: what begins with a letter or with an element that stands within a line.
_BARE = r"(?=[^<\s]|<(?:a|b|i|em|strong|span|q|cite)\b)"
_FIRST = re.compile(r"\s*" + _BARE, re.I)
_AFTER = re.compile(r"(</(?:p|h[1-6]|blockquote|[uo]l|figure|table)>)\s*" + _BARE, re.I)
_SPACE = re.compile(r"(?<!\s)\s{2,}" + _BARE, re.I)
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.S)


def markup(content: str, is_html: bool) -> str | None:
    """The HTML that `content` is, to be parsed; None for text.

    Unescaped where all of its tags are escaped. A piece of a page has its bare text in paragraphs; blank lines part
    them where nothing else does, as content systems keep their texts.

    Args:
        is_html: whether the sender calls it HTML.
    """
    if "&lt;" in content and not _ANY_TAG.search(content) and _is_piece(once := unescape(content)):
        content = once
    elif not (is_html or _WHOLE.match(content) or _is_piece(content)):
        return None
    if _WHOLE.match(content):
        return content
    has_breaks = _BREAKS.search(content)
    content = _AFTER.sub(r"\1<p>", f"<p>{content}" if _FIRST.match(content) else content)
    return content if has_breaks else _SPACE.sub(_paragraph, content)


def _paragraph(space: re.Match[str]) -> str:
    return "\n<p>" if space[0].count("\n") > 1 else space[0]


def _is_piece(content: str) -> bool:
    """Whether a text holds an element that is closed, a break or a link."""
    first: dict[str, int] = {}
    for tag in _CLOSED.finditer(content[:_LOOKED_AT]):
        first.setdefault(tag[1].lower(), tag.end())
    lower = content[:_LOOKED_AT].lower() if first else ""
    return any(f"</{name}>" in lower[start:] for name, start in first.items()) or bool(_PIECE.search(content))


def unwrapped(content: str) -> str:
    """`content` without the CDATA section around it, which is how XML carries it."""
    return found[1] if content.lstrip()[:9] == "<![CDATA[" and (found := _CDATA.fullmatch(content)) else content

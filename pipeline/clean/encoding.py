"""Bytes of text or HTML to characters, as browsers do it, and mojibake mended."""

from __future__ import annotations

import codecs
import re

import charset_normalizer
import ftfy

# Browsers read these labels as the larger set that contains them (WHATWG Encoding Standard, "Names and labels").
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The standard prescans 1024 bytes; pages exist whose head opens with longer scripts.
_PRESCAN = 4096
_META_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,500}?(?:charset|encoding)\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{2,40})""", re.I
)
# Enough for the detector to be sure, and a bound on its time.
_DETECT = 50_000
# A text with so many broken bytes, at most, to each whole character beyond ASCII is UTF-8 with a few damaged places:
# a cut file, pasted bytes.
_DAMAGED = 0.5
# A single byte that is a letter of Windows-1252 and stands before ASCII; what is left of a cut sequence has a second.
_STRAY = re.compile("(?<![\udc80-\udcff])[\udcc0-\udcff](?=[\x00-\x7f])")

# A first byte of UTF-8 as Western, Central European or Cyrillic sets show it, and a second: no mojibake is without them
# and most texts are, while ftfy's own test takes fifty times as long.
_SUSPECT = re.compile(r"[Â-ßà-ôĂĐŃ√‚РСВГД][^\x00-\x7f]|Ã ")
# Mends the encoding only; quotation marks, ligatures and widths stay as the outlet wrote them.
_MOJIBAKE = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
)


def decode(data: bytes, declared: str | None = None) -> str:
    """The characters of a file of text or HTML.

    The order is that of the WHATWG standard (byte order mark, `declared` by the transport, the page's own `meta`,
    detection), with two corrections for wrong declarations: bytes that are valid UTF-8 beyond ASCII are UTF-8 whatever
    they are called, and a declared encoding that cannot read the bytes is passed over. Never fails: in the last resort
    unreadable bytes become U+FFFD.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return mend(data[len(bom) :].decode(name, "replace"))
    return mend(_decode(data, declared))


def mend(text: str) -> str:
    """`text` with what is clearly mojibake ("â€œ" for a quotation mark) read as it was meant; the rest untouched."""
    return ftfy.fix_text(text, _MOJIBAKE) if _SUSPECT.search(text) and ftfy.badness.is_bad(text) else text


def _decode(data: bytes, declared: str | None) -> str:
    if not data.isascii():
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
    elif b"\x1b" not in data and b"\0" not in data:  # neither ISO-2022 nor UTF-16 may hide in it
        return data.decode("ascii")
    if (wide := _utf16(data)) is not None:
        return wide
    meta = _META_CHARSET.search(data, 0, _PRESCAN)
    for label in (declared, meta and meta[1].decode("ascii", "replace")):
        if label and (text := _read(data, label)) is not None:
            return text
    return _detect(data)


def _read(data: bytes, label: str) -> str | None:
    """`data` in the encoding called `label`, or None where the label is unknown or the bytes cannot be that."""
    try:
        name = codecs.lookup(label.strip()).name
    except LookupError:
        return None
    name = _READ_AS.get(name, name)
    if name.startswith("utf-16"):  # declared in an ASCII-readable `meta`, so it is not (WHATWG: read as UTF-8)
        name = "utf-8"
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        text = data.decode(name, "replace") if name != "utf-8" else _mostly_utf8(data)
    # Single-byte pages use the few bytes that their set leaves open; a wrong multi-byte set breaks all over.
    return text if text is not None and text.count("\N{REPLACEMENT CHARACTER}") <= len(text) / 1000 else None


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with some damage: letters of Windows-1252 pasted in are read as such, what else is broken is U+FFFD."""
    text = data.decode("utf-8", "surrogateescape")
    broken = sum(1 for character in text if "\udc80" <= character <= "\udcff")
    whole = sum(1 for character in text if ord(character) > 127) - broken
    if broken > _DAMAGED * whole:
        return None
    return (
        _STRAY.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252"), text)
        .encode("utf-8", "surrogateescape")
        .decode("utf-8", "replace")
    )


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a byte order mark, seen by the NUL bytes of its markup and spaces."""
    sample = data[:2000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) / 8 or min(even, odd) > max(even, odd) / 8:
        return None
    return data.decode("utf-16-be" if even > odd else "utf-16-le", "replace")


def _detect(data: bytes) -> str:
    if (text := _mostly_utf8(data)) is not None:
        return text
    best = charset_normalizer.from_bytes(data[:_DETECT]).best()
    return data.decode(best.encoding if best else "cp1252", "replace")

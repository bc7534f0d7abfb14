"""Figures, times and names in the words that pages and reports use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pipeline.measures import said
from workers.store.read.disputes import Said

# Why a figure is compared with nothing, by its status or else its scope.
_ASIDE = {
    "denied": "denied",
    "possible": "not certain",
    "part": "a part",
    "other": "another event or period",
}
# Characters of a sentence that are shown on either side of a figure: most sentences are shorter.
_AROUND = 220


# The fields of a record as forms name them, where not by their own names.
_FIELDS = {
    "value": "figure", "low": "lowest", "high": "highest", "qualifier": "how exact", "measure": "what happened to them",
    "group": "of whom", "claimant_name": "claimant", "speaker_name": "speaker", "relay": "relayed by",
    "claimant_type": "kind of claimant", "event_date": "date of the event",
}  # fmt: skip
# Characters of a quote by which a list names it.
_NAMED_BY = 80

_ACTIONS = {"reject": "rejected", "amend": "amended", "add": "added", "move": "moved", "undo": "undone"}

# What is no letter and moves the cursor of a terminal or a reader: shown as a sign that something stood here. So are
# the two marks that turn letters round whatever their script (U+202D, U+202E), which make 12 of 21; those that right-
# to-left scripts are written with stay.
_CONTROLS = dict.fromkeys(
    (*range(9), 0xB, 0xC, *range(0xE, 0x20), *range(0x7F, 0xA0), 0x202D, 0x202E), "\N{REPLACEMENT CHARACTER}"
)


def shown(text: str) -> str:
    """A text from outside without control characters."""
    return text if text.isprintable() else text.translate(_CONTROLS)


def number(value: int | None) -> str:
    """A number with its thousands apart."""
    return "?" if value is None else f"{value:,}"


def figure(row: Mapping[str, Any]) -> str:
    """One figure with its bounds: "14", "at least 8", "8 to 14"; one in vague words as it was written, where known."""
    low, high, value = row.get("low"), row.get("high"), row.get("value")
    qualifier = row.get("qualifier")
    if value is None and (low is None or high is None) and row.get("figure"):
        return str(row["figure"])
    if low is not None and high is not None:
        return number(low) if low == high else f"{low:,} to {high:,}"
    if low is not None:
        if qualifier == "more_than" or (value is not None and low == value + 1):
            return f"more than {low - 1:,}"
        return f"at least {low:,}"
    if high is not None:
        if qualifier == "fewer_than" or (value is not None and high == value - 1):
            return f"fewer than {high + 1:,}"
        return f"at most {high:,}"
    return f"about {value:,}" if value is not None else "?"


def span(count: Any) -> str:
    """The range of a count over the figures that stand: "8 to 14", "14", "at least 8", "8 to 14 or more"."""
    return span_of([f for f in count.figures if not f["updated_by"]])


def span_of(standing: Sequence[Mapping[str, Any]]) -> str:
    """The range of some figures, in the same words."""
    if standing and len({(f["low"], f["high"]) for f in standing}) == 1:
        return " / ".join(list(dict.fromkeys(figure(f) for f in standing))[:2])
    lows = [f["low"] if f["low"] is not None else f["high"] for f in standing]
    highs = [f["high"] if f["high"] is not None else f["low"] for f in standing]
    low, high = min(filter(_is_known, lows), default=None), max(filter(_is_known, highs), default=None)
    if low is None or high is None:
        return "?"
    least = next((figure(f) for f in standing if f["low"] == low and _is_more_than(f)), number(low))
    open_above = [f for f in standing if f["high"] is None and f["low"] is not None and f["low"] == high]
    if low == high:
        return f"{low:,} or more" if open_above else number(low)
    if any(map(_is_more_than, open_above)):
        return f"{least} to more than {number(high - 1)}"
    return f"{least} to {number(high)}" + (" or more" if open_above else "")


def _is_more_than(row: Mapping[str, Any]) -> bool:
    return row["high"] is None and row["qualifier"] == "more_than"


def _is_known(number_of: int | None) -> bool:
    return number_of is not None


def happened(count: Any) -> str:
    """What happened to those counted; nothing where their name says it: "900 displaced people"."""
    words = said(count.measure)
    return "" if words in (count.group or "").lower().split() else words


def claimant(row: Mapping[str, Any]) -> str:
    """Who claims a figure, under the one name shown for them where one is set; the source where nobody is named."""
    return row.get("speaker") or row.get("claimant_name") or f"{row.get('source') or 'the source'} itself"


def excerpt(words: Said) -> tuple[str, str, str]:
    """The sentence of a claim as what stands before its figure, the figure, and what stands behind; of a long one the
    words around the figure.
    """
    before, behind = words.sentence[: words.start], words.sentence[words.end :]
    if len(before) > _AROUND:
        before = "…" + before[-_AROUND:].partition(" ")[2]
    if len(behind) > _AROUND:
        behind = behind[:_AROUND].rpartition(" ")[0] + "…"
    return before, words.sentence[words.start : words.end], behind


def aside(row: Mapping[str, Any]) -> str:
    """Why a figure is compared with nothing; empty where it could be."""
    return _ASIDE.get(row.get("status") or "") or _ASIDE.get(row.get("scope") or "") or ""


def located(place: Mapping[str, Any]) -> str:
    """Where a place is: its name in the gazetteer where the text spells another, region and country."""
    parts = (place["name"] if place["name"] != place["text"] else None, place["region"], place["country"])
    return ", ".join(part for part in parts if part and part != place["text"])


def moment(time: datetime | str | None) -> str:
    """A moment to the minute, UTC."""
    if time is None:
        return "no date"
    if isinstance(time, str):
        time = datetime.fromisoformat(time)
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def ago(time: datetime | None, now: datetime | None = None) -> str:
    """How long ago something was."""
    if time is None:
        return "never"
    seconds = int(((now or datetime.now(UTC)) - time).total_seconds())
    if seconds < 0:
        return f"in {_length(-seconds)}"
    return "just now" if seconds < 10 else f"{_length(seconds)} ago"


def _length(seconds: int) -> str:
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def sources(names: Sequence[str] | None, most: int = 3) -> str:
    """Sources, the first few by name."""
    names = names or []
    told = ", ".join(names[:most])
    return told + (f" and {len(names) - most} more" if len(names) > most else "")


def done(action: str) -> str:
    """What a correction did."""
    return _ACTIONS.get(action, action)


def field(name: str) -> str:
    """A field of a claim or quote."""
    return _FIELDS.get(name, name.replace("_", " "))


def written(value: Any) -> str:
    """What a field has: "at least", "none"."""
    return "none" if value is None else str(value).replace("_", " ")


def words_of(before: Mapping[str, Any] | None) -> str:
    """The words of the text by which a record that was corrected is named."""
    words = str((before or {}).get("figure") or (before or {}).get("text") or "")
    return words if len(words) <= _NAMED_BY else words[:_NAMED_BY].rpartition(" ")[0] + "…"


def counted(number_of: int, one: str, many: str | None = None) -> str:
    """ "1 document", "2 documents"."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"

"""`python -m training.check`: holds every file of the corpus to corpus/README.md, and counts what is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Literal, get_args

from schemas.records import Measure, Qualifier, Scope, Status, apart
from training.corpus import CorpusError, StorySet, read_sets
from training.passages import Passage, read_passages

_FIELDS = frozenset(
    "doc figure sentence value low high qualifier measure group claimant claimant_name relay status scope".split()  # noqa: SIM905
)
_OPTIONAL = frozenset({"figure_nth", "count"})
_CHOICES: dict[str, Any] = {"qualifier": Qualifier, "measure": Measure, "status": Status, "scope": Scope}


def faults(story: StorySet) -> Iterator[str]:
    """What is wrong with a story set, each in a line that names the article and the figure."""
    texts = {article.id.rpartition("/")[2]: article.text for article in story.articles}
    held: set[tuple[str, Any, Any]] = set()
    for article in story.articles:
        for claim in article.claims:
            fields = claim.fields
            for fault in _faults(fields, texts[fields["doc"]]):
                yield f"{article.id}: {fields['figure']!r}: {fault}"
            if fields["status"] == "stated" and fields["scope"] == "event":
                held.add((fields["measure"], fields["low"], fields["high"]))
    for dispute in story.disputes:
        for one, other in dispute["pairs"]:
            if not apart((one["low"], one["high"]), (other["low"], other["high"])):
                yield f"{story.name}: {one} and {other} can both be true"
            for side in (one, other):
                if (dispute["measure"], side["low"], side["high"]) not in held:
                    yield f"{story.name}: no stated claim on the whole event has the bounds {side}"


def passage_faults(passage: Passage) -> Iterator[str]:
    """What is wrong with a passage whose claims are annotated: figures that disagree are stated counts of the whole, of
    one measure and two claimants."""
    claims = {(claim.start, claim.end): claim.fields for claim in passage.article.claims}
    for pair in passage.against if claims else ():
        letters = sorted(pair)
        one, other = (claims[passage.figures[letter]] for letter in letters)
        named = f"{passage.article.id}: {' and '.join(letters)}"
        if one["measure"] != other["measure"] or one["claimant_name"] == other["claimant_name"]:
            yield f"{named} disagree and have two measures or one claimant"
        if any((claim["status"], claim["scope"]) != ("stated", "event") for claim in (one, other)):
            yield f"{named} disagree and are not both stated counts of the whole"


def _faults(fields: dict[str, Any], text: str) -> Iterator[str]:
    missing, unknown = _FIELDS - set(fields), set(fields) - _FIELDS - _OPTIONAL
    if missing or unknown:
        yield f"misses {sorted(missing)}, has {sorted(unknown)} besides"
        return
    for name, choice in _CHOICES.items():
        if fields[name] not in get_args(choice):
            yield f"{name} is {fields[name]!r}"
    for name in ("group", "claimant", "relay"):
        if fields[name] is not None and fields[name] not in text:
            yield f"the text does not hold the {name} {fields[name]!r}"
    if (fields["claimant"] is None) != (fields["claimant_name"] is None):
        yield "claimant and claimant_name go together"
    if not _fits(fields["qualifier"], fields["value"], fields["low"], fields["high"]):
        yield f"the bounds do not fit {fields['qualifier']!r}"


def _fits(qualifier: Literal["exact"] | str, value: int | None, low: int | None, high: int | None) -> bool:
    match qualifier:
        case "exact":
            return value is not None and value == low == high
        case "at_least":
            return value is not None and (low, high) == (value, None)
        case "at_most":
            return value is not None and (low, high) == (None, value)
        case "more_than":
            return value is not None and (low, high) == (value + 1, None)
        case "fewer_than":
            return value is not None and (low, high) == (None, value - 1)
        case "about":
            return value is not None and (low, high) == (None, None)
        case "between":
            return value is None and low is not None and high is not None and low < high
        case _:
            return (value, low, high) == (None, None, None)


def main() -> None:
    """Prints the faults, or what is there."""
    try:
        parts = {part: read_sets(part) for part in ("training", "unseen")}
        passages = {part: read_passages(part) for part in parts}
    except CorpusError as error:
        sys.exit(str(error))
    found = [fault for stories in parts.values() for story in stories for fault in faults(story)]
    found += [fault for part in passages.values() for passage in part for fault in passage_faults(passage)]
    print(*found, sep="\n", end="\n" if found else "")
    for part, stories in parts.items():
        articles = [article for story in stories for article in story.articles]
        claims = sum(len(article.claims) for article in articles)
        writers = len({story.writer for story in stories})
        print(f"{part}: {writers} writers, {len(stories)} stories, {len(articles)} articles, {claims} claims")
        against = sum(len(passage.against) for passage in passages[part])
        told = sum(len(passage.article.claims) for passage in passages[part])
        print(f"{part}: {len(passages[part])} passages, {told} claims, {against} pairs that disagree")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

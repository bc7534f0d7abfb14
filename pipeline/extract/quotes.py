"""Who said what: direct and indirect quotes with their speakers, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.extract.attributions import Attribution, Quoted, find_attributions
from pipeline.extract.direct import DirectSpeech
from pipeline.extract.indirect import indirect_quotes
from pipeline.extract.quotation_marks import find_quotations
from pipeline.extract.speakers import Speakers
from pipeline.extract.tokens import AnalysedText
from schemas.records import Entity, Quote, QuoteKind


def find_quotes(doc: AnalysedText, entities: Sequence[Entity]) -> list[Quote]:
    """The quotes of a document, in the order of the text."""
    text = doc.text
    quotations = find_quotations(text)
    quoted = Quoted(doc, quotations)
    attributions = find_attributions(doc, quoted)
    speakers = Speakers(doc, entities, quoted)
    spans: list[tuple[int, int, QuoteKind, Attribution]] = []
    spans += [(s, e, "direct", a) for s, e, a in DirectSpeech(doc, text, quotations, attributions).quotes()]
    spans += [(s, e, "indirect", a) for s, e, a in indirect_quotes(doc, attributions, quoted)]
    spans.sort(key=lambda span: (span[0], -span[1]))
    outlets = {entity.text: entity.name for entity in entities if entity.label != "PERSON"}
    quotes: list[Quote] = []
    for start, end, kind, attribution in spans:
        quote = _quote(text, start, end, kind, attribution, speakers, outlets)
        quotes.append(_carried_on(text, quotes[-1], quote) if quotes else quote)
    return quotes


def _quote(
    text: str,
    start: int,
    end: int,
    kind: QuoteKind,
    attribution: Attribution,
    speakers: Speakers,
    outlets: Mapping[str, str],
) -> Quote:
    speaker, relay, cue = attribution.speaker, attribution.relay, attribution.cue.text
    if speaker is None or len(speaker) == 0:  # a mention of nothing but marks is nobody
        return Quote(kind, start, end, text[start:end], cue, relay=relay)
    name = speakers.name(speaker)
    if relay is not None:
        relay = outlets.get(relay, relay)
        relay = None if relay in (name, speaker.text) else relay
    at = (speaker.text, speaker.start_char, speaker.end_char)
    return Quote(kind, start, end, text[start:end], cue, *at, speaker_name=name, relay=relay)


def _carried_on(text: str, previous: Quote, quote: Quote) -> Quote:
    """The quote with the relay of the one before it, where the same speaker goes on in the same paragraph."""
    goes_on = quote.speaker_name is not None and quote.speaker_name == previous.speaker_name
    if (
        quote.relay is None
        and previous.relay is not None
        and goes_on
        and "\n" not in text[previous.start : quote.start]
    ):
        return replace(quote, relay=previous.relay)
    return quote

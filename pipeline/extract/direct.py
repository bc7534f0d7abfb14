"""Whose words stand between quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from pipeline.extract.attributions import Attribution, cue_lemmas
from pipeline.extract.frames import closing_frame, named_before_colon
from pipeline.extract.mentions import entity_at, mention, trimmed
from pipeline.extract.quotation_marks import Quotation
from pipeline.extract.tokens import AnalysedText, Span, Token

# Fewer are a scare quote, a title or a nickname as often as somebody's words.
LEAST_WORDS = 3
# Characters between a quotation and the frame that follows it: an adverb, a bracket.
_NEAR = 60
# Tokens after a quotation within which a verb that no list knows may close it ("..., the driver shot back").
_FRAME_WORDS = 24
# A title of a work has at most so many words, all capitalised but small ones; so many characters at most lie between
# a cue and the quotation that it introduces all the same ("shouted “Build The Wall”").
_LONGEST_TITLE, _BESIDE = 8, 16
# How many paragraphs without a quotation may lie between one that is alone in its own and the speaker's last.
_LINES_BACK = 3
# Fewer words alone in a paragraph are a heading or a slogan; and where in its sentence a subject may begin.
_SPEECH, _FIRST = 5, 8
_LETTERS = re.compile(r"[^\W\d_]+")
_SIGNATURE = re.compile(r"\s*[―—–-]+\s*(?=\S[^\n]{1,80}(?:\n|$))")


class DirectSpeech:
    """Finds for each quotation of a document the attribution that makes it somebody's words."""

    def __init__(
        self, doc: AnalysedText, text: str, quotations: Sequence[Quotation], attributions: Sequence[Attribution]
    ) -> None:
        self._doc = doc
        self._text = text
        self._quotations = quotations
        self._attributions = [a for a in attributions if a.speaker is not None]
        self._cues = [attribution.cue.idx for attribution in self._attributions]
        self._tokens = doc.offsets
        self._sentences = [start for start, _ in doc.sentence_characters()]

    def quotes(self) -> Iterator[tuple[int, int, Attribution]]:
        """Start and end of each quotation that is somebody's, with its attribution.

        Paragraphs of one speech wait for the one that names the speaker.
        """
        previous: Attribution | None = None
        last_end = last_line = -1
        goes_on = False
        waiting: list[Quotation] = []
        for number, quotation in enumerate(self._quotations):
            line, line_end = self._line(quotation)
            earlier = max(line, self._quotations[number - 1].closing) if number else line
            later = line_end
            if number + 1 < len(self._quotations):
                later = min(line_end, self._quotations[number + 1].opening)
            own = self._own(quotation, earlier, later)
            if own is None and previous is not None:
                same_sentence = last_end >= 0 and self._sentence(last_end - 1) == self._sentence(quotation.opening)
                if goes_on or (line == last_line and same_sentence):
                    own = previous
            if own is None and self._is_sentence(quotation, line):
                own = self._spoken_before(quotation, line, line_end, previous, last_line)
            goes_on = quotation.continues
            if own is None:
                waiting = [*waiting, quotation] if goes_on else []
                continue
            previous, last_end, last_line = own, quotation.closing, line
            for spoken in (*waiting, quotation):
                if self._words(spoken) >= LEAST_WORDS and self._takes_title(spoken, own):
                    yield spoken.start, spoken.end, own
            waiting = []

    def _own(self, quotation: Quotation, earlier: int, later: int) -> Attribution | None:
        """The attribution of the quotation's own sentence, or the colon that introduces it."""
        after = self._after(quotation, later)
        before = self._before(quotation, earlier)
        if before is not None and after is not None and after.frame is None and after.cue.tag_ == "VBG":
            after = None
        ends_open = self._last_sign(quotation) in {",", "?", "!", "-", "—", "–"}
        own = (after or before) if ends_open or before is None else before
        return own or self._introduced(quotation) or self._unlisted(quotation, later) or self._signed(quotation)

    def _takes_title(self, quotation: Quotation, attribution: Attribution) -> bool:
        """Whether a quotation written as a title of a work is written as speech all the same: its cue is beside it."""
        words = _LETTERS.findall(self._text[quotation.start : quotation.end])
        small = [word for word in words if word[0].islower() and len(word) > 1]
        if (
            len(words) - len(small) < 2
            or len(words) > _LONGEST_TITLE
            or not cue_lemmas("title_small").issuperset(small)
        ):
            return True
        return attribution.frame is not None or (
            attribution.kind == "reporting" and 0 <= quotation.opening - self._doc[attribution.last].idx < _BESIDE
        )

    def _after(self, quotation: Quotation, later: int) -> Attribution | None:
        sentence = self._sentence(quotation.closing - 1)
        asks = self._last_sign(quotation) in {"?", "!", "…"}
        for attribution in self._between(quotation.closing, later)[:3]:
            start = self._doc[attribution.first].idx
            if start < quotation.closing:
                continue
            near = start - quotation.closing < _NEAR
            away = self._sentence(start) - sentence
            return attribution if near and (away == 0 or (asks and away == 1)) else None
        return None

    def _before(self, quotation: Quotation, earlier: int) -> Attribution | None:
        sentence = self._sentence(quotation.opening)
        for attribution in reversed(self._between(earlier, quotation.opening)):
            if self._sentence(attribution.cue.idx) == sentence:
                return attribution
            break
        return None

    def _introduced(self, quotation: Quotation) -> Attribution | None:
        """By the colon before it: "The answer of the mayor was: ...", also at the end of the paragraph before."""
        before = self._text[max(0, quotation.opening - 6) : quotation.opening]
        if not before.rstrip().endswith(":"):
            return None
        colon = self._text.rfind(":", 0, quotation.opening)
        line = self._text.rfind("\n", 0, colon) + 1
        spoken = [a for a in self._between(line, colon) if self._sentence(a.cue.idx) == self._sentence(colon)]
        if spoken:
            return spoken[-1]
        at = self._token(colon)
        named = named_before_colon(self._doc, self._token_from(line), at)
        if named is not None:
            return Attribution(self._doc[at], named, "voicing")
        root = self._doc[at].sent.root
        subject = next((child for child in root.children if child.dep_ == "nsubj" and child.i < at), None)
        return None if subject is None else Attribution(root, mention(subject), "voicing")

    def _unlisted(self, quotation: Quotation, later: int) -> Attribution | None:
        """By the frame after it, whatever its verb: "...," the driver shot back."""
        if self._last_sign(quotation) not in {",", "?", "!", "—", "…"}:
            return None
        start = self._token_from(quotation.closing)
        for token in self._doc[start : start + _FRAME_WORDS]:
            if token.idx >= later or token.text == ".":
                return None
            if token.tag_ in {"VBD", "VBZ", "VBP"}:
                subject = next((child for child in token.children if child.dep_ == "nsubj" and child.i >= start), None)
                frame = closing_frame(token, subject)
                if frame is None or frame.first < start:
                    return None
                speaker = mention(subject) if subject is not None else frame.speaker
                return Attribution(token, speaker, "voicing", frame=frame)
        return None

    def _signed(self, quotation: Quotation) -> Attribution | None:
        """By the name after a dash at the end of the paragraph."""
        signature = _SIGNATURE.match(self._text, quotation.closing)
        if signature is None:
            return None
        start, end = self._token_from(signature.end()), self._line(quotation)[1]
        name: list[Token] = []
        for token in self._doc[start:]:
            if token.idx >= end or token.is_punct or token.pos_ in {"VERB", "AUX", "PRON"}:
                break
            name.append(token)
        span = trimmed(self._doc, start, start + len(name))
        if not len(span) or not span.text[0].isupper() or any(token.tag_ == "POS" for token in span):
            return None
        return Attribution(self._doc[max(0, start - 1)], span, "voicing")

    def _spoken_before(
        self, quotation: Quotation, line: int, line_end: int, previous: Attribution | None, last_line: int
    ) -> Attribution | None:
        """A quotation without a cue goes on where the paragraph, or the paragraph before it, let somebody speak."""
        spoken = self._between(line, quotation.opening)
        if spoken:
            return spoken[-1]
        if last_line == line:
            return previous
        teller = self._teller(line, quotation.opening)
        if teller is not None:
            return teller
        alone = quotation.opening - line < 3 and line_end - quotation.closing < 3
        if not alone or line == 0:
            return None
        end = len(self._text[:line].rstrip())
        above = self._text.rfind("\n", 0, end) + 1
        spoken = self._between(above, end)
        if last_line >= 0 and last_line >= above:
            return previous
        if spoken:
            return spoken[-1]
        if self._words(quotation) < _SPEECH:
            return None
        teller = self._teller(above, end)
        near = self._text.count("\n", last_line, above) <= _LINES_BACK if last_line >= 0 else False
        return teller or (previous if near else None)

    def _teller(self, start: int, end: int) -> Attribution | None:
        """Who is told of just before a quotation that stands by itself: the subject of the sentence before it."""
        if not self._text[start:end].strip():
            return None
        sentence = self._doc[self._token(len(self._text[:end].rstrip()) - 1)].sent
        if sentence.start_char < start:
            return None
        for token in sentence:
            if token.ent_type_ in {"PERSON", "ORG"} and token.ent_iob_ == "B":
                named = entity_at(token)
                return None if named is None or named.start - sentence.start > _FIRST else self._told_of(named)
            if token.lower_ in {"he", "she"}:
                return self._told_of(self._doc[token.i : token.i + 1])
        return None

    def _told_of(self, who: Span) -> Attribution:
        return Attribution(who.root, who, "voicing")

    def _is_sentence(self, quotation: Quotation, line: int) -> bool:
        """Whether the quotation stands by itself, rather than as a part of another's sentence."""
        before = self._text[line : quotation.opening].rstrip()
        starts = not before or before[-1] in ".!?…:”\"»’'"
        return starts and not self._text[quotation.start : quotation.start + 1].islower()

    def _last_sign(self, quotation: Quotation) -> str:
        """The last sign of the quotation, before the marks of one within it."""
        return self._text[quotation.start : quotation.end].rstrip("’'”\" ")[-1:]

    def _line(self, quotation: Quotation) -> tuple[int, int]:
        end = self._text.find("\n", quotation.closing)
        return self._text.rfind("\n", 0, quotation.opening) + 1, len(self._text) if end < 0 else end

    def _words(self, quotation: Quotation) -> int:
        words = self._text[quotation.start : quotation.end].split()
        return sum(any(letter.isalnum() for letter in word) for word in words)

    def _between(self, start: int, end: int) -> Sequence[Attribution]:
        return self._attributions[bisect_left(self._cues, start) : bisect_left(self._cues, end)]

    def _sentence(self, offset: int) -> int:
        return bisect_right(self._sentences, offset)

    def _token(self, offset: int) -> int:
        return max(0, bisect_right(self._tokens, offset) - 1)

    def _token_from(self, offset: int) -> int:
        return bisect_left(self._tokens, offset)

"""`python -m training.transformer FOLDER [--figures [WRITER ...]]`: trains the transformer on the corpus.

FOLDER holds `all-MiniLM-L6-v2` (config.json, model.safetensors). It needs PyTorch and transformers (`pip install torch
transformers`), which nothing else here does, and three hours and a half of two cores. With `--figures` the encoder that
reads figures goes on from the weights that ship, and that of pairs stays: half an hour. On pairs of writers of whom the
encoders have not learned yet it is judged how far these can be believed (`corpus/judged.jsonl`); `make train` learns
from that.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from rich.console import Console
from torch import Tensor, nn
from transformers import AutoModel

from pipeline.extract.claims.transformer import network
from pipeline.extract.claims.transformer.network import FIGURES, PAIRS
from pipeline.extract.claims.transformer.windows import Window
from training import weights
from training.corpus import StorySet, read_sets
from training.examples import Example, examples
from training.fit import Read, fit, read_article
from training.judged import Judged, judge, read_judged, save_judged
from training.layers import Floats
from training.pairs import Pair, of_passage, of_story
from training.passages import Passage, read_passages
from training.weights import CLASSES, LAYERS

_WIDTH, _READ, _PAIR = 384, 256, 128
_BATCH, _DROPPED = 16, 0.1
# Windows whose activations' ranges set those of the layers.
_MEASURED = 500
# Headlines left out, so that texts without one are read as well.
_UNTITLED = 0.1
_IGNORED = -100  # what PyTorch's cross entropy passes over


@dataclass(frozen=True, slots=True)
class Course:
    """How one run of training goes: its epochs, the highest learning rate of the encoder (what reads off it learns five
    times faster), and the shares of the figures, and of the pairs that do not contradict, that each epoch sees."""

    epochs: int
    rate: float
    figures: float = 1.0
    unlike: float = 1.0


# Figures alone; then pairs, most of which do not contradict, with so many figures that those are not forgotten.
_COURSES = (Course(4, 2e-4), Course(4, 1e-4, figures=0.3, unlike=0.45))
# Then the reports whose claims are annotated, beside all that came before.
_REPORTS = Course(2, 1e-4, figures=0.5, unlike=0.4)
# The weights then lie so far from those before the reports to those after them (Wortsman et al. 2022, "Robust
# fine-tuning of zero-shot models"): the reports teach contradictions, and too much that figures cover the whole.
_LEARNED = 0.4
# With whole articles, in which few figures disagree, as in news, the encoder of pairs goes on from there, beside all
# other pairs that contradict and so many of those that do not: it finds more of what disagrees, and invents less. What
# contradicts in whole articles is seen twice an epoch, for it is rare.
_WHOLE = frozenset(
    "bracken campion clover dock lupin medlar privet sloe sorrel spurge tarragon teasel vervain yew".split()  # noqa: SIM905
)
_ARTICLES, _BESIDE_ARTICLES = Course(3, 4e-5, unlike=0.7), 1 / 7
# Writers from whom the encoder of pairs learns nothing, in two halves: the pairs of each are judged, by an encoder
# of figures that learned from the other half alone. An epoch with those of short reports (aspen, cedar, elm, pine)
# stated disputes of stories worse: F1 0.28, not 0.47; 0.43 with weights 0.4 of the way.
_UNTOLD = (
    frozenset("aspen burdock cedar gorse".split()),  # noqa: SIM905
    frozenset("elm flint moss pine sable tutsan".split()),  # noqa: SIM905
)
_ALL_UNTOLD = frozenset().union(*_UNTOLD)
# The share of all others' figures that the encoder of figures sees beside those of one half.
_BESIDE_HALF = 1 / 3
# The encoder of figures goes on from there, with those of all writers.
_ALL_FIGURES = Course(2, 1e-4)
# Later with those of writers who came since, beside so many of the others that these are not forgotten.
_SINCE = Course(3, 5e-5, figures=0.25)
# What a contradiction that is missed weighs beside one that is invented: there is one in ten pairs.
_RARE = 2.0

Taught = TypeVar("Taught", Example, Pair)


class Reader(nn.Module):
    """The encoder and what reads answers off its vectors (`pipeline.extract.claims.transformer.network`)."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(base)
        self.encoder.encoder.layer = self.encoder.encoder.layer[:LAYERS]
        for layer in self.encoder.encoder.layer:
            layer.intermediate.intermediate_act_fn = nn.GELU(approximate="tanh")
        self.encoder.embeddings.requires_grad_(False)
        self.encoder.embeddings.token_type_embeddings = self._types(self.encoder.embeddings.token_type_embeddings)
        self.figure = nn.Linear(2 * _WIDTH, _READ)
        self.answers = nn.ModuleDict({name: nn.Linear(_READ, len(classes)) for name, classes in CLASSES.items()})
        self.pair, self.pair_score = nn.Linear(2 * _WIDTH, _PAIR), nn.Linear(_PAIR, 1)
        self.absent = nn.Parameter(torch.randn(2, _WIDTH) * 0.1)
        self.both, self.both_score = nn.Linear(4 * _WIDTH, _PAIR), nn.Linear(_PAIR, 1)
        self.drop, self.gelu = nn.Dropout(_DROPPED), nn.GELU(approximate="tanh")

    def forward(self, batch: Sequence[Example]) -> tuple[dict[str, Tensor], list[Tensor]]:
        """The sums of each answer for all figures of a batch, and of the mentions for each figure."""
        vectors = self._encoded([example.window for example in batch])
        placed = [(row, figure) for row, example in enumerate(batch) for figure in example.figures]
        figures = torch.stack([vectors[row, figure.token] for row, figure in placed])
        nouns = torch.stack([vectors[row, figure.noun] for row, figure in placed])
        read = self.drop(self.gelu(self.figure(self.drop(torch.cat([figures, nouns], 1)))))
        chosen = []
        for own, (row, figure) in zip(figures, placed, strict=True):
            mentions = torch.stack([vectors[row, at] if at >= 0 else self.absent[-at - 1] for at in figure.mentions])
            pairs = torch.cat([own.expand(len(mentions), -1), mentions], 1)
            chosen.append(self.pair_score(self.gelu(self.pair(pairs)))[:, 0])
        return {name: answer(read) for name, answer in self.answers.items()}, chosen

    def contradict(self, batch: Sequence[Pair]) -> Tensor:
        """The sum of each pair of a batch: above zero where the two are held to contradict each other."""
        vectors = self._encoded([example.window for example in batch])
        rows = [torch.cat([vectors[row, token] for token in pair.tokens]) for row, pair in enumerate(batch)]
        read: Tensor = self.both_score(self.drop(self.gelu(self.both(self.drop(torch.stack(rows))))))
        return read[:, 0]

    def values(self) -> dict[str, Floats]:
        """The weights by name."""
        return {name: value.detach().numpy().astype(np.float32) for name, value in self.state_dict().items()}

    def go_on(self, values: Mapping[str, Floats]) -> None:
        """Takes these weights by name (fewer positions than it has: the first), and leaves the others as they are."""
        state = self.state_dict()
        for name, value in values.items():
            state[name][: len(value)] = torch.tensor(value)
        self.load_state_dict(state)

    @staticmethod
    def _types(known: nn.Embedding) -> nn.Embedding:
        """The types of tokens, with one more for figures that are compared: it begins as that of the text."""
        types = nn.Embedding(len(known.weight) + 1, _WIDTH)
        types.weight.data = torch.cat([known.weight.data, known.weight.data[-1:] + torch.randn(1, _WIDTH) * 0.02])
        return types

    def _encoded(self, windows: Sequence[Window]) -> Tensor:
        longest = max(len(window.ids) for window in windows)
        ids, types, mask = (torch.zeros(len(windows), longest, dtype=torch.long) for _ in range(3))
        for row, window in enumerate(windows):
            length = len(window.ids)
            ids[row, :length] = torch.tensor(window.ids)
            types[row, :length] = torch.tensor(window.types)
            mask[row, :length] = 1
        encoded: Tensor = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        return encoded


def pair_loss(reader: Reader, batch: Sequence[Pair]) -> Tensor:
    """Binary cross entropy of the pairs."""
    told = torch.tensor([float(pair.contradict) for pair in batch])
    sums = reader.contradict(batch)
    return nn.functional.binary_cross_entropy_with_logits(sums, told, pos_weight=torch.tensor(_RARE))


def loss(reader: Reader, batch: Sequence[Example]) -> Tensor:
    """Cross entropy of the measure, and with half its weight of status, scope and claimant where there is a claim."""
    sums, chosen = reader(batch)
    figures = [figure for example in batch for figure in example.figures]
    total = nn.functional.cross_entropy(sums["measure"], _targets("measure", batch))
    if any(figure.gold for figure in figures):
        for name in ("status", "scope"):
            total = total + 0.5 * nn.functional.cross_entropy(sums[name], _targets(name, batch), ignore_index=_IGNORED)
    told = [
        torch.logsumexp(scores, 0) - torch.logsumexp(scores[torch.tensor(figure.right)], 0)
        for scores, figure in zip(chosen, figures, strict=True)
        if any(figure.right)
    ]
    return total + 0.5 * torch.stack(told).mean() if told else total


def _targets(name: str, batch: Sequence[Example]) -> Tensor:
    classes = CLASSES[name]
    other = 0 if name == "measure" else _IGNORED
    golds = [figure.gold for example in batch for figure in example.figures]
    return torch.tensor([classes.index(gold.fields[name]) if gold else other for gold in golds])


def train(reader: Reader, figures: Sequence[Example], pairs: Sequence[Pair], course: Course, console: Console) -> None:
    """AdamW with a warm-up over the first tenth of the steps and a linear decay (Devlin et al. 2019)."""
    contradicting = sum(pair.contradict for pair in pairs)
    seen = course.figures * len(figures), contradicting + course.unlike * (len(pairs) - contradicting)
    steps = course.epochs * sum(round(examples / _BATCH) + 1 for examples in seen)
    own = [p for name, p in reader.named_parameters() if not name.startswith("encoder")]
    encoder = [p for p in reader.encoder.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([{"params": encoder, "lr": course.rate}, {"params": own, "lr": 5 * course.rate}])
    decay = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, step / (0.1 * steps + 1)) * max(0.02, 1 - step / steps)
    )
    contradict, others = [pair for pair in pairs if pair.contradict], [pair for pair in pairs if not pair.contradict]
    reader.train()
    for epoch in range(course.epochs):
        total = 0.0
        batches: list[Callable[[], Tensor]] = [
            *(partial(loss, reader, batch) for batch in _batches(_some(figures, course.figures))),
            *(partial(pair_loss, reader, batch) for batch in _batches([*contradict, *_some(others, course.unlike)])),
        ]
        random.shuffle(batches)
        for lost in batches:
            step = lost()
            optimiser.zero_grad()
            step.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimiser.step()
            decay.step()
            total += step.item()
        console.print(f"epoch {epoch + 1} of {course.epochs}: loss {total / len(batches):.3f}")


def _some(taught: Sequence[Taught], share: float) -> list[Taught]:
    return [example for example in taught if random.random() < share]


def _batches(taught: Sequence[Taught]) -> list[list[Taught]]:
    """Windows of about one length together."""
    ordered = sorted(taught, key=lambda example: len(example.window.ids) + 10 * random.random())
    return [ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)]


def _untitled(article: Read) -> Read:
    return dataclasses.replace(article, headline=dataclasses.replace(article.headline, title=None))


@dataclass(frozen=True, slots=True)
class _Corpus:
    """The stories and passages that are learned from, and what the program sees of the articles of each story."""

    stories: Sequence[StorySet]
    read: Mapping[str, Sequence[Read]]
    passages: Sequence[Passage]

    def of(self, kept: Callable[[Passage], bool]) -> _Corpus:
        """The same with some of the passages."""
        return dataclasses.replace(self, passages=[passage for passage in self.passages if kept(passage)])

    def named(self) -> list[Read]:
        """The articles of the stories."""
        return [article for story in self.stories for article in self.read[story.name]]

    def articles(self) -> list[Read]:
        """All texts whose claims are annotated."""
        return self.named() + [read_article(passage.article) for passage in self.passages if passage.annotated]

    def pairs(self) -> list[Pair]:
        """All pairs of figures."""
        told = [example for story in self.stories for example in of_story(story, self.read[story.name])]
        return told + [example for passage in self.passages for example in of_passage(passage)]


def main() -> None:
    """Trains the encoders, or that of figures alone, and writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, metavar="FOLDER")
    help_ = "go on with the encoder of figures alone, with the texts of these writers or of all"
    parser.add_argument("--figures", nargs="*", metavar="WRITER", help=help_)
    arguments = parser.parse_args()
    console = Console()
    torch.manual_seed(7)
    random.seed(7)
    stories = read_sets("training")
    read = {story.name: [read_article(article) for article in story.articles] for story in stories}
    corpus = _Corpus(stories, read, read_passages("training"))
    reader = Reader(arguments.base)
    if arguments.figures is None:
        _train_pairs(reader, corpus, console)
        save_judged(_judged_by_halves(reader, corpus, console))
    else:
        reader.go_on(weights.figures())
    articles, since = corpus.articles(), frozenset(arguments.figures or ())
    figures = _figures(articles, _writers(articles) - since)
    if since:
        save_judged([*(each for each in read_judged() if each.writer not in since), *_judged(corpus, since - _WHOLE)])
        taught = [*figures, *_figures(articles, since) * round(1 / _SINCE.figures)]
        train(reader, taught, [], _SINCE, console)
    else:
        train(reader, figures, [], _ALL_FIGURES, console)
    weights.save(FIGURES, reader.values(), _measured(figures))
    console.print(f"{weights.FOLDER}: weights of the transformer")


def _train_pairs(reader: Reader, corpus: _Corpus, console: Console) -> None:
    """Trains the encoder of pairs, and writes it."""
    some = corpus.of(lambda passage: passage.article.writer not in _ALL_UNTOLD | _WHOLE)
    first = some.of(lambda passage: not passage.annotated)
    for course, pairs in zip(_COURSES, ([], first.pairs()), strict=True):
        train(reader, _figures(first.articles()), pairs, course, console)
    before = {name: value.clone() for name, value in reader.state_dict().items()}
    pairs = some.pairs()
    train(reader, _figures(some.articles()), pairs, _REPORTS, console)
    after = reader.state_dict()
    reader.load_state_dict({name: before[name] + _LEARNED * (after[name] - before[name]) for name in after})
    beside = [pair for pair in pairs if pair.contradict or random.random() < _BESIDE_ARTICLES]
    whole = [pair for passage in corpus.passages if passage.article.writer in _WHOLE for pair in of_passage(passage)]
    rare = [pair for pair in whole if pair.contradict]
    train(reader, [], [*beside, *whole, *rare], _ARTICLES, console)
    weights.save(PAIRS, reader.values(), _measured([*_figures(first.articles()), *first.pairs()]))


def _judged_by_halves(reader: Reader, corpus: _Corpus, console: Console) -> list[Judged]:
    """The comparisons of the writers of whom the encoder of pairs has learned nothing, half by half; the reader is left
    as it was."""
    begun = {name: value.clone() for name, value in reader.state_dict().items()}
    articles = corpus.articles()
    others = _figures(articles, _writers(articles) - _ALL_UNTOLD)
    found = []
    for half in _UNTOLD:
        beside = random.sample(others, round(_BESIDE_HALF * len(others)))
        taught = [*beside, *_figures(articles, _ALL_UNTOLD - half)]
        train(reader, taught, [], _ALL_FIGURES, console)
        weights.save(FIGURES, reader.values(), _measured(taught))
        found += _judged(corpus, half)
        reader.load_state_dict(begun)
    return found


def _judged(corpus: _Corpus, writers: Collection[str]) -> list[Judged]:
    """The comparisons of writers, by the encoders as they were last written and regressions of all others."""
    articles, named = (
        [article for article in some if article.writer not in writers] for some in (corpus.articles(), corpus.named())
    )
    theirs = corpus.of(lambda passage: passage.article.writer in writers)
    return list(judge(theirs.passages, fit(articles, named), network.load(weights.FOLDER)))


def _measured(taught: Sequence[Example | Pair]) -> list[Window]:
    return [each.window for each in random.sample(taught, _MEASURED)]


def _figures(articles: Sequence[Read], writers: Collection[str] | None = None) -> list[Example]:
    some = [_untitled(article) if random.random() < _UNTITLED else article for article in articles]
    return examples(some, _writers(articles) if writers is None else writers)


def _writers(articles: Sequence[Read]) -> frozenset[str]:
    return frozenset(article.writer for article in articles)


if __name__ == "__main__":
    main()

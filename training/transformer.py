"""`python -m training.transformer FOLDER`: trains the transformer on corpus/training, and writes its weights.

FOLDER holds `all-MiniLM-L6-v2` (config.json, model.safetensors). It needs PyTorch and transformers (`pip install torch
transformers`), which nothing else here does, and half an hour of one core.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from rich.console import Console
from torch import Tensor, nn
from transformers import AutoModel

from pipeline.extract.claims.readings import NONE
from pipeline.extract.claims.transformer import network
from pipeline.extract.claims.transformer.packing import packed
from pipeline.extract.claims.transformer.windows import LONGEST
from schemas.records import Measure, Scope, Status
from training.corpus import read_sets
from training.examples import Example, examples
from training.fit import Read, read_article

_WEIGHTS = Path(network.__file__).with_name("weights.npz")
_CLASSES = {"measure": (NONE, *get_args(Measure)), "status": get_args(Status), "scope": get_args(Scope)}
# Of six layers: with four, a window takes two thirds of the time, and no less is right.
_LAYERS = 4
_KINDS = ("weight", "bias")
_WIDTH, _READ, _PAIR = 384, 256, 128
_EPOCHS, _BATCH, _RATE, _DROPPED = 4, 16, 2e-4, 0.1
# Headlines left out, so that texts without one are read as well.
_UNTITLED = 0.1
_IGNORED = -100  # what PyTorch's cross entropy passes over


class Reader(nn.Module):
    """The encoder and what reads answers off its vectors (`pipeline.extract.claims.transformer.network`)."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(base)
        self.encoder.encoder.layer = self.encoder.encoder.layer[:_LAYERS]
        for layer in self.encoder.encoder.layer:
            layer.intermediate.intermediate_act_fn = nn.GELU(approximate="tanh")
        self.encoder.embeddings.requires_grad_(False)
        self.figure = nn.Linear(2 * _WIDTH, _READ)
        self.answers = nn.ModuleDict({name: nn.Linear(_READ, len(classes)) for name, classes in _CLASSES.items()})
        self.pair, self.pair_score = nn.Linear(2 * _WIDTH, _PAIR), nn.Linear(_PAIR, 1)
        self.absent = nn.Parameter(torch.randn(2, _WIDTH) * 0.1)
        self.drop, self.gelu = nn.Dropout(_DROPPED), nn.GELU(approximate="tanh")

    def forward(self, batch: Sequence[Example]) -> tuple[dict[str, Tensor], list[Tensor]]:
        """The sums of each answer for all figures of a batch, and of the mentions for each figure."""
        longest = max(len(example.window.ids) for example in batch)
        ids, types, mask = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
        for row, example in enumerate(batch):
            length = len(example.window.ids)
            ids[row, :length] = torch.tensor(example.window.ids)
            types[row, :length] = torch.tensor(example.window.types)
            mask[row, :length] = 1
        vectors = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
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
    classes = _CLASSES[name]
    other = 0 if name == "measure" else _IGNORED
    golds = [figure.gold for example in batch for figure in example.figures]
    return torch.tensor([classes.index(gold.fields[name]) if gold else other for gold in golds])


def train(reader: Reader, taught: Sequence[Example], console: Console) -> None:
    """AdamW with a warm-up over the first tenth of the steps and a linear decay (Devlin et al. 2019)."""
    steps = _EPOCHS * -(-len(taught) // _BATCH)
    own = [p for name, p in reader.named_parameters() if not name.startswith("encoder")]
    encoder = [p for p in reader.encoder.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([{"params": encoder, "lr": _RATE}, {"params": own, "lr": 5 * _RATE}])
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, step / (0.1 * steps + 1)) * max(0.02, 1 - step / steps)
    )
    reader.train()
    for epoch in range(_EPOCHS):
        total = 0.0
        for batch in _batches(taught):
            step = loss(reader, batch)
            optimiser.zero_grad()
            step.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimiser.step()
            pace.step()
            total += step.item()
        console.print(f"epoch {epoch + 1} of {_EPOCHS}: loss {total * _BATCH / len(taught):.3f}")


def _batches(taught: Sequence[Example]) -> Iterator[list[Example]]:
    """Windows of about one length together, the batches in a random order."""
    ordered = sorted(taught, key=lambda example: len(example.window.ids) + 10 * random.random())
    batches = [ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)]
    random.shuffle(batches)
    yield from batches


# What the parts of a layer are called in BERT, and here.
_PARTS = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "attended",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "fed",
}


def save(state: Mapping[str, Tensor], file: Path) -> None:
    """Writes the weights for `network.load`: large matrices packed, the rest as half floats."""
    values = {name: value.detach().numpy().astype(np.float32) for name, value in state.items()}
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "positions": values["encoder.embeddings.position_embeddings.weight"][:LONGEST],
        "types": values["encoder.embeddings.token_type_embeddings.weight"],
        "embedded.weight": values["encoder.embeddings.LayerNorm.weight"],
        "embedded.bias": values["encoder.embeddings.LayerNorm.bias"],
        "absent": values["absent"],
    }
    arrays |= {
        f"{part}.{kind}": values[f"{part}.{kind}"] for part in ("figure", "pair", "pair_score") for kind in _KINDS
    }
    arrays |= {f"{name}.{kind}": values[f"answers.{name}.{kind}"] for name in _CLASSES for kind in _KINDS}
    matrices = {"words": values["encoder.embeddings.word_embeddings.weight"]}
    for number in range(_LAYERS):
        for theirs, ours in _PARTS.items():
            weight, bias = (values[f"encoder.encoder.layer.{number}.{theirs}.{kind}"] for kind in _KINDS)
            arrays[f"{number}.{ours}.bias"] = bias
            (matrices if weight.ndim == 2 else arrays)[f"{number}.{ours}.weight"] = weight
    arrays = {name: array.astype(np.float16) for name, array in arrays.items()}
    for name, matrix in matrices.items():
        arrays[f"{name}.codes"], arrays[f"{name}.scales"] = packed(matrix)
    for name, classes in _CLASSES.items():
        arrays[f"{name}.classes"] = np.frombuffer("\n".join(classes).encode(), dtype=np.uint8)
    with file.open("wb") as opened:
        np.savez_compressed(opened, **arrays)  # type: ignore[arg-type]


def _untitled(article: Read) -> Read:
    return dataclasses.replace(article, headline=dataclasses.replace(article.headline, title=None))


def main() -> None:
    """Reads the corpus, trains, writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    console = Console()
    torch.manual_seed(7)
    random.seed(7)
    articles = [read_article(article) for story in read_sets("training") for article in story.articles]
    taught = examples([_untitled(article) if random.random() < _UNTITLED else article for article in articles])
    console.print(f"{len(taught)} windows of {len(articles)} articles")
    reader = Reader(arguments.base)
    train(reader, taught, console)
    save(reader.state_dict(), _WEIGHTS)
    console.print(f"{_WEIGHTS}: {_WEIGHTS.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()

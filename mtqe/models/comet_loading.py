"""A folder of COMET's kind made ready: what its models and those built on its code have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mtqe.errors import ModelError
from mtqe.models import hub
from mtqe.models.comet_files import FAMILIES, Checkpoint, read_checkpoint
from mtqe.models.comet_text import Tokenizer, read_tokenizer
from mtqe.models.engine import Engine, pick_place
from mtqe.models.packed import PackedEncoder, Weights
from mtqe.models.running import Running


class LoadedEncoder(NamedTuple):
    """A checkpoint, all its weights, its encoder ready to run, and its vocabulary."""

    checkpoint: Checkpoint
    weights: Weights
    engine: Engine
    tokenizer: Tokenizer


def load_encoder(
    name: str,
    encoder: str | None,
    running: Running,
    families: Mapping[str, Mapping[str, Any]] = FAMILIES,
) -> LoadedEncoder:
    """The model of that name, hub id or path, of one of ``families`` (see ``read_checkpoint``).

    ``running`` is settled. Raises ``ConfigError`` and ``ModelError``.
    """
    checkpoint = read_checkpoint(hub.resolve(name), encoder, families)
    weights = Weights(checkpoint.weights, checkpoint.name, pick_place(running))
    network = PackedEncoder(checkpoint.shape, weights.below("encoder.model."), running.precision)
    engine = Engine(network, running.batch_tokens, running.threads)
    tokenizer = read_tokenizer(checkpoint.tokenizer)
    if tokenizer.size > len(network.words):
        raise ModelError(
            f"{checkpoint.tokenizer}: has {tokenizer.size} tokens, {checkpoint.name} knows "
            f"{len(network.words)}; it is the vocabulary of another encoder"
        )
    return LoadedEncoder(checkpoint, weights, engine, tokenizer)

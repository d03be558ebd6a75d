"""Sentence vectors by any encoder of transformers or sentence-transformers, such as LaBSE and E5.

A folder of sentence-transformers says how tokens become one vector: which are taken (the first, their
mean, their largest values) and which layers follow. Any other encoder's tokens are averaged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.errors import ConfigError
from mtqe.models.batching import map_in_batches
from mtqe.models.hub import resolve, shown_name
from mtqe.models.text_encoder_folder import Pooling, Recipe, read_layers, read_recipe
from mtqe.models.transformer import Loaded, Precision, load

Floats = NDArray[np.float64]

# Raised whenever the numbers change.
ENGINE = "text_encoder 1"

_WINDOW = 512

# Vectors that are kept: 80 MB for those of a large encoder.
_REMEMBERED = 10_000

# E5 was trained with "query: " before both sides of a pair of equals (Wang et al., 2024).
_E5 = re.compile(r"(?:^|[-_/])e5[-_](?:small|base|large)(?!.*instruct)", re.IGNORECASE)
_E5_PREFIX = "query: "


@dataclass(frozen=True)
class Vector:
    """A text's vector of length 1, how many tokens it was made of, and in how many windows."""

    values: Floats
    tokens: int
    windows: int


@dataclass(frozen=True)
class TextEncoder:
    """A model that encodes texts; ``load_text_encoder`` makes one.

    ``window`` is in tokens, those ``before`` and ``after`` every text among them; the ``prefix`` is the
    end of what is before.
    """

    loaded: Loaded
    recipe: Recipe
    layers: tuple[Callable[[Any], Any], ...]
    prefix: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    window: int

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[Vector]:
        """A vector for each text, in order; the same whatever the batch, to rounding.

        A text that is longer than a window is read in windows; its vector is their mean, weighted by
        their tokens. White space has the zero vector. Equal texts, and those of the calls before, are
        encoded once; ``progress`` is told of windows that are done.
        """
        known = self._remembered
        if len(known) > _REMEMBERED:
            known.clear()
        new = [text for text in dict.fromkeys(texts) if text not in known]
        cut = [list(self._windows(text)) for text in new]
        windows = [window for own in cut for window in own]
        found = iter(
            map_in_batches(self._vectors, windows, length=len, budget=self.loaded.budget(), progress=progress)
        )
        for text, own in zip(new, cut, strict=True):
            known[text] = self._joined([(len(window) - self._around(), next(found)) for window in own])
        return [known[text] for text in texts]

    @cached_property
    def _remembered(self) -> dict[str, Vector]:
        """Vectors of late: several systems share their sources."""
        return {}

    def _joined(self, parts: Sequence[tuple[int, Floats]]) -> Vector:
        if not parts:
            return Vector(np.zeros(1), 0, 0)
        total = np.sum([count * _unit(values) for count, values in parts], axis=0)
        return Vector(_unit(total), sum(count for count, _ in parts), len(parts))

    def _windows(self, text: str) -> Iterator[tuple[int, ...]]:
        """The token ids of each window, with the marks and the prefix that every input has."""
        ids = self._ids(text)
        count = max(-(-len(ids) // (self.window - self._around())), 1)
        step = max(-(-len(ids) // count), 1)  # windows of the same size: the last is no stump
        for begin in range(0, len(ids), step):
            yield (*self.before, *ids[begin : begin + step], *self.after)

    def _ids(self, text: str) -> tuple[int, ...]:
        """The ids of a text's own tokens, as they are behind the prefix."""
        prefix = token_ids(self.loaded, self.recipe, self.prefix.rstrip())
        both = token_ids(self.loaded, self.recipe, self.prefix + text)
        joins = both[: len(prefix)] == prefix
        return both[len(prefix) :] if joins else token_ids(self.loaded, self.recipe, text)

    def _around(self) -> int:
        return len(self.before) + len(self.after)

    def _vectors(self, batch: Sequence[tuple[int, ...]]) -> list[Floats]:
        import torch

        with torch.inference_mode():
            inputs = self.loaded.padded(batch)
            states = self.loaded.model(**inputs).last_hidden_state.float()
            vectors = _pooled(states, inputs["attention_mask"], self.recipe.pooling)
            for layer in self.layers:
                vectors = layer(vectors)
        return list(vectors.double().cpu().numpy())


def token_ids(loaded: Loaded, recipe: Recipe, text: str) -> tuple[int, ...]:
    """The ids of a text's own tokens."""
    text = text.lower() if recipe.lower else text
    return tuple(loaded.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])


def cosine(one: Vector, other: Vector) -> float:
    """How alike two texts are, -1 to 1; 0 where one of them has no token."""
    if not one.tokens or not other.tokens:
        return 0.0
    return min(max(float(one.values @ other.values), -1.0), 1.0)


def _unit(values: Floats) -> Floats:
    return np.asarray(values / max(float(np.linalg.norm(values)), 1e-12))


def _pooled(states: Any, mask: Any, pooling: Pooling) -> Any:
    """One vector for each row of token states, of its own tokens alone."""
    import torch

    shown = mask[:, :, None].float()
    if pooling == "cls":
        return states[:, 0]
    if pooling == "max":
        return states.masked_fill(shown == 0, -torch.inf).amax(1)
    if pooling == "lasttoken":
        return states[torch.arange(len(states)), mask.sum(1) - 1]
    return (states * shown).sum(1) / shown.sum(1)


@lru_cache(maxsize=2)
def load_text_encoder(
    name: str,
    *,
    device: str = "auto",
    precision: Precision = "fp32",
    window: int | None = None,
    prefix: str | None = None,
) -> TextEncoder:
    """The model of that name, hub id or path, loaded once; errors as ``mtqe.models.transformer.load``.

    ``prefix`` stands before every text; None is what the model was trained with, as far as known.
    """
    folder = resolve(name)
    recipe = read_recipe(folder)
    # The pooler is a layer of the original's training that sentence vectors don't use.
    loaded = load("an encoder", name, device=device, precision=precision, may_lack=("pooler.",))
    prefix = usual_prefix(name) if prefix is None else prefix
    before, after = loaded.around
    before += token_ids(loaded, recipe, prefix.rstrip())
    limit = loaded.limit(window, min(recipe.tokens or _WINDOW, _WINDOW))
    if limit <= len(before) + len(after):
        raise ConfigError(f"{name}: a window of {limit} tokens has no room for a text beside its prefix")
    layers = read_layers(folder, recipe, loaded.device)
    return TextEncoder(loaded, recipe, layers, prefix, before, after, limit)


def usual_prefix(name: str) -> str:
    """What a model wants to stand before each side of a pair: nothing, for all that are known but E5."""
    return _E5_PREFIX if _E5.search(shown_name(name)) else ""

"""Which of COMET's families a checkpoint is, made of its parts."""

from __future__ import annotations

from typing import get_args

from mtqe.data import Severity
from mtqe.errors import ModelError
from mtqe.models.comet_files import Checkpoint
from mtqe.models.comet_heads import Pooling, read_estimator, read_mix
from mtqe.models.comet_joint import JointModel, Tags
from mtqe.models.comet_loading import LoadedEncoder
from mtqe.models.comet_result import Model, Side
from mtqe.models.comet_separate import SeparateModel
from mtqe.models.packed import Weights

# What sides are called in settings.
_SIDES: dict[str, Side] = {"src": "source", "ref": "reference"}


def make_model(loaded: LoadedEncoder) -> Model:
    """The model that a checkpoint's settings describe; ``ModelError`` if they are of no known kind."""
    checkpoint, weights, engine, tokenizer = loaded
    hparams, layers = checkpoint.hparams, checkpoint.shape.layers
    estimator = read_estimator(hparams, weights)
    if checkpoint.family in ("regression_metric", "referenceless_regression_metric"):
        pooling = _pooling(hparams["pool"], checkpoint.name)
        mix = read_mix(hparams, weights, layers, pooling)
        return SeparateModel(engine, tokenizer, mix, estimator, checkpoint.family == "regression_metric")
    mix = read_mix(hparams, weights, layers, "cls")
    sides = tuple(side for name, side in _SIDES.items() if name in hparams["input_segments"])
    scored = checkpoint.family == "xcomet_metric"
    tags = _tags(checkpoint, weights) if hparams["word_level_training"] else None
    return JointModel(engine, tokenizer, mix, estimator, sides, tags, scored)


def _tags(checkpoint: Checkpoint, weights: Weights) -> Tags:
    layer, labels = checkpoint.hparams["word_layer"], tuple(checkpoint.hparams["error_labels"])
    if not isinstance(layer, int) or not 0 <= layer <= checkpoint.shape.layers:
        raise ModelError(f"{checkpoint.name}: marks words by layer {layer!r}, which it does not have")
    if not set(labels) <= set(get_args(Severity)):
        raise ModelError(f"{checkpoint.name}: marks words as {', '.join(labels)}, which mtqe does not know")
    return Tags(*weights.linear("hidden2tag"), layer, labels)


def _pooling(name: str, model: str) -> Pooling:
    names: dict[str, Pooling] = {"cls": "cls", "default": "cls", "avg": "avg", "max": "max"}
    if name not in names:
        raise ModelError(f"{model}: pools by {name!r}; mtqe knows {', '.join(names)}")
    return names[name]

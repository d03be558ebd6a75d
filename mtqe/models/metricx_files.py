"""Which MetricX a model is, and where mT5's vocabulary lies: neither is in the published folders."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from mtqe.errors import ConfigError, ModelError
from mtqe.models import hub
from mtqe.models.hub_files import file_digest

Version = Literal["24", "23", "23-qe"]

_VOCABULARY = "spiece.model"

# Whose vocabulary it is; that of every size of mT5 is the same.
_VOCABULARIES = tuple(f"google/mt5-{size}" for size in ("large", "xl", "xxl", "base", "small"))

# What names say, the longer mark first.
_VERSIONS: dict[str, Version] = {"metricx-24": "24", "metricx-23-qe": "23-qe", "metricx-23": "23"}


def version_of(name: str) -> Version:
    """Which MetricX a model is, by the table of known ones or its name; ``ConfigError`` if neither says."""
    known = hub.find_known(name)
    text = (known.hub if known else Path(name).name).lower()
    for mark, version in _VERSIONS.items():
        if mark in text:
            return version
    if known:
        raise ConfigError(f"{name}: is {known.family}; it is no MetricX")
    hub.resolve(name)  # a path that leads nowhere is the first thing to mend
    raise ConfigError(
        f"{name}: is this MetricX-24, MetricX-23 or MetricX-23-QE? Its name does not say; give the option"
        f" 'version': {', '.join(map(repr, _VERSIONS.values()))}"
    )


def vocabulary_digest(name: str, given: str | None = None) -> str:
    """What tells the pieces of a model from others."""
    return file_digest(vocabulary_folder(name, given) / _VOCABULARY)


def vocabulary_folder(name: str, given: str | None = None) -> Path:
    """The folder of a model's pieces: as given, the model's own, or that of an mT5 in the hub's cache."""
    if given is not None:
        folder = hub.resolve(given, weights=False)
        if not (folder / _VOCABULARY).is_file():
            raise ModelError(
                f"{folder}: lacks {_VOCABULARY}, mT5's vocabulary; take google/mt5-large's folder"
            )
        return folder
    own = hub.resolve(name)
    if (own / _VOCABULARY).is_file():
        return own
    known = hub.find_known(name)
    names = (*(known.companions if known else ()), *_VOCABULARIES)
    for other in names:
        with suppress(ModelError):
            folder = hub.resolve(other, weights=False)
            if (folder / _VOCABULARY).is_file():
                return folder
    fetch = f", or run: mtqe models fetch {known.name}" if known else ""
    raise ModelError(
        f"{name}: also needs {_VOCABULARY} of https://huggingface.co/{names[0]}: put it into {own}, or name "
        f"its folder in the option 'vocabulary'{fetch}"
    )


def read_pieces(name: str, given: str | None = None) -> Any:
    """A model's vocabulary, as sentencepiece has it."""
    from sentencepiece import SentencePieceProcessor

    path = vocabulary_folder(name, given) / _VOCABULARY
    try:
        return SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{path}: is missing or damaged ({str(error).splitlines()[0]})") from error

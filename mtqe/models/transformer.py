"""Any model of the transformers library, loaded safely: no code from its folder, no weights made up."""

from __future__ import annotations

import pickle
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from mtqe.errors import ConfigError, ModelError
from mtqe.models.hub import resolve, whole_file

Precision = Literal["fp32", "bf16"]

# What a model is loaded for, and the class of transformers that picks its architecture.
_CLASSES = {
    "a causal language model": "AutoModelForCausalLM",
    "a masked language model": "AutoModelForMaskedLM",
    "an encoder": "AutoModel",
    "a translation model": "AutoModelForSeq2SeqLM",
}

# Tokens of a batch: on a CPU as many as keep a layer's numbers in its cache (benchmarks/language_models.py;
# at 8,192 an encoder takes twice as long), on a GPU as many as keep it busy.
_ON_CPU, _ON_GPU = 512, 16_384

# Logits of a batch in memory at once: 512 MB in fp32.
_LOGITS = 1 << 27

# Suffixes of files that hold a vocabulary, whatever their name.
_VOCABULARIES = (".model", ".spm", ".tiktoken")

# What reading a damaged file may raise.
_DAMAGED = (
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
    OverflowError,
    pickle.UnpicklingError,
    struct.error,
)

# Lengths beyond this are what tokenizers say that know no limit.
_NO_LIMIT = 1_000_000


@dataclass(frozen=True)
class Loaded:
    """A model that is ready to run, its tokenizer, and where it runs (a torch.device)."""

    model: Any
    tokenizer: Any
    device: Any

    def limit(self, window: int | None, default: int) -> int:
        """How many tokens the model takes at once: ``window`` if that is given, at most what it can.

        ``default`` bounds models without a limit of their own, or with one that would only cost memory.
        Raises ``ConfigError`` for a window below 1.
        """
        if window is not None and window < 1:
            raise ConfigError(f"window: must be a number of tokens, 1 or more, and not {window}")
        config = self.model.config
        known = (getattr(config, name, None) for name in ("max_position_embeddings", "n_positions"))
        # RoBERTa counts its positions from behind the padding's.
        padding = config.pad_token_id + 1 if "roberta" in config.model_type and config.pad_token_id else 0
        limits = [size - padding for size in known if size]
        limits += [self.tokenizer.model_max_length] if self.tokenizer.model_max_length < _NO_LIMIT else []
        return int(min([*limits, window or default]))

    def budget(self, logits: bool = False) -> int:
        """Tokens of a batch; with ``logits`` no more than whose logits fit into memory."""
        tokens = _ON_CPU if self.device.type == "cpu" else _ON_GPU
        if not logits:
            return tokens
        return min(tokens, max(_LOGITS // int(self.model.config.get_text_config().vocab_size), 1))

    @cached_property
    def around(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The ids of the marks that the tokenizer puts before and behind every text."""
        plain = self.tokenizer("a", add_special_tokens=False)["input_ids"]
        whole = self.tokenizer("a")["input_ids"]
        begin = next(i for i in range(len(whole) + 1) if whole[i : i + len(plain)] == plain)
        return tuple(whole[:begin]), tuple(whole[begin + len(plain) :])

    def padded(self, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
        """The inputs of a batch of token ids: padded on the right, with the mask that hides it."""
        import torch

        width = max(map(len, rows))
        padding = self.tokenizer.pad_token_id or 0
        ids = [[*row, *[padding] * (width - len(row))] for row in rows]
        mask = [[1] * len(row) + [0] * (width - len(row)) for row in rows]
        return {
            "input_ids": torch.tensor(ids, device=self.device),
            "attention_mask": torch.tensor(mask, device=self.device),
        }


def load(
    kind: str, name: str, *, device: str = "auto", precision: Precision = "fp32", may_lack: Sequence[str] = ()
) -> Loaded:
    """The model ``name`` (see ``mtqe.models.hub``) as ``kind``, such as "a causal language model".

    Weights are read as safetensors, as GGUF, or by torch's loader that runs no code; code beside a model
    is never run. What a GGUF file has in fewer bits is computed with as ``precision`` says. ``may_lack``
    names the beginnings of weights that are not used. Raises ``ConfigError`` for what the user can mend,
    ``ModelError`` for a model that is damaged or of another kind.
    """
    whole = whole_file(name)
    folder = resolve(name) if whole is None else whole.parent
    classes = _transformers(name)
    place = pick_device(device)
    safe: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    if whole is not None:
        _need_gguf(name)
        safe["gguf_file"] = whole.name
    with _explained(name, kind), _quiet():
        tokenizer = classes.AutoTokenizer.from_pretrained(folder, **safe)
        if whole is None:
            _need_vocabulary(tokenizer, folder, name)
        cls = getattr(classes, _CLASSES[kind])
        model, info = cls.from_pretrained(folder, output_loading_info=True, **safe)
    lacking = [key for key in info["missing_keys"] if not str(key).startswith(tuple(may_lack))]
    wrong = [*lacking, *info["mismatched_keys"]]
    if wrong:
        raise ModelError(f"{name}: is not {kind}; its weights lack {sorted(map(str, wrong))[0]}")
    return Loaded(model.eval().to(device=place, dtype=_dtype(precision)), tokenizer, place)


def _need_gguf(name: str) -> None:
    """A ``ConfigError`` without the packages that read GGUF files."""
    if not (find_spec("gguf") and find_spec("accelerate")):
        raise ConfigError(f"{name}: needs gguf and accelerate: pip install 'mtqe[gguf]'")


def _need_vocabulary(tokenizer: Any, folder: Path, name: str) -> None:
    """A ``ModelError`` where a folder has no vocabulary: the library makes one up that knows no word."""
    names = set(tokenizer.vocab_files_names.values())
    if not names:
        return  # it reads bytes
    wanted = sorted({"tokenizer.json", *names})
    present = any(path.name in wanted or path.suffix in _VOCABULARIES for path in folder.iterdir())
    if not present:
        raise ModelError(f"{name}: lacks its vocabulary ({' or '.join(wanted)}); copy it into {folder}")


def engine(code: str) -> str:
    """What a score depends on beside the model: our code, in its version, and the library's."""
    return f"{code}, transformers {version('transformers')}"


def pick_device(name: str) -> Any:
    """The torch.device of that name; "auto" is the first GPU, or the CPU if there is none."""
    import torch

    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = next(iter(str(error).splitlines()), "")
        raise ConfigError(f"device {name!r} can't be used: {reason}; 'auto' takes what there is") from error
    return device


def _dtype(precision: Precision) -> Any:
    import torch

    return {"fp32": torch.float32, "bf16": torch.bfloat16}[precision]


def _transformers(name: str) -> Any:
    try:
        import torch  # noqa: F401 -- transformers can be there without it, and then has no models
        import transformers
    except ImportError as error:
        raise ConfigError(f"{name}: needs transformers and torch: pip install 'mtqe[models]'") from error
    return transformers


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's messages and bars: what matters of them is an error here."""
    from transformers.utils import logging as untyped

    logging: Any = untyped
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        # GGUF's bar is none of the library's own.
        with warnings.catch_warnings(action="ignore"), redirect_stderr(StringIO()):
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


@contextmanager
def _explained(name: str, kind: str) -> Iterator[None]:
    """The library's errors in one line."""
    from safetensors import SafetensorError

    try:
        yield
    except TypeError as error:  # the library opened a file that it had not found
        raise ModelError(
            f"{name}: can't be loaded as {kind}: it lacks a file, of its vocabulary most likely"
        ) from error
    except (*_DAMAGED, SafetensorError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        if "trust_remote_code" in str(error):
            reason = "it brings code of its own, which mtqe does not run"
        raise ModelError(f"{name}: can't be loaded as {kind}: {reason}") from error

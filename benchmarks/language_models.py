"""Speed of language models and sentence encoders, beside plain padded batches of transformers.

python benchmarks/language_models.py

Random weights in published shapes, one thread, CPU time of one process, ways in turns. The peer
is what most code does: batches of 16 in the order given, padded, logits of every place. A masked
model is asked for each token by a copy of the text. A third of the texts are there a second
time, as the sources of two systems are. Scores of both ways must agree to 1e-4 for a token.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "language_models.json"
WORDS, TEXTS, BATCH, ROUNDS = 8_000, 48, 16, 3

UNK, MASK = "[UNK]", 4

# Texts of a masked model: each is as many runs as it has tokens.
MASKED_TEXTS = 6


def texts(count: int) -> list[str]:
    """Texts of news-like length (gamma, mean 27 words, deviation 16), half of them twice, mixed."""
    rng = random.Random(7)
    lengths = [max(round(rng.gammavariate(2.8, 9.6)), 2) for _ in range(count * 2 // 3)]
    made = [" ".join(f"w{rng.randrange(WORDS)}" for _ in range(length)) for length in lengths]
    made += made[: count - len(made)]
    rng.shuffle(made)
    return made


def tokenizer() -> Any:
    """A word is a token."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = {name: i for i, name in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])}
    vocabulary |= {f"w{number}": number + 5 for number in range(WORDS)}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token=UNK))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]", "bos_token": "[CLS]"}
    names |= {"pad_token": "[PAD]", "unk_token": UNK}
    return PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=512, **names)


def folder(root: Path, kind: str) -> str:
    """A model of that kind: SmolLM2-135M's shape, or XLM-R base's, without their rows of unused words."""
    from transformers import BertConfig, BertForMaskedLM, BertModel, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(7)
    # The vocabulary's size is what the head costs; only the first words are used.
    bert = BertConfig(vocab_size=250_002 if kind == "masked" else WORDS + 5, layer_norm_eps=1e-5)
    llama = LlamaConfig(
        vocab_size=49_152,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        tie_word_embeddings=True,
        max_position_embeddings=512,
        bos_token_id=2,
        pad_token_id=0,
    )
    makers: dict[str, Callable[[], Any]] = {
        "causal": lambda: LlamaForCausalLM(llama),
        "masked": lambda: BertForMaskedLM(bert),
        "encoder": lambda: BertModel(bert),
    }
    makers[kind]().eval().save_pretrained(root / kind)
    tokenizer().save_pretrained(root / kind)
    return str(root / kind)


def batches(rows: Sequence[Any]) -> list[Sequence[Any]]:
    """Rows as they come, sixteen at a time."""
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def plain_causal(model: Any, given: Sequence[str]) -> list[float]:
    """Sums of log-probabilities: padded batches, one after the other."""
    found: list[float] = []
    for batch in batches(given):
        rows = [[2, *model.tokenizer(text, add_special_tokens=False)["input_ids"]] for text in batch]
        inputs = model.padded(rows)
        with torch.inference_mode():
            log_probs = model.model(**inputs, use_cache=False).logits[:, :-1].log_softmax(-1)
        chosen = log_probs.gather(2, inputs["input_ids"][:, 1:, None])[:, :, 0]
        found += [float(one[: len(row) - 1].sum()) for one, row in zip(chosen, rows, strict=True)]
    return found


def plain_masked(model: Any, given: Sequence[str]) -> list[float]:
    """Pseudo-log-likelihoods: the copies of each text, padded batches, logits of every place."""
    found = []
    for text in given:
        ids = model.tokenizer(text)["input_ids"]
        places = range(1, len(ids) - 1)
        copies = [(place, [*ids[:place], MASK, *ids[place + 1 :]]) for place in places]
        total = 0.0
        for batch in batches(copies):
            with torch.inference_mode():
                log_probs = model.model(**model.padded([row for _, row in batch])).logits.log_softmax(-1)
            total += sum(float(log_probs[n, place, ids[place]]) for n, (place, _) in enumerate(batch))
        found.append(total)
    return found


def plain_encoder(model: Any, given: Sequence[str]) -> list[float]:
    """The first number of each vector: means over padded batches."""
    found: list[float] = []
    for batch in batches(given):
        inputs = model.padded([model.tokenizer(text)["input_ids"] for text in batch])
        with torch.inference_mode():
            states = model.model(**inputs).last_hidden_state
        mask = inputs["attention_mask"][:, :, None]
        vectors = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1))
        found += vectors[:, 0].tolist()
    return found


def ways(kind: str, path: str) -> dict[str, Callable[[Sequence[str]], list[float]]]:
    """Ours and the plain one."""
    if kind == "causal":
        from mtqe.models.causal_lm import load_causal_lm

        causal = load_causal_lm(path)
        return {
            "mtqe": lambda given: [one.total for one in causal.judge(given)],
            "plain": lambda given: plain_causal(causal.loaded, given),
        }
    if kind == "masked":
        from mtqe.models.masked_lm import load_masked_lm

        masked = load_masked_lm(path, masking="token")
        return {
            "mtqe": lambda given: [one.total for one in masked.judge(given)],
            "plain": lambda given: plain_masked(masked.loaded, given),
        }
    from mtqe.models.text_encoder import load_text_encoder

    encoder = load_text_encoder(path)
    return {
        # A new one each time: it remembers what it has encoded.
        "mtqe": lambda given: [float(one.values[0]) for one in replace(encoder).encode(given)],
        "plain": lambda given: plain_encoder(encoder.loaded, given),
    }


def measured(kind: str, root: Path) -> dict[str, Any]:
    """Seconds of CPU time of both ways, their ratio, and how far their scores are apart."""
    given = texts(MASKED_TEXTS if kind == "masked" else TEXTS)
    seconds: dict[str, list[float]] = {"mtqe": [], "plain": []}
    scores: dict[str, list[float]] = {}
    both = ways(kind, folder(root, kind))
    for _ in range(ROUNDS):
        for name, way in both.items():
            started = time.process_time()
            scores[name] = way(given)
            seconds[name].append(time.process_time() - started)
    rows = zip(scores["mtqe"], scores["plain"], given, strict=True)
    middle = {name: statistics.median(found) for name, found in seconds.items()}
    return {
        "texts": len(given),
        "seconds": {name: round(value, 2) for name, value in middle.items()},
        "ratio": round(middle["plain"] / middle["mtqe"], 2),
        "apart_per_token": float(f"{max(abs(a - b) / len(text.split()) for a, b, text in rows):.1e}"),
    }


def main() -> None:
    """Measure each kind, print and keep."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as root:
        found = {kind: measured(kind, Path(root)) for kind in ("causal", "masked", "encoder")}
    too_far = [kind for kind, row in found.items() if row["apart_per_token"] > 1e-4]
    text = json.dumps(found | {"threads": 1, "torch": torch.__version__}, indent=2, sort_keys=True)
    print(text)
    if too_far:
        sys.exit(f"scores differ: {', '.join(too_far)}")
    RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""BLEU, chrF and TER are the numbers of sacrebleu's command line, and its tests those of sacrebleu."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sacrebleu.significance import PairedTest

from mtqe.bench.metrics.base import Metric, metrics
from mtqe.bench.metrics.bleu import _metric as bleu_of
from mtqe.bench.significance import bootstrap, interval, randomization, resampled
from tests.bench.texts import sentences, worse

# Options of the command line, ours, and whether the text is Chinese.
CASES: dict[str, tuple[str, list[tuple[str, dict[str, Any]]], bool]] = {
    "defaults": ("", [("bleu", {}), ("chrf", {}), ("ter", {})], False),
    "intl, floor, chrF++, normalized": (
        "-tok intl -s floor -sv 0.2 -cw 2 --ter-normalized",
        [
            ("bleu", {"tokenize": "intl", "smooth_method": "floor", "smooth_value": 0.2}),
            ("chrf++", {}),
            ("ter", {"normalized": True}),
        ],
        False,
    ),
    "char, add-k, lowercase": (
        "-tok char -s add-k -sv 2 -lc --chrf-lowercase --chrf-beta 3 --chrf-whitespace --ter-no-punct",
        [
            ("bleu", {"tokenize": "char", "smooth_method": "add-k", "smooth_value": 2, "lowercase": True}),
            ("chrf", {"lowercase": True, "beta": 3, "whitespace": True}),
            ("ter", {"no_punct": True}),
        ],
        False,
    ),
    "none, no smoothing": (
        "-tok none -s none --chrf-char-order 4 --chrf-eps-smoothing --ter-case-sensitive",
        [
            ("bleu", {"tokenize": "none", "smooth_method": "none"}),
            ("chrf", {"char_order": 4, "eps_smoothing": True}),
            ("ter", {"case_sensitive": True}),
        ],
        False,
    ),
    "Chinese": (
        "-tok zh --ter-normalized --ter-asian-support",
        [
            ("bleu", {"tokenize": "zh"}),
            ("chrf", {}),
            ("ter", {"normalized": True, "asian_support": True}),
        ],
        True,
    ),
    "Japanese": ("-tok ja-mecab", [("bleu", {"tokenize": "ja-mecab"}), ("chrf", {}), ("ter", {})], True),
}


def command_line(folder: Path, options: str, target: list[str], references: list[list[str]]) -> Any:
    """What sacrebleu prints, with all digits."""
    files = [folder / f"reference{n}" for n in range(len(references))]
    for file, texts in zip([folder / "target", *files], [target, *references], strict=True):
        file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    command = [sys.executable, "-m", "sacrebleu", *map(str, files), "-i", str(folder / "target")]
    command += ["-m", "bleu", "chrf", "ter", "-w", "12", *options.split()]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.mark.parametrize("references", [1, 2])
@pytest.mark.parametrize("case", CASES)
def test_scores_and_signatures_are_those_of_the_command_line(
    case: str, references: int, tmp_path: Path
) -> None:
    """Tokenizers, smoothing, several references, Chinese and Japanese, an empty line."""
    if case == "Japanese" and find_spec("MeCab") is None:
        pytest.skip("needs sacrebleu[ja]")
    options, ours, chinese = CASES[case]
    sides = [sentences(40, seed, chinese) for seed in range(references)]
    target = worse(sides[0], 5, 0.3)
    printed = command_line(tmp_path, options, target, sides)
    for (name, chosen), theirs in zip(ours, printed, strict=True):
        metric: Metric = metrics.get(name)(**chosen)
        (statistics,) = metric.statistics([tuple(target)], [tuple(side) for side in sides])
        assert f"{metric.score(statistics):.12f}" == f"{theirs['score']:.12f}", name
        assert metric.signature(references) == theirs["signature"]
        assert float(metric.scores(statistics.sum(0))) == pytest.approx(metric.score(statistics), abs=1e-9)


@pytest.mark.parametrize("references", [1, 3])
@pytest.mark.parametrize("kind", ["bs", "ar"])
def test_paired_tests_are_those_of_sacrebleu(kind: str, references: int) -> None:
    """The same seed and resamples give the same p-values, means and intervals, to the last digit."""
    from sacrebleu.metrics import BLEU, CHRF, TER

    sides = [sentences(50, seed) for seed in range(references)]
    systems = {f"s{n}": worse(sides[0], n, 0.1 + 0.04 * n) for n in range(3)}
    peers = {"bleu": BLEU(force=True), "chrf": CHRF(), "ter": TER()}
    _, found = PairedTest(list(systems.items()), peers, sides, kind, n_samples=150)()
    for name, theirs in zip(peers, [found[key] for key in found if key != "System"], strict=True):
        metric: Metric = metrics.get(name)()
        statistics = metric.statistics([tuple(t) for t in systems.values()], [tuple(s) for s in sides])
        points = [metric.score(system) for system in statistics]
        assert points == [result.score for result in theirs]
        scores = resampled(statistics, metric.scores, 150, 12345)
        tested = (
            bootstrap(points, scores)
            if kind == "bs"
            else randomization(points, statistics, metric.scores, 150, 12345)
        )
        assert [pair.p for pair in tested if pair.first == 0] == [result.p_value for result in theirs[1:]]
        if kind == "bs":
            for system, result in zip(scores, theirs, strict=True):
                middle = interval(system)
                assert middle is not None
                assert middle.mean == pytest.approx(result.mean, rel=1e-12)
                assert (middle.high - middle.low) / 2 == pytest.approx(result.ci, rel=1e-6)


def test_statistics_are_those_of_sacrebleu_segment_by_segment() -> None:
    """Not only their sums."""
    sides = [sentences(30, seed) for seed in range(2)]
    target = worse(sides[0], 9, 0.2)
    for name in metrics.names():
        metric: Metric = metrics.get(name)()
        ours = metric.statistics([tuple(target)], [tuple(side) for side in sides])[0]
        theirs = _sacrebleus(metric)._extract_corpus_statistics(target, sides)
        assert np.array_equal(ours, np.array(theirs)), name


def _sacrebleus(metric: Any) -> Any:
    if metric.name == "bleu":
        return bleu_of(metric)
    if metric.name == "ter":
        from sacrebleu.metrics import TER

        return TER()
    return metric.metric()


def test_the_tokenizer_is_by_the_target_language() -> None:
    """As with sacrebleu's -l; one that is named stays."""
    bleu = metrics.get("bleu")()
    assert "tok:zh" in bleu.for_language("zh-Hans").signature(1)
    assert "tok:13a" in bleu.for_language("de").signature(1)
    assert "tok:intl" in metrics.get("bleu")(tokenize="intl").for_language("zh").signature(1)  # type: ignore[call-arg]

"""Sentinel metrics as a scorer: one side is read, and what reports say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mtqe.data import Article, Segment
from mtqe.evaluate import Evaluator
from mtqe.scorers.quality_sentinel import QualitySentinel
from tests.models.sentinel_folders import CASES, GOLDEN_FILE, SAMPLES, build_folder

ORIGINAL = json.loads(GOLDEN_FILE.read_text(encoding="utf-8"))
SIDES = {"src": "source", "ref": "reference"}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Folders of small models, each built once."""
    place = tmp_path_factory.mktemp("sentinel")
    return lambda case: str(place / case if (place / case).exists() else build_folder(place / case, case))


def article(*sides: str) -> Article:
    """The samples as segments with the sides that are named."""
    segments, start = [], 0
    for index, sample in enumerate(SAMPLES):
        end = start + len(sample["mt"])
        given = {SIDES[side]: sample[side] for side in sides}
        segments.append(Segment(index, 0, (start, end), sample["mt"], **given))  # type: ignore[arg-type]
        start = end + 1
    target = "\n".join(sample["mt"] for sample in SAMPLES)
    return Article("a", target, source_lang="de", target_lang="en", segments=tuple(segments))


@pytest.mark.parametrize("case", sorted(CASES))
def test_each_model_reads_its_own_side(folder: Callable[[str], str], case: str) -> None:
    """The others may be there or not."""
    (found,) = QualitySentinel(folder(case)).score([article("src", "ref")])
    assert [score.value for score in found] == pytest.approx(ORIGINAL[case], abs=1e-5)
    assert {score.stats["windows"] for score in found} == {1.0}


@pytest.mark.parametrize(
    ("case", "note"), [("sentinel-src", "no source given"), ("sentinel-ref", "no reference given")]
)
def test_a_side_that_is_not_there_is_null_with_the_reason(
    folder: Callable[[str], str], case: str, note: str
) -> None:
    """Zero would be a score like any other."""
    scorer = QualitySentinel(folder(case))
    (found,) = scorer.score([article()])
    assert {(score.value, score.note) for score in found} == {(None, note)}
    assert scorer.pool(article(), found).note == note


def test_what_is_excluded_or_lacks_a_counterpart_leaves_the_others_theirs(
    folder: Callable[[str], str],
) -> None:
    """Scores never move to a neighbour."""
    whole = article("src")
    one, two, three, *_ = whole.segments
    gap = replace(whole, segments=(replace(one, source=None), two, replace(three, excluded="code")))
    (found,) = QualitySentinel(folder("sentinel-src")).score([gap])
    assert [score.note for score in found] == ["no counterpart in the source", None, "code"]
    assert found[1].value == pytest.approx(ORIGINAL["sentinel-src"][1], abs=1e-5)


def test_reports_carry_the_score_and_kept_scores_are_the_same(
    folder: Callable[[str], str], tmp_path: Path
) -> None:
    """Twice, the second time from the file."""
    scorer = QualitySentinel(folder("sentinel-cand"), cache=tmp_path / "scores.sqlite3")
    reports = [next(Evaluator(scorers=(scorer,), detectors=()).evaluate([article()])) for _ in range(2)]
    assert reports[0].scores == reports[1].scores
    assert reports[0].scores["sentinel"].range == (None, None)
    assert f"quality_sentinel#{scorer.revision}" in reports[0].signature

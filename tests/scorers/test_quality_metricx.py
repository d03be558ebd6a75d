"""MetricX as a scorer: what it reads, what it can't judge, what reports say."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mtqe.data import Article, Score, Segment
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator
from mtqe.models.metricx import load_metricx
from mtqe.models.metricx_files import Version
from mtqe.scorers.quality_metricx import QualityMetricx
from tests.models.metricx_folders import GOLDEN, SAMPLES, build_folder

ORIGINAL = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small model that is called like none."""
    return str(build_folder(tmp_path_factory.mktemp("scorer") / "mine"))


def article(*sides: str) -> Article:
    """The samples as segments with the sides that are named."""
    segments, start = [], 0
    for index, sample in enumerate(SAMPLES):
        end = start + len(sample["hypothesis"])
        given = {side: sample[side] for side in sides}
        segments.append(Segment(index, 0, (start, end), sample["hypothesis"], **given))  # type: ignore[arg-type]
        start = end + 1
    target = "\n".join(sample["hypothesis"] for sample in SAMPLES)
    return Article("a", target, source_lang="de", target_lang="en", segments=tuple(segments))


def scores(scorer: QualityMetricx, *sides: str) -> list[Score]:
    """One for each sample."""
    return scorer.score([article(*sides)])[0]


@pytest.mark.parametrize(
    ("version", "reference", "sides", "expected"),
    [
        ("24", True, ("source", "reference"), "24"),
        ("24", True, ("source",), "24-qe"),
        ("24", False, ("source", "reference"), "24-qe"),
        ("23", True, ("source", "reference"), "23"),
        ("23", True, ("reference",), "23"),
        ("23-qe", True, ("source", "reference"), "23-qe"),
    ],
)
def test_each_version_reads_what_it_was_trained_on(
    folder: str, version: Version, reference: bool, sides: tuple[str, ...], expected: str
) -> None:
    """And a reference only where that is wanted."""
    found = scores(QualityMetricx(folder, version=version, reference=reference), *sides)
    assert [score.value for score in found] == pytest.approx(ORIGINAL[expected], abs=1e-5)


def test_metricx_24_judges_by_a_reference_alone(folder: str) -> None:
    """Its source is then empty, as the original's README wants it."""
    found = scores(QualityMetricx(folder, version="24"), "reference")
    assert found[3].value == pytest.approx(ORIGINAL["24"][3], abs=1e-5)  # the sample whose source is empty


@pytest.mark.parametrize(
    ("version", "reference", "sides", "note"),
    [
        ("24", True, (), "no source given"),
        ("24", False, ("reference",), "references are left out by an option"),
        ("23", True, ("source",), "no reference given"),
        ("23-qe", True, ("reference",), "no source given"),
    ],
)
def test_what_cannot_be_judged_is_null_with_the_reason(
    folder: str, version: Version, reference: bool, sides: tuple[str, ...], note: str
) -> None:
    """Never 0, which would be the best score of all; nor is a model loaded for it."""
    load_metricx.cache_clear()
    scorer = QualityMetricx(folder, version=version, reference=reference)
    found = scores(scorer, *sides)
    assert {(score.value, score.note) for score in found} == {(None, note)}
    assert scorer.pool(article(*sides), found).note == note
    assert load_metricx.cache_info().misses == 0


def test_one_segment_without_a_counterpart_leaves_the_others_theirs(folder: str) -> None:
    """Scores never move to a neighbour."""
    whole = article("source")
    first, *rest = whole.segments
    gap = replace(whole, segments=(replace(first, source=None), *rest[:1], replace(rest[1], excluded="code")))
    found = QualityMetricx(folder, version="24").score([gap])[0]
    assert [score.note for score in found] == ["no counterpart in the source", None, "code"]
    assert found[1].value == pytest.approx(ORIGINAL["24-qe"][1], abs=1e-5)


def test_range_and_direction_are_said(folder: str) -> None:
    """0 to 25, lower is better: of segments, of the article, and of what has no score."""
    scorer = QualityMetricx(folder, version="24")
    found = scores(scorer, "source")
    for score in (*found, *scores(scorer), scorer.pool(article("source"), found)):
        assert (score.range, score.higher_is_better) == ((0.0, 25.0), False)


def test_an_articles_score_is_the_mean_over_its_words(folder: str) -> None:
    """A long segment counts for more than a short one."""
    scorer = QualityMetricx(folder, version="24")
    pair = article("source").segments[:2]
    small = replace(article("source"), segments=pair)
    found = scorer.score([small])[0]
    expected = (8 * ORIGINAL["24-qe"][0] + ORIGINAL["24-qe"][1]) / 9
    assert scorer.pool(small, found).value == pytest.approx(expected, abs=1e-5)


def test_each_segment_says_how_it_was_read(folder: str) -> None:
    """Tokens, and windows where it is too long for the model."""
    text = "The mayor opened the new bridge on Monday. " * 200
    long = Segment(0, 0, (0, len(text)), text, source=text)
    scorer = QualityMetricx(folder, version="24")
    (found,) = scorer.score([replace(article(), segments=(long,))])[0]
    assert found.stats["windows"] >= 2
    assert found.stats["tokens"] > 1535


def test_kept_scores_are_those_of_the_same_options(folder: str, tmp_path: Path) -> None:
    """A second run computes nothing; another version, precision or side is another score."""
    cache = tmp_path / "scores.sqlite3"
    first = scores(QualityMetricx(folder, version="24", cache=cache), "source", "reference")
    load_metricx.cache_clear()
    again = scores(QualityMetricx(folder, version="24", cache=cache), "source", "reference")
    assert again == first
    assert load_metricx.cache_info().misses == 0
    without = scores(
        QualityMetricx(folder, version="24", reference=False, cache=cache), "source", "reference"
    )
    older = scores(QualityMetricx(folder, version="23", cache=cache), "reference")
    assert [score.value for score in without] == pytest.approx(ORIGINAL["24-qe"], abs=1e-5)
    assert [score.value for score in older] == pytest.approx(ORIGINAL["23"], abs=1e-5)


def test_reports_carry_the_score_beside_the_others(folder: str) -> None:
    """With the model's digest and what was chosen in the signature."""
    scorer = QualityMetricx(folder, version="24")
    report = next(Evaluator(scorers=(scorer,), detectors=()).evaluate([article("source")]))
    assert report.scores["metricx"].value is not None
    assert f"quality_metricx#{scorer.revision}" in report.signature
    assert "version=24" in report.signature


def test_a_folder_that_does_not_say_its_version_is_the_users_to_mend(folder: str) -> None:
    """Before anything is computed."""
    with pytest.raises(ConfigError, match="give the option 'version'"):
        scores(QualityMetricx(folder), "source")


def run(model: str, folder: Path, options: str) -> subprocess.CompletedProcess[bytes]:
    """The command, as a user types it."""
    record = {"id": "a", "target": "The mayor left.", "source": "Der Bürgermeister ging."}
    (folder / "a.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    (folder / "run.yaml").write_text(
        f"input: {{paths: [{folder / 'a.jsonl'}], source_lang: de, target_lang: en}}\n"
        f"output: {{format: jsonl}}\ndetect: []\n"
        f"score: [{{name: quality_metricx, model: {model}{options}}}]\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mtqe", "run", str(folder / "run.yaml")]
    return subprocess.run(command, capture_output=True, check=False)


def test_a_run_file_names_it(folder: str, tmp_path: Path) -> None:
    """Nothing but the report comes out."""
    done = run(folder, tmp_path, ", version: '24'")
    assert (done.returncode, done.stderr) == (0, b"")
    record = json.loads(done.stdout)
    assert record["scores"]["metricx"]["range"] == [0.0, 25.0]
    assert record["segments"][0]["scores"]["metricx"]["stats"]["windows"] == 1


def test_a_mistake_in_a_run_file_is_one_line_and_no_traceback(folder: str, tmp_path: Path) -> None:
    """With the way out."""
    done = run(folder, tmp_path, "")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().count("\n") == 1
    assert "give the option 'version'" in done.stderr.decode()

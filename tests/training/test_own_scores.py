"""Quality fitted to people's scores: rising, honest about its worth, and no fit where there is none."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.bench.human.base import HumanRatings, Rating
from mtqe.bench.human.records import Records
from mtqe.bench.meta_table import table_of
from mtqe.data import Article
from mtqe.errors import ConfigError, InputError
from mtqe.evaluate import Evaluator
from mtqe.models.quality_calibration import QualityCalibration, is_rising
from mtqe.quality import Quality
from mtqe.training.own_scores import check, fit, worth
from mtqe.training.own_scores_read import Scored, on_scale
from mtqe.training.run_file import load_training, train
from tests.training.judgements import sentences, worse

Numbers = Any


def scored(quality: Numbers, score: Numbers, per_source: int = 2, per_article: int = 6) -> Scored:
    """Translations in the order given: so many of each source, so many in each article."""
    count = np.arange(len(quality))
    sources, articles = (count // per_source).astype(str), (count // per_article).astype(str)
    values = np.asarray(quality, float), np.asarray(score, float)
    return Scored(*values, sources, articles, 0, ("ESA, 0 to 100",), "en", "de", "source")


def world(rows: int = 600, seed: int = 1) -> tuple[Numbers, Numbers]:
    """Qualities, and scores that rise with them along a bent line, with noise."""
    rng = np.random.default_rng(seed)
    quality = rng.uniform(5, 95, rows)
    score = 40 + 50 * (quality / 100) ** 2 + rng.normal(0, 8, rows)
    return quality, np.clip(score, 0, 100)


def test_a_fit_finds_the_line_that_scores_follow() -> None:
    """And measures itself where it was not fitted: far nearer than quality as it was, and than a constant."""
    quality, score = world()
    line = QualityCalibration(fit(quality, score), {})
    for value in (20, 50, 80):
        assert line.score(value) == pytest.approx(40 + 50 * (value / 100) ** 2, abs=4)
    found = worth(scored(quality, score), seed=1)
    assert found.is_better
    others = (found.mean_difference[name] for name in ("before", "constant"))
    assert found.mean_difference["after"] < 8 < min(others)
    assert found.reliability["after"] < 3 < found.reliability["before"]
    assert sum(size for _, _, size in found.curve) == len(score)


def test_the_order_of_translations_stays() -> None:
    """A rising line changes no order, so pairs within a source are ordered as before."""
    quality, score = world()
    found = worth(scored(quality, score), seed=1)
    assert found.pairwise["after"] == found.pairwise["before"]
    assert found.pairs > 200


def test_what_is_no_translation_stays_at_the_bottom() -> None:
    """Also if people were shown good ones alone."""
    rng = np.random.default_rng(2)
    quality = rng.uniform(60, 95, 200)
    line = QualityCalibration(fit(quality, 75 + quality / 5), {})
    assert line.score(0.7) < 5
    assert line.score(100) <= 100


def test_scores_that_say_nothing_are_worth_no_more_than_a_constant() -> None:
    """The figures come of documents that were not fitted on, so noise doesn't look like a fit."""
    rng = np.random.default_rng(4)
    quality, score = rng.uniform(0, 100, 300), rng.uniform(0, 100, 300)
    found = worth(scored(quality, score), seed=1)
    assert found.mean_difference["after"] > found.mean_difference["constant"] - 1.0


def test_an_article_is_never_judged_by_a_line_that_saw_it() -> None:
    """Each article with a score of its own: what fits it is not known from the others."""
    rng = np.random.default_rng(5)
    articles = np.repeat(np.arange(40), 10)
    quality = articles * 2 + rng.uniform(0, 0.5, 400)
    score = rng.permutation(40)[articles] * 2.5
    found = worth(scored(quality, score, per_article=10), seed=1)
    inside = np.interp(quality, *zip(*fit(quality, score), strict=True))
    assert np.abs(inside - score).mean() < found.mean_difference["after"]


points = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=20, max_size=80)


@settings(max_examples=60, deadline=None)
@given(points)
def test_every_fit_rises_from_0_to_100(rows: list[tuple[float, float]]) -> None:
    """Whatever the scores: knots that the reader of the file takes, and no value outside 0 to 100."""
    quality, score = (np.array(column) for column in zip(*rows, strict=True))
    knots = fit(quality, score)
    assert is_rising(knots)
    assert (knots[0][0], knots[-1][0]) == (0, 100)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (scored(*world(30)), "30 translations in 5 articles; a calibration needs 50 or more in 3"),
        (scored(*world(100), per_article=100), "100 translations in 1 articles"),
        (scored(world()[0], np.full(600, 80.0)), "all scores are 80 of 100"),
        (scored(np.full(600, 50.0), world()[1]), "all translations have the same quality"),
        (
            scored(world()[0], 100 - world()[1]),
            r"Spearman -0\.\d+\): if scores are penalties.*scale: \[25, 0\]",
        ),
    ],
    ids=["few", "one article", "one score", "one quality", "wrong direction"],
)
def test_no_line_is_fitted_where_there_is_none(data: Scored, message: str) -> None:
    """The reason, and what to do."""
    with pytest.raises(InputError, match=message):
        check(data)


def ratings(*scores: float | None, unit: str = "score", target: str = "ten words " * 5) -> HumanRatings:
    """Scores of one system's translations, of ten words each."""
    found = tuple(Rating("A", str(n), score, target=target) for n, score in enumerate(scores))
    return HumanRatings("scores", found, unit)


@pytest.mark.parametrize(
    ("given_ratings", "ends", "expected"),
    [
        (ratings(0, 50, 100), None, [0, 50, 100]),
        (ratings(1, 3, 5), (1, 5), [0, 50, 100]),
        (ratings(0, 5, 25), (25, 0), [100, 80, 0]),
        (ratings(0, -2, unit="MQM points, negated"), None, [100, 100 * np.exp(-1)]),
        (ratings(2, 7, unit="ESA, 0 to 100"), None, [2, 7]),
    ],
)
def test_scores_of_every_scale_become_0_to_100(
    given_ratings: HumanRatings, ends: Any, expected: list[float]
) -> None:
    """Points of MQM by length, penalties turned round."""
    assert on_scale(table_of(given_ratings), ends).ravel().tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("given_ratings", "ends", "message"),
    [
        (ratings(-1.5, 0.3), None, r"from -1.5 to 0.3, which is not 0 to 100: say.*'scale: \[1, 5\]'"),
        (ratings(1, 5), None, "from 1 to 5, which is not 0 to 100"),
        (ratings(10, 99), (1, 5), r"2 lie outside 'scale: \[1, 5\]'"),
    ],
)
def test_an_unknown_scale_is_not_guessed(given_ratings: HumanRatings, ends: Any, message: str) -> None:
    """1 to 5 is not 1 to 5 of 100."""
    with pytest.raises(InputError, match=message):
        on_scale(table_of(given_ratings), ends)


def records(folder: Path, rows: int = 120, **changed: Any) -> Path:
    """Records of mtqe with scores: two translations of each source, the worse one with less."""
    rng = np.random.default_rng(0)
    own = random.Random(3)
    lines = []
    for number in range(rows // 2):
        english, german, _ = sentences(own)
        for target, score in ((german, 90.0), (worse(german, own), 40.0)):
            row = {
                "article": f"a{number // 5}",
                "id": str(number),
                "source": english,
                "target": target,
                "lp": "en-de",
            }
            lines.append({**row, "score": score + float(rng.normal(0, 3)), **changed})
    path = folder / "scored.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    return path


def calibrated(folder: Path, human: Any, **options: Any) -> tuple[Path, str]:
    """The file that a training makes, and what it says."""
    config = folder / "train.yaml"
    own = {"task": "train", "model": "calibration", "human": human, "out": str(folder / "out")}
    config.write_text(yaml.safe_dump({**own, **options}), encoding="utf-8")
    trained = train(load_training(config), lambda *_: None)
    return trained.files[0], trained.about or ""


def test_a_users_records_become_a_calibration_that_a_run_applies(tmp_path: Path) -> None:
    """From a file of records to a report: the score, what it was, the note, the signature."""
    path, said = calibrated(tmp_path, {"name": "records", "path": str(records(tmp_path))})
    assert said.startswith("120 translations in 12 articles, en-de, score\n")
    quality = Quality(calibration=path)
    article = Article("a", "Die alte Katze sieht die Ziege.", "The old cat sees the goat.", None, "de", "en")
    plain, report = (next(Evaluator(quality=q).evaluate([article])) for q in (Quality(), quality))
    before, after = plain.segments[0].scores["quality"], report.segments[0].scores["quality"]
    assert after.components["uncalibrated"].value == before.value
    assert after.value == pytest.approx(QualityCalibration(_knots(path), {}).score(before.value or 0.0))
    assert f"mqm_sum#{quality.revision}" in report.signature
    assert str(tmp_path) not in report.signature
    assert (
        "quality is on the scale of your own scores (calibration.json: 120 translations, en-de, source)"
        in (report.notes)
    )
    assert "calibration" not in plain.signature


def _knots(path: Path) -> Any:
    return tuple(map(tuple, json.loads(path.read_text(encoding="utf-8"))["knots"]))


def test_another_kind_of_article_is_told_apart(tmp_path: Path) -> None:
    """Of another language, or without a source: regions are no other language."""
    path, _ = calibrated(tmp_path, {"name": "records", "path": str(records(tmp_path))})
    quality = Quality(calibration=path)
    article = Article("a", "x", None, None, "de-AT", "en-GB")
    assert "another kind" not in next(quality.notes(article, "source"))
    french = Article("a", "x", None, None, "fr", "en")
    note = next(quality.notes(french, "target_only"))
    assert note.endswith("of another kind than this article: fr, target_only")


def test_records_without_sources_are_fitted_alone(tmp_path: Path) -> None:
    """Quality is then fluency's, and the file says so."""
    path, _ = calibrated(tmp_path, {"name": "records", "path": str(records(tmp_path, source=None))})
    assert json.loads(path.read_text(encoding="utf-8"))["about"]["mode"] == "target_only"


def test_a_language_without_models_has_no_quality_to_fit(tmp_path: Path) -> None:
    """All are left out, and the message says so."""
    path = records(tmp_path, lp="en-is", source=None)
    with pytest.raises(InputError, match=r"0 translations in 0 articles \(120 more have no quality\)"):
        calibrated(tmp_path, {"name": "records", "path": str(path)}, detect=[])


def test_published_formats_are_read_too(tmp_path: Path) -> None:
    """A table of direct assessments, with its scale; several files together."""
    rows = [json.loads(line) for line in records(tmp_path).read_text(encoding="utf-8").splitlines()]
    table = tmp_path / "da.tsv"
    lines = [f"{n}\t{r['source']}\t{r['target']}\t{r['score'] / 25 + 1}" for n, r in enumerate(rows)]
    table.write_text("index\toriginal\ttranslation\tmean\n" + "\n".join(lines) + "\n", encoding="utf-8")
    spec = {"name": "da", "path": str(table), "source_lang": "en", "target_lang": "de"}
    path, _ = calibrated(tmp_path, [spec, spec], scale=[1, 5], file="mine.json", score=["fluency_ngram"])
    about = json.loads(path.read_text(encoding="utf-8"))["about"]
    assert (path.name, about["rows"], about["source_lang"]) == ("mine.json", 240, "en")
    assert list(about["made"]["calibration"]["data"]) == ["da.tsv"]
    assert about["made"]["calibration"]["data"]["da.tsv"]["licence"] is None


def test_points_of_mqm_are_read_from_googles_file(tmp_path: Path) -> None:
    """Each error is a line; points by length become scores, and two systems' translations pairs."""
    rows = [json.loads(line) for line in records(tmp_path).read_text(encoding="utf-8").splitlines()]
    lines = ["system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity"]
    for number, row in enumerate(rows):
        error = "Accuracy/Omission\tMajor" if number % 2 else "No-error\tNo-error"
        place = f"{'AB'[number % 2]}\t{row['article']}\t1\t{number // 2}"
        lines.append(f"{place}\tr1\t{row['source']}\t{row['target']}\t{error}")
    table = tmp_path / "mqm.tsv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path, said = calibrated(
        tmp_path, {"name": "mqm", "path": str(table), "source_lang": "en", "target_lang": "de"}
    )
    assert said.startswith("120 translations in 12 articles, en-de, MQM points, negated\n")
    figures = json.loads(path.read_text(encoding="utf-8"))["about"]["figures"]
    assert figures["pairs"] == 60
    assert figures["reliability"]["after"] < figures["reliability"]["before"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"human": "scores.xlsx"}, "the ending of 'scores.xlsx' tells no format"),
        ({"human": {"name": "esaa", "path": "x"}}, "no format of human judgements is called that"),
        ({"human": []}, "names no file of scores"),
        ({"human": "a.jsonl", "scale": [5, 5]}, "the worst and the best score are the same"),
        ({"human": "a.jsonl", "file": "../x.json"}, "must be the name of a .json file"),
        ({"human": "a.jsonl", "scael": [1, 5]}, "unknown option 'scael'; did you mean 'scale'?"),
    ],
)
def test_mistakes_in_the_run_file_are_named(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    """Before anything is read."""
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        calibrated(tmp_path, **{"human": None, **options})


def read(folder: Path, *rows: dict[str, Any]) -> list[tuple[str, str, float | None]]:
    """System, segment and score of each record."""
    path = folder / "r.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return [(r.system, r.segment, r.score) for r in Records(path).read().ratings]


def test_records_need_no_system_and_no_id(tmp_path: Path) -> None:
    """Translations of one source are of one segment; without systems, each is another's."""
    found = read(
        tmp_path,
        {"source": "The cat.", "target": "Die Katze.", "score": 90},
        {"source": "The cat.", "mt": "Der Katze.", "score": 30},
        {"article": "a", "system": "A", "target": "Eins.", "score": 1},
        {"article": "a", "system": "B", "target": "Zwei.", "score": None},
        {"id": 7, "target": "Drei.", "score": 2},
    )
    assert found == [
        ("system", "The cat.", 90),
        ("system 2", "The cat.", 30),
        ("A", "a:1", 1),
        ("B", "a:1", None),
        ("system", "7", 2),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"target": "x", "score": "high"}', "r.jsonl:1: 'score' must be a number, not 'high'"),
        ('{"target": "x", "score": true}', "r.jsonl:1: 'score' must be a number"),
        ('{"target": "x", "score": NaN}', "r.jsonl:1: is not JSON"),
        ('{"score": 3}', 'r.jsonl:1: lacks "target"'),
        ('{"target": "x"}', "r.jsonl: holds no judgement"),
        ("[1]", "r.jsonl:1: is not a record"),
    ],
)
def test_bad_records_are_named_with_their_place(tmp_path: Path, line: str, message: str) -> None:
    """File and line."""
    (tmp_path / "r.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Records(tmp_path / "r.jsonl").read()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "can't be read: No such file"),
        ("knots", "is no calibration of quality; mtqe train makes one"),
        ('{"format": "other"}', "is no calibration of quality"),
        ('{"format": "mtqe quality calibration 1", "about": {}, "knots": [[0, 9], [100, 3]]}', "is damaged"),
        (
            '{"format": "mtqe quality calibration 1", "about": {}, "knots": [[0, 0], [100, NaN]]}',
            "is damaged",
        ),
    ],
)
def test_a_file_that_is_no_calibration_is_named(tmp_path: Path, content: str | None, message: str) -> None:
    """When quality is built, before anything is judged."""
    path = tmp_path / "c.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=f"c.json: {message}"):
        Quality(calibration=path)

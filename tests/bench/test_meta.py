"""A meta-evaluation from its run file to its report, and what happens to broken input."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mtqe.bench import meta_runfile
from mtqe.bench.floors import FLOORS
from mtqe.bench.human.base import HumanRatings, MarkedError, Rating, Text
from mtqe.bench.meta import MetaOptions, MetaReport, Units, meta_evaluate
from mtqe.bench.meta_record import record_of
from mtqe.bench.meta_runfile import load_meta, run_meta, write_meta
from mtqe.bench.meta_statistics import STATISTICS
from mtqe.bench.meta_table import HumanTable, table_of
from mtqe.bench.meta_write import WRITERS
from mtqe.bench.spans import MarkedSpan
from mtqe.errors import ConfigError, InputError

CONFIG = Path(__file__).parents[2] / "configs" / "benchmark-metrics.yaml"
SYSTEMS, SEGMENTS = 4, 24


def ratings(unit: str = "MQM points, negated") -> HumanRatings:
    """Four systems, each worse than the one before; six articles of four segments."""
    rng = np.random.default_rng(3)
    found = []
    for system in range(SYSTEMS):
        for segment in range(SEGMENTS):
            points = int(rng.poisson(0.5 + system))
            errors = tuple(MarkedError("minor", "Style", 2 * n, 2 * n + 1) for n in range(points))
            text = "word " * (8 + segment % 5)
            name = f"{'ABCD'[system]}"
            found.append(Rating(name, str(segment + 1), -points, f"a{segment // 4}", "r1", errors, text))
    texts = {str(n + 1): Text("mot " * (4 + n % 5), "word " * (4 + n % 5)) for n in range(SEGMENTS)}
    return HumanRatings("made up", tuple(found), unit, texts, source_lang="fr", target_lang="en")


@pytest.fixture(scope="module")
def table() -> HumanTable:
    """Their table."""
    return table_of(ratings())


def metrics(table: HumanTable) -> dict[str, Any]:
    """One that is good, one that is worse."""
    rng = np.random.default_rng(4)
    return {
        "good": table.scores + rng.normal(0, 0.7, table.scores.shape),
        "worse": table.scores + rng.normal(0, 6, table.scores.shape),
    }


@pytest.fixture(scope="module")
def report(table: HumanTable) -> MetaReport:
    """All statistics, with tests."""
    found = {cell: [MarkedSpan(0, 1, False)] for cell in table.targets}
    return meta_evaluate(
        table, metrics(table), MetaOptions(list(STATISTICS), 300, 60), {"marker": found}, {"good": "v1"}
    )


def test_every_statistic_says_what_is_better_beside_every_floor(report: MetaReport) -> None:
    """The good metric is above the worse one throughout, and above what knows nothing of translations."""
    assert set(report.columns) == set(STATISTICS)
    for name, columns in report.columns.items():
        assert set(columns) == {"good", "worse", *FLOORS}
        values = {metric: column.agreement.value for metric, column in columns.items()}
        blind = [value for floor in ("source only", "constant") if (value := values[floor]) is not None]
        good, worse = values["good"], values["worse"]
        assert good is not None, name
        assert worse is not None, name
        assert good >= max([worse, *blind]), name


def test_the_better_metric_is_in_a_cluster_of_its_own(report: MetaReport) -> None:
    """By tests with corrected p-values; floors are not tested."""
    column = report.columns["acc_eq/item"]
    assert (column["good"].rank, column["worse"].rank, column["length"].rank) == (1, 2, None)
    (test,) = report.tests["acc_eq/item"]
    assert (test.better, test.worse) == ("good", "worse")
    assert test.p_value <= test.corrected < 0.05


def test_values_lie_in_their_ranges_and_intervals(report: MetaReport) -> None:
    """Every number of the report."""
    for name, columns in report.columns.items():
        low, high = STATISTICS[name].range
        for column in columns.values():
            value, interval = column.agreement.value, column.agreement.interval
            assert value is None or low <= value <= high
            assert interval is None or low <= interval[0] <= interval[1] <= high


def test_nulls_have_reasons(report: MetaReport) -> None:
    """A constant metric, for one."""
    for columns in report.columns.values():
        for column in columns.values():
            assert column.agreement.value is not None or column.agreement.note
    assert report.columns["pearson/none"]["constant"].agreement.value is None


def test_error_free_needs_no_error_and_with_esa_a_score_too() -> None:
    """ESA translations without a mark but with a score below 85 are not error-free."""
    rows = [("A", 90.0, ()), ("B", 80.0, ()), ("C", 99.0, (MarkedError("minor", "", 0, 1),))]
    found = tuple(Rating(system, "1", score, errors=errors) for system, score, errors in rows)
    esa = table_of(HumanRatings("esa", found, "ESA, 0 to 100"))
    mqm = table_of(HumanRatings("mqm", found, "MQM points, negated"))
    assert esa.error_free().tolist() == [1, 0, 0]
    assert mqm.error_free().tolist() == [1, 1, 0]


def test_without_marks_or_articles_or_texts_there_is_no_auc() -> None:
    """Direct assessments of sentences without documents."""
    bare = tuple(
        Rating(s, g, float(n)) for n, (s, g) in enumerate([("A", "1"), ("A", "2"), ("B", "1"), ("B", "2")])
    )
    table = table_of(HumanRatings("da", bare, "direct assessment"))
    report = meta_evaluate(table, {"m": table.scores}, MetaOptions(("error_free", "worst_articles"), 0, 0))
    notes = [column["m"].agreement.note for column in report.columns.values()]
    assert notes == ["people marked no errors in this set", "not every segment is of a known article"]
    assert FLOORS["length"](table).tolist() == [[pytest.approx(np.nan, nan_ok=True)] * 2] * 2


def test_floors_know_only_what_they_say(table: HumanTable) -> None:
    """Length of the target, of the source, the system's name, nothing."""
    length, source = FLOORS["length"](table), FLOORS["source only"](table)
    assert length[0, 0] == -len(table.targets["A", "1"])
    assert (source == source[0]).all()
    by_system = FLOORS["random by system"](table)
    assert (by_system == by_system[:, :1]).all()
    assert len(np.unique(by_system)) == SYSTEMS
    assert (by_system == FLOORS["random by system"](table)).all()
    assert not FLOORS["constant"](table).any()


def test_spans_are_counted_in_three_ways(report: MetaReport) -> None:
    """Each rater's marks of a translation count."""
    counts = report.spans["marker"]
    assert set(counts) == {"by character", "by match", "by overlap"}
    assert counts["by match"].found == SYSTEMS * SEGMENTS
    assert 0 < (counts["by match"].f1 or 0) < 1


def test_every_format_holds_the_same_numbers(report: MetaReport) -> None:
    """Text, Markdown and page show them to three digits; CSV and JSON as they are."""
    record = record_of(report)
    value = report.columns["acc_eq/item"]["good"].agreement.value
    texts = {suffix: write(record) for suffix, write in WRITERS.items()}
    for suffix in (".txt", ".md", ".html"):
        assert f"{value:.3f}" in texts[suffix]
        assert "the metric tells no two systems apart" in texts[suffix]
    rows = {(r["statistic"], r["metric"]): r for r in csv.DictReader(io.StringIO(texts[".csv"]))}
    assert float(rows["acc_eq/item", "good"]["value"]) == value
    loaded = json.loads(texts[".json"])
    assert loaded["statistics"]["acc_eq/item"]["metrics"]["good"]["value"] == value
    assert loaded["human"]["system_scores"]["A"] > loaded["human"]["system_scores"]["D"]


def test_the_same_input_gives_the_same_bytes(table: HumanTable) -> None:
    """With all that is drawn by chance."""
    options = MetaOptions(rounds=40, interval_rounds=20)
    one, other = (record_of(meta_evaluate(table, metrics(table), options)) for _ in range(2))
    assert WRITERS[".json"](one) == WRITERS[".json"](other)


def _intervals(table: HumanTable, metric: Any, units: Units) -> dict[str, tuple[float, float] | None]:
    options = MetaOptions(list(STATISTICS), 0, 40, units, floors=False)
    columns = meta_evaluate(table, {"m": metric}, options).columns
    return {name: column["m"].agreement.interval for name, column in columns.items()}


def test_where_each_segment_is_an_article_it_is_all_one_what_intervals_draw(table: HumanTable) -> None:
    """Whether articles are numbered like segments or there are none."""
    metric = metrics(table)["worse"]
    names = set(STATISTICS) - {"worst_articles"}  # draws each system's articles by themselves
    segments = _intervals(table, metric, "segments")
    for articles in (table.segments, (None,) * SEGMENTS):
        found = _intervals(replace(table, articles=articles), metric, "articles")
        assert {name: found[name] for name in names} == {name: segments[name] for name in names}


def test_copies_within_an_article_are_no_evidence_to_intervals_over_articles(table: HumanTable) -> None:
    """They are as wide as without the copies; those over segments are narrower."""
    copies = np.repeat(np.arange(6), SEGMENTS // 6)
    metric = metrics(table)["worse"]
    few = replace(table, segments=table.segments[:6], articles=(None,) * 6, scores=table.scores[:, :6])
    many = replace(table, articles=tuple(f"a{n}" for n in copies), scores=table.scores[:, copies])
    wanted = _intervals(few, metric[:, :6], "segments")
    found, narrow = (_intervals(many, metric[:, copies], units) for units in ("articles", "segments"))
    for name in ("pearson/none", "spearman/none", "pairwise/item"):
        assert found[name] == pytest.approx(wanted[name])
        assert np.ptp(np.array(narrow[name])) < np.ptp(np.array(found[name]))


def test_one_article_alone_says_nothing_of_intervals(table: HumanTable) -> None:
    """Drawn anew it is always the same."""
    alone = replace(table, articles=("a",) * SEGMENTS)
    assert not any(_intervals(alone, metrics(table)["worse"], "articles").values())


def test_worst_articles_can_be_drawn_with_all_systems(table: HumanTable) -> None:
    """One source article's translations are good or bad together."""
    metric = metrics(table)["worse"]
    found = {units: _intervals(table, metric, units)["worst_articles"] for units in ("segments", "articles")}
    assert None not in found.values()
    assert found["segments"] != found["articles"]


def test_names_in_a_page_are_text() -> None:
    """A metric or a system may be called anything."""
    evil = "<script>alert(1)</script>|x"
    found = tuple(Rating(s, g, float(n)) for n, (s, g) in enumerate([(evil, "1"), ("B", "1"), ("B", "2")]))
    table = table_of(HumanRatings("<b>", found, "score"))
    record = record_of(
        meta_evaluate(table, {evil: np.nan_to_num(table.scores)}, MetaOptions(rounds=0, interval_rounds=0))
    )
    assert "<script>alert" not in WRITERS[".html"](record)
    assert "\\|x" in WRITERS[".md"](record)


def test_one_system_and_one_metric_are_no_crash() -> None:
    """What needs two systems is null and says so."""
    found = tuple(Rating("A", str(n), float(n)) for n in range(5))
    table = table_of(HumanRatings("one", found, "score"))
    report = meta_evaluate(table, {"m": table.scores}, MetaOptions(rounds=50, interval_rounds=20))
    assert report.columns["spa"]["m"].agreement.note == "it takes two systems"
    assert report.columns["acc_eq/item"]["m"].agreement.note == "no group has two judged values"
    assert report.columns["pearson/none"]["m"].agreement.value == pytest.approx(1)
    assert report.tests == {}


def run_file(folder: Path, **changes: Any) -> Path:
    """A run file over a few ratings, with a metric from a table."""
    rows = [
        {
            "system": s,
            "segment": g,
            "article": "a",
            "score": n,
            "source": "un",
            "target": f"one {s}",
            "reference": "one",
        }
        for n, (s, g) in enumerate([(s, g) for s in "ABC" for g in ("1", "2", "3", "4")])
    ]
    (folder / "human.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    lines = ["system\tsegment\tscore", *(f"{r['system']}\t{r['segment']}\t{r['score']}" for r in rows)]
    (folder / "metric.tsv").write_text("\n".join(lines), encoding="utf-8")
    sections: dict[str, Any] = {
        "task": "benchmark",
        "human": str(folder / "human.jsonl"),
        "metrics": [{"name": "scores", "path": str(folder / "metric.tsv")}],
        "significance": {"permutations": 0, "resamples": 0},
        "output": str(folder / "out" / "report.json"),
        **changes,
    }
    path = folder / "run.yaml"
    path.write_text(json.dumps(sections), encoding="utf-8")
    return path


def performed(path: Path) -> dict[str, Any]:
    """The report of a run file, as JSON."""
    run = load_meta(path)
    write_meta(run_meta(run), run.file.output, lambda text: None)
    loaded: dict[str, Any] = json.loads(run.file.output[0].read_text(encoding="utf-8"))
    return loaded


def test_a_run_file_makes_a_report(tmp_path: Path) -> None:
    """The metric is people's own score, so it agrees perfectly; inputs are named with their hashes."""
    report = performed(
        run_file(tmp_path, metrics=["chrf", {"name": "scores", "path": str(tmp_path / "metric.tsv")}])
    )
    values = report["statistics"]["acc_eq/item"]["metrics"]
    assert values["metric"]["value"] == 1
    assert set(values) == {"chrf", "metric", *FLOORS}
    assert set(report["inputs"]) == {str(tmp_path / "human.jsonl"), str(tmp_path / "metric.tsv")}
    assert all(len(digest) == 64 for digest in report["inputs"].values())
    assert report["signatures"]["chrf"].startswith("nrefs:1|")


def test_text_goes_to_standard_output_if_nothing_is_named(tmp_path: Path) -> None:
    """As with other commands; "-" is a name of it."""
    run = load_meta(run_file(tmp_path, output=["-"]))
    said: list[str] = []
    write_meta(run_meta(run), run.file.output, said.append)
    write_meta(run_meta(run), [], said.append)
    assert said[0] == said[1]
    assert said[0].startswith("human.jsonl: 12 ratings (score) of 3 systems, 4 segments of 1 articles\n")


def test_every_problem_of_a_run_file_is_named_at_once(tmp_path: Path) -> None:
    """With the nearest known name of each."""
    path = run_file(
        tmp_path,
        human={"name": "mqn", "path": "x"},
        metrics=["chrv", {"name": "scores", "pth": "x"}],
        statistics=["acc_eq", "spa"],
        significance={"permutation": 3},
        output="report.pdf",
        mising="refuse",
    )
    with pytest.raises(ConfigError) as caught:
        load_meta(path)
    message = str(caught.value)
    for part in (
        "no format of human judgements is called that. Did you mean 'mqm'?",
        "metrics[0] chrv: no metric is called that. Did you mean 'chrf'?",
        "unknown option 'pth'; did you mean 'path'?",
        "no statistic is called 'acc_eq'. Did you mean 'acc_eq/none'",
        "unknown option in 'significance': 'permutation'; did you mean 'permutations'?",
        "the ending of 'report.pdf' tells no format; known: .csv, .html, .json, .md, .txt",
        "unknown section 'mising'; did you mean 'missing'?",
    ):
        assert part in message, part


def test_human_judgements_of_no_known_ending_are_refused(tmp_path: Path) -> None:
    """The formats are named."""
    with pytest.raises(
        ConfigError, match=r"the ending of 'x.docx' tells no format; name one of da, esa, mqm"
    ):
        load_meta(run_file(tmp_path, human="x.docx"))


def test_without_scipy_the_way_to_get_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in an extra."""
    monkeypatch.setattr(meta_runfile, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"needs scipy; pip install 'mtqe\[benchmark\]'"):
        load_meta(run_file(tmp_path))


def gap(folder: Path, **changes: Any) -> Path:
    """A run whose metric gave one translation no score."""
    path = run_file(folder, **changes)
    table = folder / "metric.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("B\t2\t5", "B\t2\tNone"), encoding="utf-8")
    return path


def test_a_metric_with_gaps_is_null_or_all_are_judged_without_them(tmp_path: Path) -> None:
    """As the run file says; the report says what was left out."""
    refused = performed(gap(tmp_path))["statistics"]["acc_eq/item"]["metrics"]["metric"]
    assert refused["value"] is None
    assert refused["note"] == "the metric has no score for 1 of 12 judged values"
    report = performed(gap(tmp_path, missing="leave_out"))
    assert report["statistics"]["acc_eq/item"]["metrics"]["metric"]["value"] == 1
    assert report["notes"] == ["1 translations are left out: a metric has no score for them"]


def test_a_metric_without_any_score_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    """It is null and says why; nothing is left out for its sake."""
    none = tmp_path / "none.tsv"
    none.write_text("system\tsegment\tscore\nA\t1\tNone\n", encoding="utf-8")
    sources = [{"name": "scores", "path": str(tmp_path / name)} for name in ("metric.tsv", "none.tsv")]
    found = performed(run_file(tmp_path, metrics=sources, missing="leave_out"))["statistics"]["spa"][
        "metrics"
    ]
    assert found["metric"]["value"] is not None
    assert found["none"]["note"] == "the metric has no score for 12 values"


def change(text: str) -> Callable[[Path], None]:
    """What puts ``text`` in place of the metric's file."""
    return lambda folder: (folder / "metric.tsv").write_text(text, encoding="utf-8") and None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("system\tsegment\tvalue\nA\t1\t2\n", "metric.tsv:1: no column is called 'score'"),
        ("system\tsegment\tscore\nA\t1\tgood\n", "metric.tsv:2: the score is no number: 'good'"),
        ("system\tsegment\tscore\nA\t1\tinf\n", "metric.tsv:2: the score is infinite"),
        ("system\tsegment\tscore\nA\t1\t1\nA\t1\t2\n", "metric.tsv:3: A, segment 1 has a score already, at"),
        ("system\tsegment\tscore\nX\t1\t1\n", "no line is of a system and segment that people judged"),
        ("A 1\nA 2\nA 3\n", "metric.tsv: 3 scores of A, but people judged 4 segments"),
        ("1\n2\n", "metric.tsv:1: must be a system and a score"),
        ("", "no line is of a system and segment"),
    ],
)
def test_bad_scores_are_named(tmp_path: Path, text: str, problem: str) -> None:
    """File, line and way out."""
    path = run_file(tmp_path)
    change(text)(tmp_path)
    with pytest.raises(InputError) as caught:
        performed(path)
    assert problem in str(caught.value)


def test_scores_in_blocks_or_by_system_or_turned_round(tmp_path: Path) -> None:
    """A block of lines a system, more lines than were judged, a file a system, and lower is better."""
    path = run_file(
        tmp_path, metrics=[{"name": "scores", "path": str(tmp_path / "metric.tsv"), "label": "m"}]
    )
    blocks = [f"{system} {4 * n + line}" for n, system in enumerate("ABCX") for line in range(6)]
    change("\n".join(blocks))(tmp_path)
    assert performed(path)["statistics"]["acc_eq/item"]["metrics"]["m"]["value"] == 1
    for n, system in enumerate("ABC"):
        (tmp_path / f"{system}.txt").write_text(
            "\n".join(str(-4 * n - line) for line in range(4)), encoding="utf-8"
        )
    by_system = {
        "name": "scores",
        "path": str(tmp_path / "{system}.txt"),
        "label": "m",
        "higher_is_better": False,
    }
    report = performed(run_file(tmp_path, metrics=[by_system]))
    assert report["statistics"]["acc_eq/item"]["metrics"]["m"]["value"] == 1


def test_two_metrics_of_one_name_are_refused(tmp_path: Path) -> None:
    """One would hide the other."""
    scores = {"name": "scores", "path": str(tmp_path / "metric.tsv")}
    with pytest.raises(InputError, match="two metrics are called 'metric'; give one of them a 'label:'"):
        performed(run_file(tmp_path, metrics=[scores, scores]))


def test_a_metric_that_marks_places_is_scored_by_them(tmp_path: Path) -> None:
    """From a file of ratings; its places are compared with people's where people marked any."""
    rows = [
        {"system": s, "segment": "1", "mt": "ab cd", "errors": [{"start": 0, "end": 2, "severity": kind}]}
        for s, kind in (("A", "major"), ("B", "minor"))
    ]
    (tmp_path / "marks.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    marks = {"name": "marks", "path": str(tmp_path / "marks.jsonl"), "label": "tagger"}
    path = run_file(tmp_path, metrics=[marks], human=str(tmp_path / "marks.jsonl"))
    report = performed(path)
    assert report["spans"]["tagger"]["by character"]["f1"] == 1
    assert report["statistics"]["system_accuracy"]["metrics"]["tagger"]["value"] == 1


def test_mtqe_itself_is_a_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its scores by name, with its signature, and its issues as places; the example's files are there."""
    monkeypatch.chdir(CONFIG.parents[1])
    own = {"name": "mtqe", "detect": ["untranslated"]}
    changes = {"metrics": [own, "chrf"], "significance": {"permutations": 0, "resamples": 0}}
    report = record_of(run_meta(load_meta(CONFIG, changes)))
    assert {"quality", "fluency", "adequacy", "chrf"} <= set(report["statistics"]["spa"]["metrics"])
    assert report["signatures"]["quality"].startswith("mtqe:")
    assert report["spans"]["mtqe issues"]["by character"]["precision"] > 0.5


def test_metrics_against_references_need_some(tmp_path: Path) -> None:
    """The set and the metric are named."""
    path = run_file(tmp_path, metrics=["bleu"])
    human = tmp_path / "human.jsonl"
    human.write_text(
        human.read_text(encoding="utf-8").replace('"reference": "one"', '"x": 1'), encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"human.jsonl: bleu needs references, and this set has none"):
        performed(path)

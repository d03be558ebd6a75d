"""Benchmarks of systems: what the report says, in every format, of good input and of bad."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from mtqe.bench.run import Outcome, perform, run
from mtqe.bench.runfile import Benchmark, load_benchmark
from mtqe.bench.writers.base import bench_writers
from mtqe.data import Article, Score
from mtqe.errors import ConfigError, ContractError, InputError
from mtqe.evaluate import Evaluator
from mtqe.readers import read
from tests.bench.texts import sentences, worse

REFERENCE = sentences(40, 1)
SYSTEMS = {
    "best": worse(REFERENCE, 2, 0.1),
    "middling": worse(REFERENCE, 3, 0.2),
    "worst": worse(REFERENCE, 4, 0.5),
}
QUIET = "score: []\ndetect: []\n"


def write(path: Path, texts: Sequence[str]) -> Path:
    """A file with a text a line."""
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def loaded(folder: Path, more: str = QUIET, systems: dict[str, list[str]] | None = None) -> Benchmark:
    """A benchmark of made-up systems, with more sections."""
    named = {
        name: str(write(folder / f"system{n}.txt", texts))
        for n, (name, texts) in enumerate((systems or SYSTEMS).items())
    }
    path = folder / "run.yaml"
    write(folder / "docs.txt", [f"d{n // 8}" for n in range(40)])
    start = {"task": "benchmark", "reference": str(write(folder / "ref.txt", REFERENCE)), "systems": named}
    path.write_text(json.dumps(start)[:-1] + "}" if not more else _yaml(start) + more, encoding="utf-8")
    return load_benchmark(path)


def _yaml(sections: dict[str, Any]) -> str:
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in sections.items())


def record_of(folder: Path, more: str = QUIET, systems: dict[str, list[str]] | None = None) -> Any:
    """The record of such a benchmark."""
    return run(loaded(folder, more, systems)).report.record


def test_systems_are_ranked_with_intervals_and_clusters(tmp_path: Path) -> None:
    """The best first; TER is lower for better systems; every number has its interval around it."""
    record = record_of(tmp_path)
    assert [system["name"] for system in record["systems"]] == ["best", "middling", "worst"]
    assert [system["rank"] for system in record["systems"]] == [1, 2, 3]
    for column in ("bleu", "chrf", "ter"):
        cells = [system["scores"][column] for system in record["systems"]]
        assert all(cell["low"] <= cell["value"] <= cell["high"] for cell in cells)
        assert [cell["cluster"] for cell in cells] == [1, 2, 3]
    assert record["systems"][0]["scores"]["ter"]["value"] < record["systems"][2]["scores"]["ter"]["value"]
    assert len(record["pairs"]["bleu"]) == 3
    assert all(pair["significant"] and pair["human_agreement"] > 50 for pair in record["pairs"]["bleu"])
    assert record["pairs"]["ter"][0]["human_agreement"] is None


def test_documents_can_be_resampled_in_place_of_segments(tmp_path: Path) -> None:
    """Scores are the same, intervals are not, and few documents are said to be few."""
    files = f"documents: {tmp_path}/docs.txt\n"
    by_segment = record_of(tmp_path, QUIET + files)
    by_document = record_of(tmp_path, f"{QUIET}{files}significance: {{unit: document}}\n")
    values = [[s["scores"]["chrf"]["value"] for s in r["systems"]] for r in (by_segment, by_document)]
    assert values[0] == values[1]
    assert by_segment["systems"][0]["scores"]["chrf"] != by_document["systems"][0]["scores"]["chrf"]
    assert "only 5 documents: intervals and tests say little" in by_document["notes"]
    assert [group["name"] for group in by_document["by_document"]] == ["d0", "d1", "d2", "d3", "d4"]


def test_without_documents_there_is_nothing_to_resample_by(tmp_path: Path) -> None:
    """The way out is said."""
    with pytest.raises(ConfigError, match="the test set has no documents; give 'documents:'"):
        record_of(tmp_path, f"{QUIET}significance: {{unit: document}}\n")


def test_one_system_alone_gets_scores_and_no_tests(tmp_path: Path) -> None:
    """With a note; it leads nobody."""
    record = record_of(tmp_path, QUIET, {"only": SYSTEMS["best"]})
    assert record["pairs"]["bleu"] == []
    assert "one system alone: nothing to compare it with" in record["notes"]
    assert bench_writers.get("html")().write(run(loaded(tmp_path, QUIET, {"only": SYSTEMS["best"]})).report)


def test_identical_systems_are_in_one_cluster(tmp_path: Path) -> None:
    """Their p-value is 1, and a note says that they are the same; so for a copy of the reference."""
    systems = {"a": SYSTEMS["best"], "b": SYSTEMS["best"], "copy": REFERENCE}
    record = record_of(tmp_path, QUIET, systems)
    pair = next(p for p in record["pairs"]["bleu"] if {p["first"], p["second"]} == {"a", "b"})
    assert (pair["difference"], pair["p"], pair["significant"]) == (0.0, 1.0, False)
    clusters = {s["name"]: s["scores"]["bleu"]["cluster"] for s in record["systems"]}
    assert clusters == {"copy": 1, "a": 2, "b": 2}
    assert "systems a and b are identical" in record["notes"]
    assert "system copy is a reference: its scores against it say nothing" in record["notes"]


def test_one_segment_can_be_scored_and_not_tested(tmp_path: Path) -> None:
    """A resample of one is always the same."""
    write(tmp_path / "one.txt", REFERENCE[:1])
    benchmark = loaded(tmp_path, QUIET, {name: texts[:1] for name, texts in SYSTEMS.items()})
    file = benchmark.file.model_copy(update={"reference": [tmp_path / "one.txt"]})
    record = run(replace(benchmark, file=file)).report.record
    assert record["pairs"]["bleu"] == []
    assert "nothing is tested: there is one segment alone" in record["notes"]
    assert record["systems"][0]["scores"]["bleu"]["low"] is None


def test_too_few_resamples_for_so_many_pairs_are_said(tmp_path: Path) -> None:
    """After a correction no p-value could count; by default there are enough."""
    few = record_of(tmp_path, f"{QUIET}significance: {{resamples: 30}}\n")
    assert any("30 resamples are too few for any pair to be significant; use 60" in n for n in few["notes"])
    assert not any("too few" in note for note in record_of(tmp_path)["notes"])


def test_nothing_to_score_by_is_a_mistake_of_the_run_file(tmp_path: Path) -> None:
    """Neither references nor scorers."""
    benchmark = loaded(tmp_path)
    file = benchmark.file.model_copy(update={"reference": []})
    with pytest.raises(ConfigError, match="nothing to score by; give 'reference:'"):
        run(replace(benchmark, file=file))
    with pytest.raises(ConfigError, match="rank_by: no score is called 'comet'; this run has bleu"):
        record_of(tmp_path, f"{QUIET}rank_by: comet\n")
    with pytest.raises(ConfigError, match="bleu is there twice"):
        record_of(tmp_path, f"{QUIET}metrics: [bleu, bleu]\n")


@dataclass(frozen=True)
class _Constant:
    """A scorer that gives every segment the same."""

    name: ClassVar[str] = "constant"
    gives: ClassVar[str] = "constant"
    default: ClassVar[bool] = False
    value: float | None = None

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        return [[Score(self.value) for _ in article.segments] for article in articles]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        return Score(self.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_refused(value: float, tmp_path: Path) -> None:
    """It would spoil every mean that it is in."""
    benchmark = replace(loaded(tmp_path), evaluator=Evaluator((_Constant(value),), ()))
    with pytest.raises(ContractError, match="a score is a number or null"):
        run(benchmark)


def test_a_score_that_no_segment_has_is_left_out(tmp_path: Path) -> None:
    """With a note in its place; one that all have is a column."""
    none = run(replace(loaded(tmp_path), evaluator=Evaluator((_Constant(None),), ()))).report.record
    assert "constant is left out: no segment could be judged" in none["notes"]
    some = run(replace(loaded(tmp_path), evaluator=Evaluator((_Constant(3.0),), ()))).report.record
    cells = [system["scores"]["constant"] for system in some["systems"]]
    assert [cell["value"] for cell in cells] == [3.0, 3.0, 3.0]
    assert {pair["p"] for pair in some["pairs"]["constant"]} == {1.0}


def test_own_scores_are_those_of_article_reports(tmp_path: Path) -> None:
    """A system's are those of an article of all its segments; issues are counted by 1,000 words."""
    write(tmp_path / "one.txt", ["d"] * 40)
    more = f"documents: {tmp_path}/one.txt\ntarget_lang: en\nscore: [fluency_ngram]\ndetect: [repetition]\n"
    benchmark = loaded(tmp_path, more)
    record = run(benchmark).report.record
    rows = [{"article": "d", "target": text, "target_lang": "en"} for text in SYSTEMS["worst"]]
    write(tmp_path / "rows.jsonl", list(map(json.dumps, rows)))
    (report,) = benchmark.evaluator.evaluate(read(tmp_path / "rows.jsonl"))
    system = next(s for s in record["systems"] if s["name"] == "worst")
    for name in ("fluency", "quality"):
        assert system["scores"][name]["value"] == pytest.approx(report.scores[name].value)
    sure = [issue for issue in report.issues if issue.confidence >= 0.5]
    assert sum(system["issues"].values()) == pytest.approx(1000 * len(sure) / system["words"])


def test_segments_that_differ_most_are_side_by_side(tmp_path: Path) -> None:
    """Of every pair of systems, the widest first, with the texts of both."""
    found = record_of(tmp_path)["differences"]
    assert found["column"] == "chrf"
    segments = {segment["number"]: segment for segment in found["segments"]}
    for pair in found["pairs"]:
        scores = [
            [segments[n]["systems"][pair[side]]["score"] for side in ("first", "second")]
            for n in pair["segments"]
        ]
        gaps = [abs(a - b) for a, b in scores]
        assert gaps == sorted(gaps, reverse=True)
        number = pair["segments"][0]
        assert segments[number]["systems"][pair["first"]]["target"] == SYSTEMS[pair["first"]][number - 1]
        assert segments[number]["reference"] == REFERENCE[number - 1]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """In every format, however often; the manifest has the hashes of the files."""
    outcomes = [run(loaded(tmp_path)) for _ in range(2)]
    for writer in bench_writers:
        first, second = (writer().write(outcome.report) for outcome in outcomes)
        assert first == second
    manifest = outcomes[0].report.record["manifest"]
    assert len(manifest["inputs"]) == 4
    assert all(len(digest) == 64 for digest in manifest["inputs"].values())
    assert manifest["versions"]["sacrebleu"]


def test_json_has_no_nan_and_reads_back(tmp_path: Path) -> None:
    """What a later run is compared with is what was worked out."""
    outcome = run(loaded(tmp_path))
    text = bench_writers.get("json")().write(outcome.report)
    assert json.loads(text) == json.loads(json.dumps(outcome.report.record, allow_nan=False))


def compared(folder: Path, better: float, gate: str) -> Outcome:
    """A run whose first system is as it was, beside an earlier one with other scores."""
    before = json.loads(json.dumps(dict(run(loaded(folder)).report.record)))
    for system in before["systems"]:
        system["scores"]["chrf"]["value"] += better
    (folder / "before.json").write_text(json.dumps(before), encoding="utf-8")
    return run(loaded(folder, f"{QUIET}against: {folder}/before.json\n{gate}"), before)


def test_an_earlier_run_is_a_gate(tmp_path: Path) -> None:
    """A score that fell by more than the limit is named; one that rose or fell less is not."""
    failed = compared(tmp_path, 0.7, "fail_if_worse: 0.5\n").failed
    assert len(failed) == 3
    assert failed[0].startswith("best: chrf was ")
    assert compared(tmp_path, 0.4, "fail_if_worse: 0.5\n").failed == []
    assert compared(tmp_path, -5.0, "fail_if_worse: 0.5\n").failed == []
    assert compared(tmp_path, 0.7, "fail_if_worse: {bleu: 0.5}\n").failed == []
    with pytest.raises(ConfigError, match="fail_if_worse: no score is called 'comet'"):
        compared(tmp_path, 0.7, "fail_if_worse: {comet: 0.5}\n")


def test_a_system_that_is_gone_fails_the_gate(tmp_path: Path) -> None:
    """And a new one is said to be new."""
    before = run(loaded(tmp_path)).report.record
    (tmp_path / "before.json").write_text("{}")
    more = f"{QUIET}against: {tmp_path}/before.json\nfail_if_worse: 1\n"
    systems = {"best": SYSTEMS["best"], "new": SYSTEMS["worst"]}
    outcome = run(loaded(tmp_path, more, systems), before)
    assert [line for line in outcome.failed if "is not in this one" in line] == [
        "system 'middling' of the earlier run is not in this one",
        "system 'worst' of the earlier run is not in this one",
    ]
    assert outcome.report.record["against"]["new"] == ["new"]


def test_what_is_no_earlier_report_is_refused(tmp_path: Path) -> None:
    """Not there, not JSON, of another task."""
    for content, says in (
        ("", "is not JSON"),
        ("[]", "is no JSON report"),
        ('{"task": "report"}', "is no JSON"),
        ('{"task": "benchmark", "systems": []}', "is no JSON report of a benchmark of systems"),
    ):
        (tmp_path / "before.json").write_text(content)
        with pytest.raises(InputError, match=says):
            perform(loaded(tmp_path, f"{QUIET}against: {tmp_path}/before.json\n"), print)


HOSTILE = '<script>alert("x")</script> | `code` & \x1b[31m _under_ \\end{tabular} =1+1'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A benchmark of a system by somebody who wants to break pages, tables and terminals."""
    texts = [HOSTILE if n % 3 == 0 else text for n, text in enumerate(SYSTEMS["worst"])]
    systems = {f"={HOSTILE}": texts, "best": SYSTEMS["best"]}
    return run(loaded(tmp_path_factory.mktemp("hostile"), QUIET, systems))


def test_no_format_can_be_broken_by_a_name_or_a_text(hostile: Outcome) -> None:
    """Markup is escaped, control characters are gone, a cell is no formula."""
    written = {writer.name: writer().write(hostile.report) for writer in bench_writers}
    assert "<script>alert" not in written["html"]
    assert "&lt;script&gt;alert" in written["html"]
    for name in ("text", "markdown", "latex"):
        assert "\x1b" not in written[name]
    assert "\\<script\\>" in written["markdown"]
    assert r"\textbackslash{}end\{tabular\}" in written["latex"]
    assert "\n1,=" not in written["csv"].replace('"', "")


def test_the_page_asks_for_nothing_and_runs_only_its_own_script(hostile: Outcome) -> None:
    """No address of any kind, and a policy that names the script by its hash."""
    page = bench_writers.get("html")().write(hostile.report)
    assert "default-src &#39;none&#39;" in page
    assert "http://" not in page
    assert "https://" not in page
    assert page.count("<script>") == 1


def test_formats_agree_on_the_leaderboard(tmp_path: Path) -> None:
    """Each has every system and every score."""
    report = run(loaded(tmp_path)).report
    best = f"{report.record['systems'][0]['scores']['bleu']['value']:.1f}"
    for writer in bench_writers:
        text = writer().write(report)
        assert all(name in text for name in SYSTEMS), writer.name
        assert best in text or writer.name in ("json", "csv")
    assert np.isfinite(float(best))


def test_a_result_is_made_again_from_its_manifest(tmp_path: Path) -> None:
    """The options that it holds are a run file, and give the same bytes."""
    more = f"{QUIET}documents: {tmp_path}/docs.txt\nmetrics: [chrf, {{name: bleu, tokenize: char}}]\n"
    first = run(loaded(tmp_path, f"{more}significance: {{resamples: 300, seed: 7}}\n"))
    options = first.report.record["manifest"]["options"]
    path = tmp_path / "again.yaml"
    path.write_text(json.dumps({"task": "benchmark", **options}), encoding="utf-8")
    again = run(load_benchmark(path))
    writer = bench_writers.get("json")()
    assert writer.write(again.report) == writer.write(first.report)

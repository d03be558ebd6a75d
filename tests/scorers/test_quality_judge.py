"""A language model's opinion as a score, and its errors as issues: asked once for both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from mtqe.cli import cli
from mtqe.data import Article, Example, Segment
from mtqe.detectors.judge_errors import JudgeErrors
from mtqe.evaluate import Evaluator
from mtqe.explain import explain
from mtqe.models import judge_http
from mtqe.scale import penalty_to_score
from mtqe.scorers.quality_judge import QualityJudge
from tests.models.judge_server import Server, serve, text_of

ROWS = (
    ("Der Rat hat am Montag zugestimmt.", "The council have agreed on Monday."),
    ("Die Bürger und der Bürgermeister freuen sich.", "The citizens are happy."),
    ("Es ist schlecht.", "It is good."),
    (None, "Nobody knows."),
)
ERRORS = {
    ROWS[0][1]: [{"span": "have", "category": "fluency/grammar", "severity": "minor", "reason": "number"}],
    ROWS[1][1]: [{"span": "", "category": "accuracy/omission", "severity": "major", "reason": "the mayor"}],
    ROWS[2][1]: [
        {"span": "good", "category": "accuracy/mistranslation", "severity": "critical", "reason": ""},
        {"span": "excellent", "category": "other", "severity": "minor", "reason": "is not there"},
    ],
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A judge that knows the errors above."""
    monkeypatch.setattr(judge_http, "_FIRST_WAIT", 0.001)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve() as found:
        found.replies = [lambda body: json.dumps({"errors": ERRORS[text_of(body)]})]
        yield found


def article() -> Article:
    """The rows as an article."""
    target = "\n".join(row[1] for row in ROWS)
    source = "\n".join(row[0] or "" for row in ROWS)
    segments = [
        Segment(i, i, place(target, text), text, source=other, source_span=place(source, other))
        for i, (other, text) in enumerate(ROWS)
    ]
    return Article("a", target, source=source, target_lang="en", source_lang="de", segments=tuple(segments))


def place(text: str, part: str | None) -> tuple[int, int]:
    """Where a part of a text stands."""
    start = text.index(part or "")
    return start, start + len(part or "")


def test_errors_make_a_score_by_their_points_per_hundred_words(server: Server) -> None:
    """On the scale that every score of mtqe is on; what is not given is not judged."""
    scores = QualityJudge(model="m", url=server.url).score([article()])[0]
    assert scores[0].value == pytest.approx(penalty_to_score(100 * 1 / 6))
    assert scores[1].value == pytest.approx(penalty_to_score(100 * 5 / 4))
    assert (scores[2].stats["critical"], scores[2].stats["minor"]) == (1.0, 1.0)
    assert (scores[3].value, scores[3].note) == (None, "no counterpart in the source")


def test_the_article_has_the_points_of_all_its_words(server: Server) -> None:
    """Each word counts the same, 2.5 points at most as everywhere; what was not judged is said."""
    scorer = QualityJudge(model="m", url=server.url)
    pooled = scorer.pool(article(), scorer.score([article()])[0])
    assert pooled.components["penalty_per_100_words"].value == pytest.approx(
        100 * (1 + 5 + 3 * 2.5) / (6 + 4 + 3)
    )
    assert pooled.note == "1 segments not scored"


def test_a_score_that_was_asked_for_is_the_judges_own(server: Server) -> None:
    """ESA: the mean over the words, whatever the errors."""
    server.replies = [
        json.dumps({"errors": []}),
        '{"score": 40}',
        json.dumps({"errors": []}),
        '{"score": 90}',
    ]
    scorer = QualityJudge(model="m", url=server.url, prompt="esa", concurrency=1)
    first = article().segments[:2]
    scores = scorer.score([Article("a", "", source="s", segments=first)])[0]
    assert [score.value for score in scores] == [40.0, 90.0]
    assert scorer.pool(Article("a", "", segments=first), scores).value == pytest.approx((240 + 360) / 10)


def test_errors_are_issues_where_their_words_stand(server: Server) -> None:
    """An omission is an empty mark; words that are not there are left alone; nothing is asked twice."""
    options = {"model": "m", "url": server.url}
    evaluator = Evaluator(scorers=(QualityJudge(**options),), detectors=(JudgeErrors(**options),))  # type: ignore[arg-type]
    report = next(evaluator.evaluate([article()]))
    found = [(issue.segment, issue.text, issue.severity, issue.message) for issue in report.issues]
    assert found == [
        (0, "have", "minor", "fluency/grammar: number"),
        (1, "", "major", "accuracy/omission: the mayor"),
        (2, "good", "critical", "accuracy/mistranslation"),
    ]
    assert report.issues[1].source_span == article().segments[1].source_span
    assert len(server.asked) == 3
    assert report.scores["judge"].value is not None
    assert f"quality_judge#1(model=m,url={server.url})" in report.signature


def test_a_segment_that_was_not_judged_is_null_and_without_issues(server: Server) -> None:
    """The reason is its note."""
    server.replies = [(500, {})]
    options = {"model": "m", "url": server.url, "retries": 0}
    evaluator = Evaluator(scorers=(QualityJudge(**options),), detectors=(JudgeErrors(**options),))  # type: ignore[arg-type]
    report = next(evaluator.evaluate([article()]))
    assert report.issues == ()
    assert report.segments[0].scores["judge"].note == "not judged: HTTP 500 (1 tries)"
    assert report.scores["judge"].value is None
    assert "not looked for in de-en: judge_errors" in report.notes


def test_excluded_segments_are_not_sent(server: Server) -> None:
    """They cost nothing."""
    first = replace(article().segments[0], excluded="boilerplate: a link")
    score = QualityJudge(model="m", url=server.url).score([replace(article(), segments=(first,))])[0][0]
    assert (score.value, score.note) == (None, "boilerplate: a link")
    assert server.asked == []


def test_a_run_file_names_the_judge(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the command line; the key of the environment is sent, and shown nowhere."""
    monkeypatch.setenv("MY_KEY", "sk-secret")
    monkeypatch.chdir(tmp_path)
    rows = [{"article": "a", "source": s, "target": t} for s, t in ROWS if s]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "rows.jsonl").write_text(lines, encoding="utf-8")
    judge = {"model": "m", "url": server.url, "key_variable": "MY_KEY", "max_requests": 2, "concurrency": 1}
    run = {
        "input": {"paths": ["rows.jsonl"], "source_lang": "de", "target_lang": "en"},
        "score": [{"name": "quality_judge", **judge}],
        "detect": [{"name": "judge_errors", **judge}],
        "output": {"path": "report.jsonl", "format": "jsonl"},
    }
    (tmp_path / "run.yaml").write_text(json.dumps(run), encoding="utf-8")
    assert CliRunner().invoke(cli, ["run", "run.yaml"], catch_exceptions=False).exit_code == 0
    text = (tmp_path / "report.jsonl").read_text(encoding="utf-8")
    report = json.loads(text)
    assert [s["scores"]["judge"]["value"] is None for s in report["segments"]] == [False, False, True]
    assert "the budget of 2 requests is spent" in report["segments"][2]["scores"]["judge"]["note"]
    assert server.keys == ["Bearer sk-secret"] * 2
    assert "sk-secret" not in text


def test_an_option_that_is_no_option_is_named(tmp_path: Path) -> None:
    """As for every other scorer."""
    run = {"input": {"paths": ["x"]}, "score": [{"name": "quality_judge", "modle": "m", "url": "u"}]}
    (tmp_path / "run.yaml").write_text(json.dumps(run), encoding="utf-8")
    message = str(CliRunner().invoke(cli, ["run", str(tmp_path / "run.yaml")]).exception)
    assert "score[0] quality_judge: unknown option 'modle'; did you mean 'model'?" in message
    assert "needs the option 'model'" in message


def test_the_options_are_explained_with_their_choices() -> None:
    """What must be given, what can be chosen, and what the shared options do."""
    shown = explain("quality_judge")
    assert "  url: str (to be given)\n" in shown
    assert "  prompt: mqm | esa = mqm\n" in shown
    assert "  cache: Path | None = None\n" in shown
    assert "``url`` the server's address" in shown


def test_the_detector_keeps_the_promises_of_detectors() -> None:
    """Those that need no server: a frozen dataclass with a docstring, named as its file."""
    assert JudgeErrors.__module__.endswith(JudgeErrors.name)
    assert JudgeErrors.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert not JudgeErrors.default
    assert all(isinstance(example, Example) for example in JudgeErrors.examples)

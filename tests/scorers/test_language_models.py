"""Fluency by language models that the user names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from mtqe.cli import cli
from mtqe.data import Article, Score
from mtqe.evaluate import Evaluator
from mtqe.models import hub_files
from mtqe.prepare import prepare
from mtqe.scorers.base import Scorer, scorers
from tests.models import tiny

NAMES = ("fluency_causal_lm", "fluency_masked_lm")
TEXT = "The council met on Monday. It voted for a new bridge over the river.\n\n… — !!!\n\nNobody spoke."


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny model for each scorer."""
    makers = dict(zip(NAMES, (tiny.causal, tiny.masked), strict=True))
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in makers.items()}


@pytest.fixture(params=NAMES)
def scorer(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Scorer:
    """Each scorer with its tiny model."""
    return scorers.get(request.param)(model=str(folders[request.param]))  # type: ignore[call-arg]


def article(text: str = TEXT) -> Article:
    """An article that is ready to be scored."""
    return prepare(Article("a", text, target_lang="en"))


def by_words(scores: list[Score]) -> float:
    """The mean of scores over all their words."""
    judged = [score for score in scores if score.value is not None]
    return sum(s.value * s.stats["words"] for s in judged) / sum(s.stats["words"] for s in judged)


def test_every_segment_has_a_score_or_a_reason(scorer: Scorer) -> None:
    """A log-probability is negative; how many tokens and windows it took stands beside it."""
    scores = scorer.score([article()])[0]
    assert [score.value is None for score in scores] == [False, False, True, False]
    assert scores[2].note == "no words in it"
    for score in (scores[0], scores[1], scores[3]):
        assert score.value is not None
        assert score.value < 0
        assert score.range == (None, 0.0)
        assert score.stats["tokens"] > 0
        assert score.stats["windows"] == 1


def test_the_article_is_the_mean_over_its_words(scorer: Scorer) -> None:
    """And says how many segments were left out."""
    scores = scorer.score([article()])[0]
    pooled = scorer.pool(article(), scores)
    assert pooled.value == pytest.approx(by_words(scores))
    assert (pooled.stats["segments"], pooled.stats["skipped"]) == (3, 1)
    assert pooled.note == "1 segments not scored"
    assert scorer.pool(article(), [Score(None, "why")] * 4).note == "why"


def test_excluded_and_other_articles_never_show(scorer: Scorer) -> None:
    """Each article has the scores that it has alone."""
    first = article()
    excluded = replace(first.segments[0], excluded="boilerplate: a link")
    first = replace(first, segments=(excluded, *first.segments[1:]))
    together = scorer.score([first, article("Nobody spoke."), article("")])
    assert together[0][0] == Score(None, "boilerplate: a link")
    assert together[1][0].value == pytest.approx(scorer.score([article("Nobody spoke.")])[0][0].value)
    assert together[2] == []


def test_scores_are_kept_where_a_file_is_named(
    scorer: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run does not compute them again, and gives the very same numbers."""
    kept = replace(scorer, cache=tmp_path / "scores.sqlite3")  # type: ignore[type-var]
    first = kept.score([article()])
    monkeypatch.setattr(type(kept), "_judged", lambda *_: pytest.fail("computed again"))
    assert kept.score([article()]) == first


def test_a_report_has_the_score_beside_the_others(scorer: Scorer) -> None:
    """The signature names the weights; quality is made without it."""
    report = next(Evaluator(scorers=(scorer,)).evaluate([Article("a", TEXT, target_lang="en")]))
    assert report.scores[scorer.gives].value is not None
    assert report.scores["quality"].value is None
    digest = hub_files.digest(Path(scorer.model))  # type: ignore[attr-defined]
    assert f"{scorer.name}#{digest}" in report.signature
    assert not [note for note in report.notes if "licence" in note]


def test_a_run_file_names_the_model_and_a_licence_is_shown(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the command line; what the model's card forbids is in report and signature."""
    import shutil

    monkeypatch.chdir(tmp_path)
    shutil.copytree(folders["fluency_causal_lm"], tmp_path / "model")
    (tmp_path / "model" / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n", encoding="utf-8")
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    run = {
        "input": {"paths": ["article.txt"], "target_lang": "en"},
        "score": ["fluency_ngram", {"name": "fluency_causal_lm", "model": "model", "window": 16}],
        "output": {"path": "report.json", "format": "json"},
    }
    (tmp_path / "run.yaml").write_text(json.dumps(run), encoding="utf-8")
    assert CliRunner().invoke(cli, ["run", "run.yaml"], catch_exceptions=False).exit_code == 0
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["scores"]["causal_lm"]["value"] < 0
    assert "model: licence cc-by-nc-4.0, not for commercial use" in report["notes"]
    assert "/cc-by-nc-4.0/non-commercial(model=model,window=16)" in report["signature"]

"""Fluency with a language model that the user names, heard beside the models of the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator
from mtqe.models import named_causal_lm
from mtqe.models.causal_lm import load_causal_lm
from mtqe.prepare import prepare
from mtqe.scorers.fluency_language_model import FluencyLanguageModel
from mtqe.scorers.fluency_ngram import FluencyNgram
from tests.models import tiny

SENTENCES = (
    "The council met on Monday and voted for a new bridge.",
    "Nobody in the old town spoke against it.",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny GPT-2."""
    return tiny.causal(tmp_path_factory.mktemp("language-model"))


def article(*sentences: str, language: str = "en") -> Article:
    """An article that is ready to be scored."""
    return prepare(Article("a", " ".join(sentences), target_lang=language))


def test_the_language_model_is_heard(folder: Path) -> None:
    """By what it makes of a character; the other measurements are those of ``fluency_ngram``."""
    [found] = FluencyLanguageModel(str(folder)).score([article(*SENTENCES)])
    [plain] = FluencyNgram().score([article(*SENTENCES)])
    totals = [one.total for one in load_causal_lm(str(folder)).judge(SENTENCES)]
    for sentence, total, score, other in zip(SENTENCES, totals, found, plain, strict=True):
        nats = score.components["nats_per_character"].value
        assert nats == pytest.approx(-total / (len(sentence) + 5))
        assert score.components["surprisal"].value == other.components["surprisal"].value
        assert score.value != other.value
        assert 0 <= (score.value or -1) <= 100


def test_what_the_language_model_finds_improbable_scores_lower(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All else being equal, however little."""
    scores = []
    for nats in (0.5, 0.8, 1.2, 2.0):

        def totals(self: Any, texts: list[str], each: float = nats) -> list[float]:
            return [-each * (len(text) + 5) for text in texts]

        monkeypatch.setattr(FluencyLanguageModel, "_totals", totals)
        [found] = FluencyLanguageModel(str(folder)).score([article(*SENTENCES)])
        scores.append(found[0].value or 0.0)
    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[-1] > 5


def test_quality_is_made_of_it(folder: Path) -> None:
    """It takes the place of the scorer of that score, and can't stand beside it."""
    [report] = Evaluator((FluencyLanguageModel(str(folder)),), ()).evaluate(
        [Article("a", " ".join(SENTENCES))]
    )
    assert report.scores["quality"].value == pytest.approx(report.scores["fluency"].value)
    with pytest.raises(ConfigError, match="two scorers of one run give 'fluency'"):
        Evaluator((FluencyLanguageModel(str(folder)), FluencyNgram()), ())


def test_other_languages_have_no_score(folder: Path) -> None:
    """What the numbers mean was measured in English."""
    german = article("Der Rat trat am Montag zusammen.", language="de")
    [[found]] = FluencyLanguageModel(str(folder)).score([german])
    assert found.value is None
    assert found.note == (
        "no meaning of a language model's numbers (fluency_ngram may have a model) for 'de'"
    )


def test_kept_log_probabilities_need_no_model(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run only looks them up."""
    scorer = FluencyLanguageModel(str(folder), cache=tmp_path / "scores.sqlite3")
    first = scorer.score([article(*SENTENCES)])
    monkeypatch.setattr(named_causal_lm, "load_causal_lm", lambda *_, **__: pytest.fail("loaded"))
    assert scorer.score([article(*SENTENCES)]) == first


def test_a_signature_says_which_language_model(folder: Path, tmp_path: Path) -> None:
    """And which weights it is heard with."""
    other = tiny.causal(tmp_path / "other")
    (other / "generation_config.json").write_text('{"a": 1}', encoding="utf-8")
    revisions = {FluencyLanguageModel(str(path)).revision for path in (folder, other)}
    assert len(revisions) == 2
    assert len({revision.split("-", 1)[1] for revision in revisions}) == 1

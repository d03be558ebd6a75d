"""COMET as a scorer and as a detector: what users get of it, with tiny models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article
from mtqe.detectors.error_spans_comet import ErrorSpansComet
from mtqe.errors import ConfigError, ModelError
from mtqe.evaluate import Evaluator
from mtqe.models import comet
from mtqe.prepare import prepare
from mtqe.runfiles import options_of
from mtqe.scorers.quality_comet import QualityComet
from tests.models.comet_folders import build_folder

TARGET = "The mayor opened the bridge. It rained all day, and nobody came. Nobody knew why."
SOURCE = (
    "Der Bürgermeister eröffnete die Brücke. Es regnete den ganzen Tag, und niemand kam. "
    "Niemand wusste warum."
)
REFERENCE = "The bridge was opened by the mayor. It rained all day long and nobody came. No one knew."
ARTICLE = Article("a", TARGET, source=SOURCE, reference=REFERENCE, target_lang="en", source_lang="de")

Folder = Callable[[str], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Folders of small models, each built once."""
    built: dict[str, str] = {}

    def get(case: str) -> str:
        if case not in built:
            built[case] = str(build_folder(tmp_path_factory.mktemp("comet") / case, case))
        return built[case]

    return get


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    comet.load_comet.cache_clear()


def test_every_segment_has_the_models_number(folder: Folder) -> None:
    """With range, direction, parts, tokens and windows; an article has the mean over its words."""
    article = prepare(ARTICLE)
    scorer = QualityComet(folder("xcomet"))
    scores = scorer.score([article])[0]
    assert len(scores) == 3
    rows = [comet.Row(s.target, s.source, s.reference) for s in article.segments]
    expected = [one.score for one in comet.load_comet(folder("xcomet")).judge(rows)]
    assert [score.value for score in scores] == pytest.approx(expected, abs=1e-5)
    assert set(scores[0].components) == {"by_source", "by_reference", "by_both", "by_spans"}
    assert scores[0].stats["windows"] == 1
    assert scores[0].higher_is_better
    words = [len(s.target.split()) for s in article.segments]
    mean = sum(w * e for w, e in zip(words, expected, strict=True)) / sum(words)
    assert scorer.pool(article, scores).value == pytest.approx(mean, abs=1e-5)


def test_a_long_segment_is_read_whole_and_says_in_how_many_windows(folder: Folder) -> None:
    """The end of a sentence that is longer than the model reads changes its score."""
    long = "the mayor opened the bridge and it rained " * 30
    plain, changed = (
        prepare(Article("long", long + end, source=long, target_lang="en", source_lang="en"))
        for end in ("today", "nobody knew why")
    )
    first, second = QualityComet(folder("kiwi")).score([plain, changed])
    assert first[0].stats["windows"] > 1
    assert first[0].value != pytest.approx(second[0].value, abs=1e-6)


def test_what_the_model_lacks_is_said(folder: Folder) -> None:
    """Null with the reason, never 0."""
    alone = prepare(Article("alone", TARGET, target_lang="en"))
    with_source = prepare(replace(ARTICLE, reference=None))
    assert QualityComet(folder("regression")).score([with_source])[0][0].note == (
        "this model needs a source and a reference"
    )
    scores = QualityComet(folder("kiwi")).score([alone])[0]
    assert [(score.value, score.note) for score in scores] == [(None, "this model needs a source")] * 3
    pooled = QualityComet(folder("kiwi")).pool(alone, scores)
    assert (pooled.value, pooled.note) == (None, "this model needs a source")


def test_a_segment_without_counterpart_is_told_from_an_article_without_source(folder: Folder) -> None:
    """One sentence was added in translation: it alone has no score."""
    article = prepare(ARTICLE)
    added = replace(article.segments[1], source=None, source_span=None)
    article = replace(article, segments=(article.segments[0], added, article.segments[2]))
    scores = QualityComet(folder("kiwi")).score([article])[0]
    assert [score.value is None for score in scores] == [False, True, False]
    assert scores[1].note == "no counterpart in the source; this model needs a source"


def test_excluded_segments_are_null_with_the_reason(folder: Folder) -> None:
    """Boilerplate is left out of scoring."""
    article = prepare(ARTICLE)
    excluded = replace(article.segments[0], excluded="boilerplate: a link")
    article = replace(article, segments=(excluded, *article.segments[1:]))
    score = QualityComet(folder("kiwi")).score([article])[0][0]
    assert (score.value, score.note) == (None, "boilerplate: a link")


def test_the_batch_never_shows_in_a_score(folder: Folder) -> None:
    """An article alone has the scores that it has among others, without and with parts and odd ones."""
    articles = [
        prepare(article)
        for article in (ARTICLE, Article("empty", "", target_lang="en"), replace(ARTICLE, reference=None))
    ]
    together = QualityComet(folder("unite")).score(articles)
    comet.load_comet.cache_clear()
    for article, scores in zip(articles, together, strict=True):
        alone = QualityComet(folder("unite"), batch_tokens=20).score([article])[0]
        assert [one.value for one in alone] == pytest.approx([one.value for one in scores], abs=1e-6)


def test_references_can_be_left_out(folder: Folder) -> None:
    """As for comparing with systems that have none."""
    article, without = prepare(ARTICLE), prepare(replace(ARTICLE, reference=None))
    found = QualityComet(folder("xcomet"), reference=False).score([article])[0]
    assert found == QualityComet(folder("xcomet")).score([without])[0]


def test_context_is_the_articles_own_preceding_segments(folder: Folder) -> None:
    """The first segment has none; the others change."""
    article = prepare(ARTICLE)
    plain = QualityComet(folder("regression")).score([article])[0]
    inside = QualityComet(folder("regression"), context=2).score([article])[0]
    assert inside[0].value == pytest.approx(plain[0].value, abs=1e-6)
    assert inside[2].value != pytest.approx(plain[2].value, abs=1e-5)
    with pytest.raises(ConfigError, match="leave it at 0"):
        QualityComet(folder("kiwi"), context=2).score([article])


def test_scores_are_kept_between_runs_and_never_mistaken(folder: Folder, tmp_path: Path) -> None:
    """From the cache the same numbers; another context, precision or model is another score."""
    article, cache = prepare(ARTICLE), tmp_path / "scores.sqlite3"
    first = QualityComet(folder("regression"), cache=cache).score([article])
    comet.load_comet.cache_clear()
    assert QualityComet(folder("regression"), cache=cache).score([article]) == first
    others = [
        QualityComet(folder("regression"), cache=cache, context=1),
        QualityComet(folder("regression"), cache=cache, precision="bf16"),
        QualityComet(folder("regression_norm"), cache=cache),
    ]
    for other in others:
        assert other.score([article])[0][2].value != first[0][2].value


def test_kept_scores_are_those_of_the_same_files_and_the_same_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other weights under the same name, another vocabulary beside them, a newer engine: nothing is taken."""
    article, cache = prepare(ARTICLE), tmp_path / "scores.sqlite3"
    path = build_folder(tmp_path / "one" / "model", "regression")
    encoder = path / "encoder"
    judged: list[int] = []
    monkeypatch.setattr(comet.Comet, "judge", counted(comet.Comet.judge, judged))

    def computed(path: Path, **options: str) -> int:
        judged.clear()
        QualityComet(str(path), cache=cache, **options).score([article])
        return sum(judged)

    assert computed(path, encoder=str(encoder)) == 3
    assert computed(path, encoder=str(encoder)) == 0
    assert computed(build_folder(tmp_path / "two" / "model", "regression_norm")) == 3
    comet.load_comet.cache_clear()
    vocabulary = encoder / "tokenizer.json"
    vocabulary.write_text(vocabulary.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert computed(path, encoder=str(encoder)) == 3
    monkeypatch.setattr(comet, "ENGINE", "comet-next")
    assert computed(path, encoder=str(encoder)) == 3


def counted(judge: Callable[..., Any], found: list[int]) -> Callable[..., Any]:
    """The same method, which notes how many rows it is given."""

    def counting(self: comet.Comet, rows: list[comet.Row], **options: Any) -> Any:
        found.append(len(rows))
        return judge(self, rows, **options)

    return counting


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"threads": -1}, "threads should be 0"),
        ({"batch_tokens": 0}, "batch_tokens should be 1"),
        ({"context": -1}, "context should be 0"),
    ],
)
def test_numbers_that_mean_nothing_are_the_users_mistake(option: dict[str, int], message: str) -> None:
    """A context of -1 would be all segments but the first."""
    problems: list[str] = []
    assert options_of(QualityComet, {"model": "wmt22-comet-da", **option}, "score[0]", problems) is None
    assert message in problems[0]


def test_a_model_that_is_not_there_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its name is known, its files are not here."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.delenv("MTQE_FETCH", raising=False)
    with pytest.raises(ModelError, match="mtqe models fetch wmt22-comet-da"):
        QualityComet("wmt22-comet-da").score([prepare(ARTICLE)])


def test_error_spans_become_issues_and_the_model_runs_once(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issues lie where the model's spans are; the scorer takes what the detector computed."""
    path = folder("xcomet")
    evaluator = Evaluator((QualityComet(path),), (ErrorSpansComet(path),))
    read: list[int] = []
    encoder = QualityComet(path).load()
    states = encoder.model.engine.encoder.states
    monkeypatch.setattr(
        encoder.model.engine.encoder,
        "states",
        lambda sequences, *rest: read.append(len(sequences)) or states(sequences, *rest),
    )
    report = next(evaluator.evaluate([ARTICLE]))
    assert sum(read) == 9
    assert report.issues
    spans = encoder.judge(
        [comet.Row(s.segment.target, s.segment.source, s.segment.reference) for s in report.segments]
    )
    for issue in report.issues:
        assert issue.text == TARGET[issue.start : issue.end] == issue.text.strip()
        segment = report.article.segments[issue.segment]
        assert any(
            span.start <= issue.start - segment.target_span[0]
            and issue.end - segment.target_span[0] <= span.end
            for span in spans[issue.segment].spans
        )
        assert issue.severity in ("minor", "major", "critical")


def test_a_model_that_marks_nothing_is_no_detector(folder: Folder) -> None:
    """Said at once, and which models do."""
    with pytest.raises(ConfigError, match="xCOMET does"):
        list(ErrorSpansComet(folder("kiwi")).detect(prepare(ARTICLE)))


def test_the_signature_names_the_models_files(folder: Folder) -> None:
    """Two equal lines mean comparable numbers."""
    report = next(Evaluator((QualityComet(folder("kiwi")),), ()).evaluate([ARTICLE]))
    other = next(Evaluator((QualityComet(folder("kiwi_patched")),), ()).evaluate([ARTICLE]))
    assert "quality_comet#" in report.signature
    assert report.signature.split("quality_comet#")[1][:12] != other.signature.split("quality_comet#")[1][:12]

"""Likely errors: where they are marked, and that they agree with the scores."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.config import load_run
from mtqe.data import Article, ArticleReport
from mtqe.detectors.error_spans import ErrorSpans
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator, default_scorers
from mtqe.issues import find_issues
from mtqe.models.error_spans import load_error_spans
from mtqe.prepare import prepare
from tests.contracts.test_detectors import ODD_TEXTS

MOST = ErrorSpans(share=1.0)

BAD = "Guests guests enthusiastic introduction introduction of the the company company. Yes."
SOURCE = "Die Gäste stellten die Firma mit Begeisterung vor. Ja."


def report(detectors: tuple[ErrorSpans, ...], source: str | None = SOURCE) -> ArticleReport:
    """What mtqe says of the bad translation."""
    article = Article("a", BAD, source=source, target_lang="en", source_lang="de" if source else None)
    return next(iter(Evaluator(default_scorers(), detectors).evaluate([article])))


def test_what_is_likely_free_of_errors_has_none_to_show() -> None:
    """Spans and the probability in the report agree, even where everything is asked for."""
    found = report((MOST,))
    free = [part.scores["quality"].components["error_free"].value or 0.0 for part in found.segments]
    marked = {issue.segment for issue in found.issues}
    assert min(free) <= 0.5 < max(free)
    assert marked == {i for i, probability in enumerate(free) if probability <= 0.5}


def test_a_signature_names_the_weights() -> None:
    """Other weights mark other words."""
    assert f"error_spans#{load_error_spans().revision}(share=1.0)" in report((MOST,)).signature


def test_without_a_source_nothing_says_that_a_sentence_is_free_of_errors() -> None:
    """All is marked if all is asked for; words come together, and no mark goes beyond its sentence."""
    assert [issue.text for issue in report((MOST,), source=None).issues] == [BAD[:-5], "Yes."]


def test_spans_count_for_nothing_in_quality() -> None:
    """The network that marks them has counted them."""
    assert report((MOST,)).scores["quality"].value == report(()).scores["quality"].value


def test_issues_say_how_sure_they_are_and_how_grave() -> None:
    """As annotators of the language confirm them: seldom more often than not."""
    for issue in report((ErrorSpans(share=0.3),), source=None).issues:
        assert 0.0 < issue.confidence <= 1.0
        assert issue.severity in issue.message


@pytest.mark.parametrize("language", ["fr", "zh", "xx", None])
def test_languages_without_a_model_are_left_alone(language: str | None) -> None:
    """No guess; the report says that it did not look."""
    article = prepare(Article("a", "Le conseil a a décidé de construire pont.", target_lang=language))
    assert language is None or not MOST.knows(article)
    assert language is None or not list(MOST.detect(article))


@pytest.mark.parametrize("text", ODD_TEXTS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_odd_texts_are_survived(text: str, language: str) -> None:
    """Articles come from strangers."""
    find_issues(prepare(Article("odd", text, target_lang=language)), [MOST])


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=120), source=st.none() | st.text(max_size=80))
def test_marks_are_stretches_of_the_text(text: str, source: str | None) -> None:
    """Whatever the text and its source; they begin and end with a letter or a sign."""
    article = prepare(Article("any", text, source=source, target_lang="en", source_lang="fr"))
    for issue in find_issues(article, [MOST])[1]:
        assert issue.text == text[issue.start : issue.end]
        assert issue.text.strip() == issue.text


def test_how_much_is_marked_has_to_be_said(tmp_path: Path) -> None:
    """In a run file, by name."""
    for options in ("error_spans", "{name: error_spans, share: 0}", "{name: error_spans, share: 2}"):
        path = tmp_path / "run.yaml"
        path.write_text(f"task: report\ninput: a.txt\ndetect: [{options}]\n", encoding="utf-8")
        with pytest.raises(ConfigError, match="share"):
            load_run(path)

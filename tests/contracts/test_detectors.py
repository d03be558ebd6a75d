"""What every detector promises, whatever it looks for."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.data import Article, Example
from mtqe.detectors.base import Detector, detectors
from mtqe.issues import find_issues
from mtqe.prepare import prepare

# Those that need a model to be named are held to the same in their own tests.
NAMES = [cls.name for cls in detectors.without_options()]
CASES = [
    pytest.param(name, example, id=f"{name}: {example.target[:40]}")
    for name in NAMES
    for example in detectors.get(name).examples
]

# Texts that have broken other tools: scripts that run both ways, combining marks, control
# characters, a separator that looks like a line end.
ODD_TEXTS = (
    "",
    " \n\n ",
    "word",
    "e\u0301tude \U0001f469\u200d\U0001f469\u200d\U0001f467 \u202bשלום\u202c مرحبا",
    "one\u2028two\u0085three\x00four",
    "”””““« » \" ' „",
    "a" * 5000,
    "na " * 3000,
    "\ufffd\ufffe",
)


def marked(detector: Detector, example: Example) -> list[str]:
    """The texts that a detector marks in an example, in text order."""
    article = Article(
        "example",
        example.target,
        source=example.source,
        target_lang=example.target_lang,
        source_lang=example.source_lang,
    )
    marks = sorted(detector.detect(prepare(article)), key=lambda mark: (mark.start, mark.end))
    return [example.target[mark.start : mark.end] for mark in marks]


@pytest.mark.parametrize(("name", "example"), CASES)
def test_a_detector_marks_in_its_examples_what_they_say(name: str, example: Example) -> None:
    """The documentation that ``mtqe explain`` shows is true."""
    assert marked(detectors.get(name)(), example) == list(example.marks)


@pytest.mark.parametrize("name", NAMES)
def test_a_detector_has_more_hard_negatives_than_positives(name: str) -> None:
    """False alarms are what users complain of first."""
    examples = detectors.get(name).examples
    positives = sum(bool(example.marks) for example in examples)
    assert 0 < positives < len(examples) - positives


@pytest.mark.parametrize("name", NAMES)
def test_a_detector_is_documented_and_a_frozen_dataclass(name: str) -> None:
    """Its fields are its options: there is no second schema."""
    cls = detectors.get(name)
    assert is_dataclass(cls)
    assert cls.__dataclass_params__.frozen
    assert cls.__doc__
    assert not cls.__doc__.startswith(cls.__name__ + "(")
    assert cls.__module__.endswith(f".{name}"), "file, registry name and category are one"
    assert cls.mqm
    assert all(field.default is not field.default_factory for field in fields(cls)), "options have defaults"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ODD_TEXTS)
@pytest.mark.parametrize("language", ["en", "de", "ru", "ja", "ar", "xx"])
def test_a_detector_survives_odd_text_in_any_language(name: str, text: str, language: str) -> None:
    """Articles come from strangers."""
    article = prepare(Article("odd", text, target_lang=language))
    find_issues(article, [detectors.get(name)()])


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300), source=st.none() | st.text(max_size=200))
def test_marks_lie_inside_the_text(text: str, source: str | None) -> None:
    """``issue.text == target[start:end]`` for any text, by every detector."""
    article = prepare(Article("any", text, source=source, target_lang="en", source_lang="fr"))
    _, issues = find_issues(article, [cls() for cls in detectors.without_options()])
    for issue in issues:
        assert issue.text == text[issue.start : issue.end]
        assert 0.0 <= issue.confidence <= 1.0
        assert issue.severity in ("minor", "major", "critical")


@pytest.mark.parametrize("name", NAMES)
def test_a_detector_gives_the_same_marks_twice(name: str) -> None:
    """Same input, same report: nothing is kept between articles."""
    detector = detectors.get(name)()
    for example in detector.examples:
        assert marked(detector, example) == marked(detectors.get(name)(), example)

"""Quality adds up what models expect and what detectors found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mtqe.data import Issue, Score, Segment, Severity
from mtqe.quality import Quality

SEGMENT = Segment(0, 0, (0, 60), "Twenty words " * 10)


def issue(severity: Severity, confidence: float = 1.0) -> Issue:
    """An issue of that severity."""
    return Issue("spacing", "fluency/spacing", "spacing", 0, 0, 1, "T", "", severity, confidence)


def test_without_issues_quality_is_the_parts_together() -> None:
    """Two flawless parts are flawless; two middling ones are worse together."""
    assert Quality().score(SEGMENT, {"fluency": Score(100.0)}, []).value == pytest.approx(100.0)
    both = Quality().score(SEGMENT, {"fluency": Score(60.0), "adequacy": Score(60.0)}, []).value
    assert both == pytest.approx(36.0)


def test_graver_and_surer_issues_cost_more() -> None:
    """Severity and confidence both count."""
    scores = {"fluency": Score(90.0)}
    ranked = [[], [issue("minor", 0.5)], [issue("minor")], [issue("major")], [issue("critical")]]
    values = [Quality().score(SEGMENT, scores, issues).value or 0.0 for issues in ranked]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == len(values)


def test_what_the_network_marks_is_counted_once() -> None:
    """Its spans show where the points of fluency and adequacy come from."""
    scores = {"fluency": Score(80.0)}
    span = replace(issue("major"), category="error_spans")
    assert Quality().score(SEGMENT, scores, [span]) == Quality().score(SEGMENT, scores, [])


def test_quality_is_null_when_nothing_could_be_judged() -> None:
    """The note is that of the part that is missing."""
    score = Quality().score(SEGMENT, {"fluency": Score(None, "no fluency model for 'xx'")}, [issue("minor")])
    assert (score.value, score.note) == (None, "no fluency model for 'xx'")


def test_one_issue_does_not_sink_a_caption() -> None:
    """Two words with a small fault are not a sentence of faults."""
    caption = Segment(0, 0, (0, 9), "Old house")
    value = Quality().score(caption, {"fluency": Score(100.0)}, [issue("minor")]).value
    assert value is not None
    assert value > 60


def test_the_weight_of_issues_is_an_option() -> None:
    """A run file can leave issues out of quality."""
    scored = Quality(issue_weight=0.0).score(SEGMENT, {"fluency": Score(80.0)}, [issue("critical")])
    assert scored.value == pytest.approx(80.0)


def test_the_probability_of_no_error_falls_with_length_and_with_penalty() -> None:
    """A long sentence has more places to go wrong."""
    short, long = (Segment(0, 0, (0, 9), "word " * n) for n in (5, 50))
    scores = {"fluency": Score(90.0), "adequacy": Score(80.0)}
    worse = {"fluency": Score(90.0), "adequacy": Score(40.0)}

    def free(segment: Segment, given: dict[str, Score]) -> float:
        value = Quality().score(segment, given, []).components["error_free"].value
        assert value is not None
        return value

    assert 1 > free(short, scores) > free(long, scores) > free(long, worse) > 0


def test_uncertainty_falls_with_length_and_is_not_claimed_without_a_source() -> None:
    """It was measured beside sources."""
    short, long = (Segment(0, 0, (0, 9), "word " * n) for n in (5, 50))
    both = {"fluency": Score(90.0), "adequacy": Score(80.0)}
    found = [Quality().score(segment, both, []).components["uncertainty"].value for segment in (short, long)]
    assert None not in found
    assert 50 >= float(found[0] or 0) > float(found[1] or 0) > 10
    assert "uncertainty" not in Quality().score(short, {"fluency": Score(90.0)}, []).components

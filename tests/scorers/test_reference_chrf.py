"""chrF, the same as sacrebleu's."""

from __future__ import annotations

import pytest
from sacrebleu.metrics import CHRF

from mtqe.data import Article, Segment
from mtqe.evaluate import Evaluator
from mtqe.scorers.reference_chrf import ReferenceChrf

TARGETS = ["The ferry leaves at noon.", "Nobody was hurt in the storm.", "The pier is closed."]
REFERENCES = ["The ferry sails at noon.", "No one was hurt by the storm.", "The pier has been shut."]


def article(references: list[str | None]) -> Article:
    """Segments with a reference each, or without."""
    segments, start = [], 0
    for index, (target, reference) in enumerate(zip(TARGETS, references, strict=True)):
        segments.append(Segment(index, 0, (start, start + len(target)), target, reference=reference))
        start += len(target) + 1
    return Article("a", "\n".join(TARGETS), target_lang="en", segments=tuple(segments))


def test_segments_and_articles_score_what_sacrebleu_says() -> None:
    """To the last digit, sentence by sentence and as a corpus."""
    report = next(Evaluator(scorers=(ReferenceChrf(),), detectors=()).evaluate([article([*REFERENCES])]))
    sentences = [CHRF().sentence_score(t, [r]).score for t, r in zip(TARGETS, REFERENCES, strict=True)]
    assert [segment.scores["chrf"].value for segment in report.segments] == sentences
    assert report.scores["chrf"].value == CHRF().corpus_score(TARGETS, [REFERENCES]).score


@pytest.mark.parametrize(
    ("references", "note"),
    [([None] * 3, "no reference given"), ([REFERENCES[0], None, None], "no counterpart in the reference")],
)
def test_without_a_reference_it_is_null_and_says_why(references: list[str | None], note: str) -> None:
    """For a segment; the article's score is of those that have one."""
    (scores,) = ReferenceChrf().score([article(references)])
    assert (scores[1].value, scores[1].note) == (None, note)
    pooled = ReferenceChrf().pool(article(references), scores)
    assert (pooled.value is None) == (references[0] is None)

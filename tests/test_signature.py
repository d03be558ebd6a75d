"""Equal signatures mean comparable numbers."""

from __future__ import annotations

from pathlib import Path

from mtqe.scorers.quality_judge import QualityJudge
from mtqe.signature import describe


def test_what_changes_no_number_is_not_in_the_signature() -> None:
    """Where answers are kept, how many are asked for at once, at what price."""
    plain = QualityJudge(model="m", url="http://localhost/v1")
    other = QualityJudge(model="m", url="http://localhost/v1", cache=Path("x"), concurrency=9, max_requests=5)
    assert describe(plain) == describe(other) == "quality_judge#1(model=m,url=http://localhost/v1)"


def test_what_changes_numbers_is_in_the_signature() -> None:
    """Another prompt gives another score."""
    judge = QualityJudge(model="m", url="http://localhost/v1", prompt="esa")
    assert describe(judge) == "quality_judge#1(model=m,url=http://localhost/v1,prompt=esa)"

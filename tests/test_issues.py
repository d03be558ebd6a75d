"""From marks to issues: placed, checked, settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pytest

from mtqe.data import Article, Example, Exclusion, Mark
from mtqe.errors import ContractError
from mtqe.issues import find_issues
from mtqe.prepare import prepare

TEXT = "The first sentence is here. The second one is longer. A third.\n\nAnother paragraph."


@dataclass(frozen=True)
class Marker:
    """A detector that marks what it is told to."""

    marks: Sequence[Mark]
    name: str = "marker"  # type: ignore[misc]  # several in one test
    mqm: ClassVar[str] = "other"
    excludes: bool = False  # type: ignore[misc]
    default: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = ()

    def detect(self, article: Article) -> Iterator[Mark]:
        """The marks."""
        return iter(self.marks)


ARTICLE = prepare(Article("a", TEXT, target_lang="en"))


def test_an_issue_knows_its_segment_and_its_text() -> None:
    """By its place alone."""
    at = TEXT.index("longer")
    _, issues = find_issues(ARTICLE, [Marker([Mark(at, at + 6, "m")])])
    assert [(issue.segment, issue.text, issue.category) for issue in issues] == [(1, "longer", "marker")]


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (5, 5), (9, 4), (0, 10_000)])
def test_a_mark_outside_the_text_is_the_detectors_fault(start: int, end: int) -> None:
    """It is found out at once and names the detector."""
    with pytest.raises(ContractError, match="marker"):
        find_issues(ARTICLE, [Marker([Mark(start, end, "m")])])


def test_the_same_mark_twice_is_one_issue() -> None:
    """Two rules of one detector may agree."""
    _, issues = find_issues(ARTICLE, [Marker([Mark(4, 9, "m"), Mark(4, 9, "m")])])
    assert len(issues) == 1


def test_a_hint_hides_nothing_that_is_more() -> None:
    """Programs that leave hints out would miss both."""
    hint = Marker([Mark(4, 18, "perhaps", "major", 0.3)], name="error_spans")
    sure = Marker([Mark(10, 12, "two spaces", "minor", 0.9)], name="spacing")
    assert {issue.category for issue in find_issues(ARTICLE, [hint, sure])[1]} == {"error_spans", "spacing"}


def test_a_graver_issue_covers_lesser_ones_inside_it() -> None:
    """A broken quote in a sentence that was not translated is no news."""
    whole = Marker([Mark(0, 27, "left", "critical")], name="untranslated")
    inside = Marker([Mark(4, 9, "m"), Mark(30, 35, "m")], name="broken_quote")
    _, issues = find_issues(ARTICLE, [inside, whole])
    assert [(issue.category, issue.start) for issue in issues] == [("untranslated", 0), ("broken_quote", 30)]


def test_of_two_issues_with_one_word_the_surer_is_kept() -> None:
    """A word is a garbled name or a foreign word, not both."""
    name = Marker([Mark(4, 9, "m", "major", 0.6)], name="garbled_name")
    word = Marker([Mark(4, 9, "m", "major", 0.9)], name="untranslated")
    _, issues = find_issues(ARTICLE, [name, word])
    assert [issue.category for issue in issues] == ["untranslated"]


def test_of_two_issues_that_are_as_sure_the_wider_is_kept() -> None:
    """A sentence in the wrong language, and most of its words left untranslated."""
    part = Marker([Mark(4, 27, "m", "critical", 0.9)], name="untranslated")
    whole = Marker([Mark(0, 27, "m", "critical", 0.9)], name="wrong_language")
    _, issues = find_issues(ARTICLE, [part, whole])
    assert [issue.category for issue in issues] == ["wrong_language"]


def test_a_grave_issue_inside_a_slight_one_is_kept() -> None:
    """And so are two that only touch."""
    slight = Marker([Mark(0, 27, "m", "minor", 0.9)], name="wide")
    grave = Marker([Mark(4, 9, "m", "major", 0.5)], name="narrow")
    beside = Marker([Mark(27, 34, "m", "major", 0.9)], name="beside")
    _, issues = find_issues(ARTICLE, [slight, grave, beside])
    assert [issue.category for issue in issues] == ["wide", "narrow", "beside"]


def test_what_is_excluded_is_not_scored_and_has_no_other_issues() -> None:
    """A link to another article is no part of this one."""
    link = Marker([Mark(64, len(TEXT), "a link")], name="boilerplate", excludes=True)
    other = Marker([Mark(64, 71, "m"), Mark(4, 9, "m")])
    article, issues = find_issues(ARTICLE, [other, link])
    assert article.segments[3].excluded == "boilerplate: a link"
    assert [(issue.category, issue.start) for issue in issues] == [("marker", 4), ("boilerplate", 64)]


def test_a_site_name_behind_a_headline_leaves_the_headline_in() -> None:
    """A segment is excluded only if most of it is."""
    article, _ = find_issues(ARTICLE, [Marker([Mark(20, 27, "site")], name="boilerplate", excludes=True)])
    assert article.segments[0].excluded is None


def test_a_reader_can_exclude_what_is_no_prose() -> None:
    """Code in a Markdown file, say."""
    source = Article("a", TEXT, target_lang="en", exclusions=(Exclusion((0, 27), "markdown: code"),))
    article, _ = find_issues(prepare(source), [])
    assert [segment.excluded for segment in article.segments] == ["markdown: code", None, None, None]

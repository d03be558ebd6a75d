"""What every readable format shows of a report, worked out once."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtqe.data import ArticleReport, Issue, Score, SegmentReport
from mtqe.scale import HINT_CONFIDENCE, SCORE_RANGE
from mtqe.writers.verdict import BANDS, band

# How many of the worst sentences come first, and below which score a sentence is one of them.
_WORST = 5
_GOOD_ENOUGH = BANDS[0].least

# Scores on the scale of mtqe.scale, for which there are words.
_WORDED = ("quality", "fluency", "adequacy")

# From here on three digits are whole points, whatever the scale.
_WHOLE = 100.0

# Characters around an issue, and of an issue where it is only named.
_CONTEXT = 40
_QUOTED = 30

# Characters that move the cursor, colour the screen or turn the text around them.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class NameGroup:
    """A name, how often it stands in its usual form, and the other forms with their issues."""

    name: str
    usual: int
    variants: tuple[tuple[int, Issue], ...]


def safe(text: str) -> str:
    """``text`` without characters that act on a terminal or on the text around them."""
    return _UNSAFE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """``text`` on one line and safe to print."""
    return safe(" ".join(text.split()))


def label(issue: Issue, length: int) -> str:
    """What an issue marks, on one line of at most ``length`` characters; in words if it can't be seen."""
    if not issue.text:
        return "missing sentence" if issue.category == "omission" else "between two characters"
    line = one_line(issue.text) or "white space"
    return line if len(line) <= length else line[: length - 1] + "…"


def number(score: Score | None) -> str:
    """A score as people read it: whole points, three digits on a scale of its own, or a dash."""
    if score is None or score.value is None:
        return "–"
    whole = not own_scale(score) or abs(score.value) >= _WHOLE
    return f"{score.value:.0f}" if whole else f"{score.value:#.3g}"


def own_scale(score: Score) -> str:
    """Range and direction of a score in words; empty for 0 to 100 and higher is better, as usual."""
    if score.range == SCORE_RANGE and score.higher_is_better:
        return ""
    direction = "higher is better" if score.higher_is_better else "lower is better"
    return ", ".join(filter(None, [_bounds(*score.range), direction]))


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return "" if high is None else f"{high:g} at most"
    return f"{low:g} at least" if high is None else f"{low:g} to {high:g}"


def shown_scores(report: ArticleReport) -> Mapping[str, Score]:
    """The scores that say something: all but those of others' scales that could not be given."""
    return {n: score for n, score in report.scores.items() if n in _WORDED or score.value is not None}


def word(name: str, score: Score) -> str:
    """The word for a score; none for a score of another scale, such as chrF."""
    return band(score.value) if name in _WORDED else ""


def worst(report: ArticleReport) -> list[SegmentReport]:
    """The sentences that an editor should look at first, the worst before the others."""
    judged = [(segment.scores["quality"].value, segment) for segment in report.segments]
    low = [(value, segment) for value, segment in judged if value is not None and value < _GOOD_ENOUGH]
    return [segment for _, segment in sorted(low, key=lambda pair: pair[0])[:_WORST]]


def reasons(report: ArticleReport, segment: SegmentReport) -> list[str]:
    """Why a sentence scores as it does: its issues, and the parts that are low."""
    index = segment.segment.index
    issues = [
        f"{issue.category} {_quoted(label(issue, _QUOTED))}" if issue.text.strip() else issue.category
        for issue in sure(report)
        if issue.segment == index
    ]
    parts = [
        f"{band(score.value)} {name}" + (f" ({score.note})" if score.note else "")
        for name, score in segment.scores.items()
        if name in _WORDED[1:] and score.value is not None and score.value < _GOOD_ENOUGH
    ]
    return issues[:3] + parts


def context(report: ArticleReport, issue: Issue) -> tuple[str, str, str]:
    """What stands before an issue, the issue, and what stands after it, on one line."""
    text = report.article.target
    before = text[max(issue.start - _CONTEXT, 0) : issue.start]
    after = text[issue.end : issue.end + _CONTEXT]
    return (
        ("…" if issue.start > _CONTEXT else "") + flat(before),
        flat(issue.text) if issue.text.strip() else "⟨ ⟩",
        flat(after) + ("…" if issue.end + _CONTEXT < len(text) else ""),
    )


def flat(text: str) -> str:
    """``text`` safe to print, each run of white space as one space."""
    return safe(re.sub(r"\s+", " ", text))


def advice(issue: Issue) -> str | None:
    """What to write instead, in words; an empty suggestion means to delete."""
    if issue.suggestion is None:
        return None
    if not issue.suggestion:
        return "delete it"
    return f"write {_quoted(safe(issue.suggestion))}"


def _quoted(text: str) -> str:
    """``text`` in quotation marks, in which a quotation mark alone could not be read."""
    return f"“{text}”" if any(map(str.isalnum, text)) else text


def counts(issues: Sequence[Issue]) -> list[tuple[str, int]]:
    """Categories and their numbers of issues, the most frequent first."""
    return sorted(Counter(issue.category for issue in issues).items(), key=lambda pair: (-pair[1], pair[0]))


def name_groups(report: ArticleReport) -> list[NameGroup]:
    """Names that are spelt in several ways, with their issues' numbers."""
    found: dict[str, list[tuple[int, Issue]]] = {}
    for index, issue in enumerate(report.issues):
        if issue.related and issue.suggestion:
            found.setdefault(issue.suggestion, []).append((index, issue))
    groups = []
    for name, issues in found.items():
        usual = {span for _, issue in issues for span in issue.related}
        groups.append(NameGroup(name, len(usual), tuple(issues)))
    return groups


def sure(report: ArticleReport) -> list[Issue]:
    """The issues that are more than hints."""
    return [issue for issue in report.issues if issue.confidence >= HINT_CONFIDENCE]


def hints(report: ArticleReport) -> str | None:
    """How many hints there are, in words, or None."""
    number = len(report.issues) - len(sure(report))
    if not number:
        return None
    noun = "hint" if number == 1 else "hints"
    return f"{number} {noun} with a confidence below {HINT_CONFIDENCE:g}, in the JSON report"


def flagged(report: ArticleReport) -> list[tuple[int, Issue]]:
    """Issues with their numbers, without hints and those that only say why a segment is left out."""
    segments = report.article.segments
    return [
        (number, issue)
        for number, issue in enumerate(report.issues)
        if issue.confidence >= HINT_CONFIDENCE and not segments[issue.segment].excluded
    ]


def excluded(report: ArticleReport) -> list[SegmentReport]:
    """The segments that were left out of scoring."""
    return [segment for segment in report.segments if segment.segment.excluded]


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text[:2000])
    return next((d in ("R", "AL") for d in directions if d in ("L", "R", "AL")), False)

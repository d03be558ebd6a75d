"""HTML of one article and of an index: what the templates show, worked out for them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from mtqe.data import ArticleReport, Issue, Score, SegmentReport
from mtqe.writers import view
from mtqe.writers.verdict import UNJUDGED, band, heading, languages, rate

# More bars than pixels say nothing: longer articles are put together in parts.
_MOST_BARS = 160
_HISTOGRAM_BARS = 20

# Characters of an issue in the list: a whole paragraph may be one.
_LINK = 160
_SCORES = ("quality", "fluency", "adequacy")

# Headings of the index, and whether they stand over numbers.
_COLUMNS = (
    ("article", False),
    ("languages", False),
    *((name, True) for name in _SCORES),
    ("words", True),
    ("issues per 1,000 words", True),
    ("most frequent issues", False),
)

Values = dict[str, Any]


def article_page(report: ArticleReport, index: str | None = None) -> str:
    """The page of one article; ``index`` is the address of the page that lists it."""
    text = report.article.target
    bars, unit = _plot(report)
    return render(
        "article.html.j2",
        index=index,
        heading=heading(report),
        word=band(report.scores["quality"].value),
        languages=languages(report),
        words=f"{report.words:,}",
        sentences=f"{len(report.segments):,}",
        rate=f"{rate(len(view.flagged(report)), report):.1f}",
        counts=view.counts([issue for _, issue in view.flagged(report)]),
        scores=[_score(name, score) for name, score in view.shown_scores(report).items()],
        plot=bars,
        unit=unit,
        caption=_caption(report),
        lang=report.article.target_lang,
        direction="rtl" if view.is_right_to_left(text) else "ltr",
        paragraphs=list(_paragraphs(report)),
        has_other=_has_other(report),
        issues=[_issue(number, issue) for number, issue in view.flagged(report)],
        names=[_names(group) for group in view.name_groups(report)],
        left_out=[{"index": s.segment.index, "note": s.segment.excluded} for s in view.excluded(report)],
        notes=list(filter(None, (view.hints(report), *report.notes))),
        signature=report.signature,
    )


def index_row(report: ArticleReport, page: str) -> Values:
    """An article's row in the index; all that has to be kept of it."""
    flagged = [issue for _, issue in view.flagged(report)]
    return {
        "page": page,
        "heading": heading(report),
        "languages": languages(report),
        "scores": [_score(name, report.scores.get(name, Score(None))) for name in _SCORES],
        "words": report.words,
        "rate": f"{rate(len(flagged), report):.1f}",
        "top": ", ".join(f"{name} {count}" for name, count in view.counts(flagged)[:3]),
    }


def index_page(rows: Sequence[Values]) -> str:
    """The page that lists all articles, the worst first."""
    values = [row["scores"][0]["exact"] for row in rows]
    judged = sorted(value for value in values if value is not None)
    middle = f", half of them below {judged[len(judged) // 2]:.0f}" if len(judged) > 1 else ""
    rest = f"; {len(rows) - len(judged)} could not be judged" if len(rows) > len(judged) else ""
    return render(
        "index.html.j2",
        rows=sorted(rows, key=lambda row: (_or_last(row["scores"][0]["exact"]), row["heading"])),
        words=sum(row["words"] for row in rows),
        columns=_COLUMNS,
        histogram=_histogram(judged),
        title=_articles(len(rows)),
        caption=f"Quality of {_articles(len(judged))}{middle}{rest}.",
    )


def _articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"


def _or_last(value: float | None) -> float:
    return float("inf") if value is None else value


def render(template: str, more: str | None = None, **values: Any) -> str:
    """A page made of a template and these values: self-contained, in the style of all pages.

    ``more`` names a style sheet and a script that the page has beside those of all pages.
    """
    style, script = _asset("style.css"), _asset("script.js")
    if more is not None:
        style, script = style + _asset(f"{more}.css"), script + _asset(f"{more}.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return str(
        _environment().get_template(template).render(policy=policy, style=style, script=script, **values)
    )


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("mtqe.writers", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)


@cache
def _asset(name: str) -> Any:
    """Style sheet or script: our own text, which needs no escaping."""
    from markupsafe import Markup

    return Markup(files("mtqe.writers").joinpath("templates", name).read_text(encoding="utf-8"))  # noqa: S704


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _score(name: str, score: Score) -> Values:
    scale = view.own_scale(score)
    exact = None if score.value is None or scale else round(score.value, 1)
    return {
        "name": name,
        "value": view.number(score),
        "exact": exact,
        "band": view.word(name, score),
        "note": "; ".join(filter(None, [scale, score.note])) or None,
    }


def _paragraphs(report: ArticleReport) -> Iterator[Values]:
    text = report.article.target
    issues = _by_segment(report)
    end = 0
    for _, group in groupby(report.segments, key=lambda found: found.segment.paragraph):
        found = list(group)
        shown = []
        for number, segment in enumerate(found):
            start = segment.segment.target_span[0]
            shown.append(
                _segment(
                    report, segment, issues.get(segment.segment.index, []), text[end:start] if number else ""
                )
            )
            end = segment.segment.target_span[1]
        yield {"segments": shown, "others": list(_others(report, found))}


def _by_segment(report: ArticleReport) -> dict[int, list[tuple[int, Issue]]]:
    """Each segment's issues with their numbers; an issue over several segments is in all of them."""
    found: dict[int, list[tuple[int, Issue]]] = {}
    segments = report.article.segments
    for number, issue in view.flagged(report):
        index = issue.segment
        while index < len(segments) and (
            index == issue.segment or segments[index].target_span[0] < issue.end
        ):
            found.setdefault(index, []).append((number, issue))
            index += 1
    return found


def _segment(
    report: ArticleReport, found: SegmentReport, issues: Sequence[tuple[int, Issue]], gap: str
) -> Values:
    segment = found.segment
    quality = found.scores["quality"]
    return {
        "index": segment.index,
        "gap": gap,
        "band": "out" if segment.excluded else band(quality.value) if quality.value is not None else "",
        "quality": None if quality.value is None else view.number(quality),
        "why": segment.excluded or _all_scores(found.scores),
        "parts": list(_parts(report.article.target, segment.target_span, issues)),
    }


def _all_scores(scores: Mapping[str, Score]) -> str:
    return ", ".join(f"{name} {view.number(s)}" for name, s in scores.items() if s.value is not None)


def _parts(text: str, span: tuple[int, int], issues: Sequence[tuple[int, Issue]]) -> Iterator[Values]:
    """The segment cut wherever an issue begins or ends, each piece with the issues over it."""
    start, end = span
    inside = [(number, max(issue.start, start), min(issue.end, end), issue) for number, issue in issues]
    cuts = sorted({start, end, *(a for _, a, _, _ in inside), *(b for _, _, b, _ in inside)})
    begun: set[int] = set()
    for a, b in zip(cuts, [*cuts[1:], None], strict=True):
        empty = [
            (number, issue) for number, x, y, issue in inside if x == y == a and issue.start == issue.end
        ]
        if empty:
            yield _mark("", empty, begun, start)
        if b is not None:
            yield _mark(
                text[a:b], [(n, issue) for n, x, y, issue in inside if x <= a and b <= y], begun, start
            )


def _mark(text: str, issues: Sequence[tuple[int, Issue]], begun: set[int], start: int) -> Values:
    if not issues:
        return {"text": text, "issues": []}
    # An issue's anchor is its first piece; two that begin together share the element of the first.
    new = [n for n, issue in issues if n not in begun and issue.start >= start]
    begun.update(new)
    ranks = ("minor", "major", "critical")
    return {
        "text": text,
        "issues": [number for number, _ in issues],
        "first": new[0] if new else None,
        "severity": max((issue.severity for _, issue in issues), key=ranks.index),
        "title": " / ".join(_tip(issue) for _, issue in issues),
    }


def _tip(issue: Issue) -> str:
    advice = view.advice(issue)
    facts = [issue.category, view.safe(issue.message), *([advice] if advice else [])]
    return f"{': '.join(facts)} ({issue.severity}, confidence {issue.confidence:.2f})"


def _others(report: ArticleReport, found: Sequence[SegmentReport]) -> Iterator[Values]:
    """Source and reference of a paragraph."""
    codes = {"source": report.article.source_lang, "reference": report.article.target_lang}
    for name, code in codes.items():
        texts = [text for segment in found if (text := getattr(segment.segment, name)) is not None]
        if texts:
            text = " ".join(texts)
            yield {
                "name": name,
                "lang": code,
                "text": text,
                "direction": "rtl" if view.is_right_to_left(text) else "ltr",
            }


def _has_other(report: ArticleReport) -> str | None:
    names = [
        n for n in ("source", "reference") if any(getattr(s, n) is not None for s in report.article.segments)
    ]
    return " and ".join(names) or None


def _issue(number: int, issue: Issue) -> Values:
    return {
        "number": number,
        "category": issue.category,
        "severity": issue.severity,
        "confidence": f"{issue.confidence:.2f}",
        "sentence": issue.segment + 1,
        "text": view.label(issue, _LINK),
        "message": view.safe(issue.message),
        "advice": view.advice(issue),
        "tip": _tip(issue),
    }


def _names(group: view.NameGroup) -> Values:
    variants = [(number, view.label(issue, _LINK)) for number, issue in group.variants]
    return {"name": group.name, "usual": group.usual, "variants": variants}


def _plot(report: ArticleReport) -> tuple[list[Values], str]:
    """Bars of quality: a sentence each, or equal parts of a long article; and what a bar is."""
    size = -(-len(report.segments) // _MOST_BARS) or 1
    groups = [report.segments[i : i + size] for i in range(0, len(report.segments), size)]
    bars = [_bar(group) for group in groups] if len(report.segments) > 1 else []
    return bars, "sentence" if size == 1 else f"part of {size} sentences"


def _bar(group: Sequence[SegmentReport]) -> Values:
    first = group[0].segment.index
    values = [v for segment in group if (v := segment.scores["quality"].value) is not None]
    value = sum(values) / len(values) if values else None
    shown = UNJUDGED if value is None else f"{value:.0f}"
    label = f"sentence {first + 1}" + (f" to {first + len(group)}" if len(group) > 1 else "") + f": {shown}"
    height = None if value is None else round(max(value, 1.5), 1)
    return {"segment": first, "value": value, "height": height, "band": band(value), "label": label}


def _caption(report: ArticleReport) -> str:
    lowest = view.worst(report)
    if not lowest:
        return "Every sentence that was judged is good."
    named = ", ".join(f"{s.segment.index + 1} ({view.number(s.scores['quality'])})" for s in lowest[:3])
    return f"Lowest: sentence {named}."


def _histogram(values: Sequence[float]) -> list[Values]:
    width = 100 / _HISTOGRAM_BARS
    numbers = [0] * _HISTOGRAM_BARS
    for value in values:
        numbers[min(int(value / width), _HISTOGRAM_BARS - 1)] += 1
    most = max([*numbers, 1])
    return [
        {
            "height": round(100 * number / most, 1),
            "band": band(i * width + width / 2),
            "label": f"{_articles(number)} from {i * width:.0f} to {(i + 1) * width:.0f}",
        }
        for i, number in enumerate(numbers)
    ]

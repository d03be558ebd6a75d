"""How well configs/filter-articles.yaml keeps articles of people and drops bad machine translations.

python benchmarks/filter_articles.py [--data ../shared/data] [--write]

Articles, each judged by its target alone, and with its source where there is one:

* annotated articles: what people wrote, and machine translations that a reader gave less than 40 of 100.
* documents of WMT20 and WMT21 news (MQM): human translations, and machine translations whose points
  make less than 40 on mtqe's scale. MQM counts what hurts the meaning too, which a target alone can't show.
  Only of documents that no model of mtqe was trained on.
* human documents: biomedical abstracts, and sets of sentences of Parallel Universal Dependencies.

Without ``--write`` it measures the run file as it stands, on the half of the documents that was kept out
of tuning (and on the other, to show the difference). With it the weights and the limit of the rule
``bad_translation`` are fitted anew on the tuning half: a logistic regression with weights of no less than
0, and the limit at which no more than ``MOST_HUMAN`` of the human articles there are dropped.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from mtqe.data import Article, ArticleReport
from mtqe.evaluate import Evaluator
from mtqe.filters.rules.bad_translation import BadTranslation
from mtqe.filters.run_file import load_filter
from mtqe.scale import SEVERITY_POINTS, penalty_to_score, score_to_penalty
from mtqe.text.words import count_words
from mtqe.training.corpora import is_for_tuning, is_held_out

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "configs" / "filter-articles.yaml"
RESULTS = ROOT / "benchmarks" / "results" / "filter_articles.json"

BAD = 40.0
# Of people's articles no more than 3 % may go: a little less leaves room for other articles than these.
MOST_HUMAN = 0.025
MQM = ("mqm20.en-de", "mqm20.zh-en", "mqm21news.en-de", "mqm21news.zh-en", "mqm21news.en-ru")
HUMAN = re.compile(r"^(human|ref)", re.I)
MOST_DOCUMENTS = 400
PUD_SENTENCES = 8

# What the rule may weigh: scores by what they are worse than usual in a language, and two groups of
# categories. There are too few bad articles to fit a weight to each category.
SCORES = ("fluency", "human_written")
SEEN_AT_ONCE = ("untranslated", "garbled_name", "garbled_honorific", "wrong_language", "mojibake")
SLIPS = ("repetition", "spacing", "number_mismatch", "broken_quote")

# Points that one in ten human articles of a language has more than; languages with fewer are left out.
USUAL = 0.9
LEAST_USUAL = 10


@dataclass(frozen=True)
class Case:
    """An article, where it is from, and whether people wrote it, a machine well, or a machine badly."""

    article: Article
    document: str
    origin: str
    kind: str

    @property
    def tuning(self) -> bool:
        """Whether its document may be tuned on."""
        return is_for_tuning(self.document)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSONL file, compressed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def annotated(data: Path) -> Iterator[Case]:
    """The annotated articles."""
    for row in rows(data / "articles" / "annotated_articles.jsonl"):
        kind = "human" if row["class"] == "human" else "bad" if row["quality"] < BAD else "good"
        article = Article(row["id"], row["text"], target_lang=row["lang"])
        yield Case(article, str(row.get("doc") or row["id"]), "annotated articles", kind)


def mqm_documents(data: Path, name: str) -> Iterator[Case]:
    """The translated documents of an MQM set, with their sources."""
    found: dict[tuple[str, str], dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(data / "spans" / f"{name}.jsonl.gz"):
        if row.get("doc_id") and is_held_out(str(row["doc_id"])) and str(row["seg_id"]).isdigit():
            found[str(row["doc_id"]), row["system"]][int(row["seg_id"])].append(row)
    for (document, system), segments in sorted(found.items()):
        ordered = [segments[number][0] for number in sorted(segments)]
        target = "\n\n".join(row["mt"] for row in ordered)
        words = count_words(target)
        if words < 40:
            continue
        points = sum(_points(annotations) for annotations in segments.values())
        human = bool(HUMAN.match(system))
        kind = "human" if human else "bad" if penalty_to_score(100 * points / words) < BAD else "good"
        source_lang, target_lang = name.rsplit(".", 1)[1].split("-")
        source = "\n\n".join(row["src"] for row in ordered)
        article = Article(
            f"{document}:{system}", target, source, target_lang=target_lang, source_lang=source_lang
        )
        yield Case(article, document, "MQM documents", kind)


def _points(annotations: Sequence[dict[str, Any]]) -> float:
    """MQM points of a segment, the mean of its annotators."""
    weights = {"critical": 25.0, **SEVERITY_POINTS}
    return sum(weights.get(s["severity"], 0.0) for a in annotations for s in a["spans"]) / len(annotations)


def human_documents(data: Path) -> Iterator[Case]:
    """Abstracts that people translated, and sentences that people wrote, eight to an article."""
    references: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows(data / "spans" / "bio21.jsonl.gz"):
        if row.get("ref") and row.get("doc_id") and is_held_out(str(row["doc_id"])):
            references[str(row["doc_id"]), row["lp"].split("-")[1]][str(row["seg_id"])] = row["ref"]
    for (document, lang), texts in sorted(references.items()):
        target = " ".join(texts[key] for key in sorted(texts, key=lambda k: (len(k), k)))
        yield Case(Article(f"{document}:{lang}", target, target_lang=lang), document, "abstracts", "human")
    yield from pud(data)


def pud(data: Path) -> Iterator[Case]:
    """Sentences of Parallel Universal Dependencies, those of one document together."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows(data / "parallel" / "pud_news_wiki.jsonl.gz"):
        found[row["lang"]].append(row["text"])
    for lang, texts in sorted(found.items()):
        for start in range(0, len(texts), PUD_SENTENCES):
            target = "\n\n".join(texts[start : start + PUD_SENTENCES])
            article = Article(f"pud:{lang}:{start}", target, target_lang=lang)
            yield Case(article, f"pud{start}", "PUD", "human")


def thinned(cases: Iterable[Case], most: int) -> list[Case]:
    """At most so many of each origin and kind, spread evenly over them."""
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.origin, case.kind].append(case)
    return [c for group in groups.values() for c in group[:: max(-(-len(group) // most), 1)]]


def features(report: ArticleReport, rule: BadTranslation) -> list[float]:
    """What the rule weighs, as it measures it: scores, and the two groups of categories."""
    ones = dict.fromkeys((*SEEN_AT_ONCE, *SLIPS), 1.0)
    terms = replace(rule, scores=dict.fromkeys(SCORES, 1.0), issues=ones).terms(report)
    groups = (sum(terms[name] for name in group) for group in (SEEN_AT_ONCE, SLIPS))
    return [*(terms[name] for name in SCORES), *groups]


def usual_points(pairs: Sequence[tuple[Case, ArticleReport]]) -> dict[str, dict[str, float]]:
    """For each score and language the points that most human articles have fewer than."""
    found: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in SCORES}
    for name in SCORES:
        for case, report in pairs:
            value = report.scores[name].value
            if case.kind == "human" and value is not None:
                found[name][str(report.article.target_lang)].append(score_to_penalty(value))
    return {
        name: {
            lang: round(float(np.quantile(points, USUAL)), 2)
            for lang, points in sorted(languages.items())
            if len(points) >= LEAST_USUAL
        }
        for name, languages in found.items()
    }


def fitted(x: np.ndarray, y: np.ndarray, weights: np.ndarray, ridge: float = 0.05) -> np.ndarray:
    """Bias and weights of no less than 0 of a logistic regression, by projected gradients."""
    scale = x.std(axis=0) + 1e-9
    z = np.column_stack([np.ones(len(x)), x / scale])
    beta = np.zeros(z.shape[1])
    for _ in range(20_000):
        p = 1 / (1 + np.exp(-np.clip(z @ beta, -30, 30)))
        gradient = z.T @ (weights * (p - y)) / weights.sum() + ridge * np.r_[0, beta[1:]] / 10
        beta -= 0.5 * gradient
        beta[1:] = np.maximum(beta[1:], 0)
    return np.r_[beta[0], beta[1:] / scale]


def tune(cases: Sequence[Case], reports: Sequence[ArticleReport], rule: BadTranslation) -> BadTranslation:
    """The rule with the weights and the limit that the tuning half gives."""
    chosen = [(case, report) for case, report in zip(cases, reports, strict=True) if case.tuning]
    rule = replace(rule, usual=usual_points(chosen))
    x = np.array([features(report, rule) for _, report in chosen])
    y = np.array([float(case.kind == "bad") for case, _ in chosen])
    # Every origin weighs the same, and bad ones as much as the others.
    groups = [(case.origin, case.kind == "bad") for case, _ in chosen]
    weights = np.array([1.0 / groups.count(group) for group in groups])
    beta = [float(value) for value in fitted(x, y, weights)]
    at_once, slips = beta[-2:]
    issues = dict.fromkeys(SEEN_AT_ONCE, round(at_once, 3)) | dict.fromkeys(SLIPS, round(slips, 3))
    new = replace(
        rule,
        bias=round(beta[0], 3),
        scores={name: round(b, 3) for name, b in zip(SCORES, beta[1:], strict=False)},
        issues={name: weight for name, weight in issues.items() if weight > 0},
    )
    human = sorted(new.measure(report) for case, report in chosen if case.kind == "human")
    limit = human[-1 - int(MOST_HUMAN * len(human))]
    return replace(new, at_most=min(round(float(limit) + 0.0005, 3), 1.0))


def write(rule: BadTranslation) -> None:
    """Put the numbers into the run file, and leave the rest of it as it is."""
    text = CONFIG.read_text(encoding="utf-8")
    for name in ("at_most", "bias", "scores", "usual", "issues"):
        value = getattr(rule, name)
        shown = _value(value)
        pattern = rf"(?ms)^(    {name}: ).*?(?=\n    \w|\n\S|\n*\Z)"
        text, count = re.subn(pattern, lambda m, s=shown: m[1] + s, text, count=1)
        if not count:
            raise SystemExit(f"{CONFIG} has no line '    {name}:'")
    CONFIG.write_text(text, encoding="utf-8")


def _value(value: Any) -> str:
    return _mapping(value) if isinstance(value, dict) else f"{value:g}"


def _mapping(value: dict[str, Any]) -> str:
    """YAML in braces, four pairs a line, or a mapping inside of it."""
    pairs = [f"{name}: {_value(inner)}" for name, inner in value.items()]
    count = 1 if any(isinstance(inner, dict) for inner in value.values()) else 4
    lines = [", ".join(pairs[start : start + count]) for start in range(0, len(pairs), count)]
    return "{" + ",\n             ".join(lines) + "}"


def interval(hits: int, count: int) -> list[float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    if not count:
        return [0.0, 1.0]
    z, p = 1.96, hits / count
    middle, half = p + z * z / (2 * count), z * (p * (1 - p) / count + z * z / (4 * count**2)) ** 0.5
    return [round((middle + sign * half) / (1 + z * z / count), 3) for sign in (-1, 1)]


def measured(cases: Sequence[Case], with_source: bool) -> dict[str, Any]:
    """Shares dropped by the run file, by half, origin and kind."""
    keep = load_filter(CONFIG)
    articles = [
        c.article if with_source else replace(c.article, source=None, source_lang=None) for c in cases
    ]
    found: dict[str, Any] = {}
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for case, decision in zip(cases, keep.decide(articles), strict=True):
        for origin in (case.origin, "all"):
            entry = counts["tuning half" if case.tuning else "unseen half", origin, case.kind]
            entry[0] += not decision.keep
            entry[1] += 1
    for (half, origin, kind), (dropped, count) in sorted(counts.items()):
        share = {"dropped": round(dropped / count, 3), "of": count, "interval": interval(dropped, count)}
        found.setdefault(half, {}).setdefault(origin, {})[kind] = share
    return found


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=ROOT.parent / "shared" / "data")
@click.option("--write", "rewrite", is_flag=True, help="Fit the rule anew and put it into the run file.")
def main(data: Path, rewrite: bool) -> None:
    """Print the figures and keep them."""
    if not data.exists():
        print(f"{data}: not there; these figures need the data folder")
        return
    alone = [*annotated(data), *human_documents(data)]
    documents = [case for name in MQM for case in mqm_documents(data, name)]
    cases = [*thinned(alone, MOST_DOCUMENTS), *thinned(documents, MOST_DOCUMENTS)]
    if rewrite:
        rule = next(r for r in load_filter(CONFIG).stages.rules if isinstance(r, BadTranslation))
        articles = [replace(case.article, source=None, source_lang=None) for case in cases]
        reports = list(Evaluator().evaluate(articles))
        write(tune(cases, reports, rule))
    figures = {"target alone": measured(cases, False)}
    with_source = [case for case in cases if case.article.source is not None]
    figures["with source"] = measured(thinned(with_source, 100), True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for mode, halves in figures.items():
        for half, origins in halves.items():
            for origin, kinds in origins.items():
                shown = ", ".join(
                    f"{kind} {100 * f['dropped']:.1f} % of {f['of']} dropped" for kind, f in kinds.items()
                )
                print(f"{mode}, {half}, {origin}: {shown}")


if __name__ == "__main__":
    main()

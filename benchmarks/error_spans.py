"""Places that mtqe would have annotators mark, beside what they marked, floors, and other annotators.

python benchmarks/error_spans.py [--data ../shared/data]

On documents that neither the quality network nor the fit of spans has seen: of WMT21 news, with n-grams
that have not seen its references either; of WMT20 news and biomedical abstracts those that are held out
of everything; TED talks, chats and WMT22 news, of which nothing was trained on. With the source, and
from the target alone.

- by character: precision, recall and F1 of marked characters, half credit for the wrong severity, as in
  WMT25's task of error spans, with a 95 % interval over documents;
- by span: the share of spans that an annotator marked a part of, and of annotators' spans of which a part
  was found;
- words: AUC of telling the words that annotators marked (half of them, where several did);
- floors mark as much of the text as mtqe does: random words, the rarest words, the likeliest by the network's
  own marks; "everything" marks it all. All with the severity that suits them best;
- people: what one annotator of WMT20 marks, beside what each of the two others does;
- whether segments' points agree with their spans (Spearman), and what is marked in people's translations.

"wide" marks as much as gives the best F1 on tuning documents; "usual" is what the detector is best asked for.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from shared import ROUNDS, SEED, data_option, has_data, keep, over, stated

from mtqe.bench.agreement import auc, spearman
from mtqe.bench.spans import MarkedSegment, MarkedSpan, SpanScores, by_character
from mtqe.data import Span
from mtqe.models.error_spans import FEATURES, Logistic, load_error_spans, stretches
from mtqe.models.ngram import load_ngram
from mtqe.text.spans import overlap
from mtqe.training.corpora import is_for_tuning
from mtqe.training.error_spans import MODES
from mtqe.training.error_spans_read import (
    LANGUAGES,
    Annotated,
    Measured,
    annotated,
    measured,
    read,
    unseen_ngrams,
)
from mtqe.training.provenance import files_read, note_read
from mtqe.training.quality_examples import is_human

# Shares of the text that are marked: what the detector is best asked for, and what gives the best F1.
SHARES = {"usual": 0.02, "wide": 0.3}

# Sets that nothing was trained on; at most so many translations of each pair of languages.
OTHER_SETS = ("mqm21ted.en-de", "mqm21ted.zh-en", "mqm22qe", "chat22")
MOST = 1500
LEAST = 250

Values = NDArray[np.floating[Any]]


class Place(NamedTuple):
    """What a document adds to a figure: credit, and what was found and what is human, in characters."""

    credit: float
    found: int
    human: int


def other_translations(data: Path) -> Iterator[Annotated]:
    """Of sets that nothing was trained on."""
    for name in OTHER_SETS:
        path = data / "spans" / f"{name}.jsonl.gz"
        note_read(path)
        counts: dict[str, int] = defaultdict(int)
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for row in map(json.loads, stream):
                counts[row["lp"]] += 1
                if counts[row["lp"]] <= MOST and row["lp"].split("-")[1] in LANGUAGES and row["src"]:
                    yield annotated([row])


def marked_by(one: Annotated) -> list[list[MarkedSpan]]:
    """What each annotator marked."""
    return [[MarkedSpan(*span) for span in marks.spans] for marks in one.marks]


def beside_each(one: Annotated, found: Sequence[MarkedSpan]) -> Iterator[MarkedSegment]:
    """What was found beside each annotator's marks."""
    yield from (MarkedSegment(len(one.target), found, human) for human in marked_by(one))


def by_mtqe(one: Measured, model: Logistic, share: float) -> list[MarkedSpan]:
    """Spans of the model, and their severities."""
    found = stretches(one.units, model, model.probabilities(one.features), model.threshold(share))
    return [MarkedSpan(span.start, span.end, span.severity != "minor") for span in found]


def by_rank(some: Sequence[Measured], scores: Sequence[Values], marked: int) -> list[list[MarkedSpan]]:
    """The units with the highest scores, as many as have so many characters together, as spans."""
    sizes = np.concatenate([np.diff(one.units)[:, 0] for one in some])
    order = np.argsort(-np.concatenate(scores), kind="stable")
    chosen = np.zeros(len(order), bool)
    chosen[order[: np.searchsorted(sizes[order].cumsum(), marked) + 1]] = True
    flags = np.split(chosen, np.cumsum([len(one.units) for one in some])[:-1])
    return [list(_joined(one.units, flag)) for one, flag in zip(some, flags, strict=True)]


def _joined(units: Sequence[Span], chosen: NDArray[np.bool_]) -> Iterator[MarkedSpan]:
    start: int | None = None
    for i, flag in enumerate([*chosen.tolist(), False]):
        if flag and start is None:
            start = i
        elif not flag and start is not None:
            yield MarkedSpan(units[start][0], units[i - 1][1], is_major=False)
            start = None


def by_document(
    some: Sequence[Annotated], found: Sequence[Sequence[MarkedSpan]], major: bool | None = None
) -> dict[str, Place]:
    """Characters by document; ``major`` makes all spans of one severity."""
    segments: dict[str, list[MarkedSegment]] = defaultdict(list)
    for one, spans in zip(some, found, strict=True):
        same = spans if major is None else [span._replace(is_major=major) for span in spans]
        segments[one.document] += beside_each(one, same)
    return {document: _place(by_character(own)) for document, own in segments.items()}


def _place(scores: SpanScores) -> Place:
    return Place((scores.precision or 0.0) * scores.found, scores.found, scores.human)


def best_severity(some: Sequence[Annotated], found: Sequence[Sequence[MarkedSpan]]) -> dict[str, Place]:
    """With all spans minor or all major, whichever is worth more."""
    both = [by_document(some, found, major) for major in (False, True)]
    return max(both, key=lambda places: sum(place.credit for place in places.values()))


def characters(places: Mapping[str, Place]) -> dict[str, Any]:
    """Precision, recall and F1, and the interval of F1 over documents."""
    rows = np.array(list(places.values()), float)
    draws = np.random.default_rng(SEED).integers(len(rows), size=(ROUNDS, len(rows)))
    sums = rows[draws].sum(axis=1)
    scores = 2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)
    credit, found, human = rows.sum(axis=0)
    return {
        "precision": _share(credit, found),
        "recall": _share(credit, human),
        "f1": _share(2 * credit, found + human),
        "interval": [round(float(end), 3) for end in np.quantile(scores, (0.025, 0.975))],
    }


def spans(some: Sequence[Annotated], found: Sequence[Sequence[MarkedSpan]]) -> dict[str, Any]:
    """Spans that an annotator marked a part of, with an interval, and annotators' spans that were found."""
    by_place: dict[str, Values] = defaultdict(lambda: np.zeros(4))
    for one, own in zip(some, found, strict=True):
        for human in marked_by(one):
            hits, found_again = _met(own, human), _met(human, own)
            by_place[one.document] += [hits, len(own), found_again, len(human)]
    rows = np.array(list(by_place.values()))
    draws = rows[np.random.default_rng(SEED).integers(len(rows), size=(ROUNDS, len(rows)))].sum(axis=1)
    hits, count, found_again, wanted = rows.sum(axis=0)
    ends = np.quantile(draws[:, 0] / np.maximum(draws[:, 1], 1), (0.025, 0.975))
    return {
        "precision": _share(hits, count),
        "interval": [round(float(end), 3) for end in ends],
        "recall": _share(found_again, wanted),
        "spans": sum(len(own) for own in found),
    }


def _met(own: Sequence[MarkedSpan], others: Sequence[MarkedSpan]) -> int:
    return sum(any(overlap(span[:2], other[:2]) for other in others) for span in own)


def _share(part: float, whole: float) -> float | None:
    return round(float(part / whole), 3) if whole else None


def of_pair(some: Sequence[Measured], model: Logistic) -> dict[str, Any]:
    """All figures of one pair of languages in one mode."""
    ones = [one.one for one in some]
    size = sum(len(one.target) for one in ones)
    whole = [[MarkedSpan(0, len(one.target), False)] for one in ones]
    figures: dict[str, Any] = {
        "translations": len(ones),
        "documents": len({one.document for one in ones}),
        "words": _words(some, model),
        "everything": {"characters": characters(best_severity(ones, whole))},
    }
    for name, share in SHARES.items():
        found = [by_mtqe(one, model, share) for one in some]
        marked = sum(span.end - span.start for own in found for span in own)
        figures[name] = {
            "share": round(marked / size, 4),
            "mtqe": {"characters": characters(by_document(ones, found)), "spans": spans(ones, found)},
            **{
                floor: {"characters": characters(best_severity(ones, own)), "spans": spans(ones, own)}
                for floor, own in _floors(some, marked).items()
            },
        }
    return figures


def _floors(some: Sequence[Measured], marked: int) -> dict[str, list[list[MarkedSpan]]]:
    rng = np.random.default_rng(SEED)
    rarity, own = FEATURES.index("rarity"), FEATURES.index("marked")
    scores: dict[str, list[Values]] = {
        "random words": [rng.random(len(one.units)) for one in some],
        "rarest words": [-one.features[:, rarity] for one in some],
        "the network's marks": [one.features[:, own] for one in some],
    }
    return {name: by_rank(some, by_word, marked) for name, by_word in scores.items()}


def _words(some: Sequence[Measured], model: Logistic) -> dict[str, Any]:
    """AUC of marked words, of words marked as more than minor, and by the network's own marks alone."""
    marked = np.concatenate([one.marked for one in some]) >= 0.5
    found = np.concatenate([model.probabilities(one.features) for one in some])
    own = np.concatenate([one.features[:, FEATURES.index("marked")] for one in some])
    return {
        "marked": stated(auc(found[:, 0], marked[:, 0])),
        "serious": stated(auc(found[:, 1], marked[:, 1])),
        "the network's marks": stated(auc(own, marked[:, 0])),
        "share marked": round(float(marked[:, 0].mean()), 3),
    }


def confidences(some: Sequence[Measured], model: Logistic) -> list[dict[str, Any]]:
    """Said and observed share of spans that an annotator confirms, by thirds of what the detector finds."""
    pairs = []
    for one in some:
        probabilities = model.probabilities(one.features)
        for span in stretches(one.units, model, probabilities, model.threshold(SHARES["usual"])):
            own = [float(any(overlap(span[:2], mark[:2]) for mark in human)) for human in marked_by(one.one)]
            pairs.append((span.confidence, float(np.mean(own))))
    return [
        {"said": round(said, 2), "observed": round(observed, 2), "spans": len(part)}
        for part in np.array_split(np.array(sorted(pairs, key=itemgetter(0))), 3)
        for said, observed in [part.mean(axis=0).tolist()]
    ]


def agreement(some: Sequence[Measured], systems: Sequence[str]) -> dict[str, Any]:
    """How the network's points of a segment and what is marked in it agree; what people's have marked."""
    model = load_error_spans().by_language["source"][some[0].one.language]
    points = np.array([one.features[0, FEATURES.index("text_total")] for one in some])
    marked = np.array([_marked_share(one, model) for one in some])
    human = np.array([is_human(name) for name in systems])
    documents = [one.one.document for one in some]
    told = {"spearman with expected points": stated(spearman(marked, points, bootstrap=over(documents)))}
    return {
        **told,
        "marked in people's": round(float(marked[human].mean()), 4) if human.any() else None,
        "marked in machines'": round(float(marked[~human].mean()), 4),
    }


def _marked_share(one: Measured, model: Logistic) -> float:
    return sum(s.end - s.start for s in by_mtqe(one, model, SHARES["usual"])) / len(one.one.target)


def people(translations: Iterable[Annotated]) -> dict[str, Any]:
    """What one annotator marks beside each other one, by pair of languages."""
    by_pair: dict[str, list[tuple[Annotated, list[MarkedSpan]]]] = defaultdict(list)
    for one in translations:
        for own, other in permutations(one.marks, 2):
            alone = one._replace(marks=(other,))
            by_pair[one.pair].append((alone, [MarkedSpan(*span) for span in own.spans]))
    return {
        pair: {
            "characters": characters(by_document([one for one, _ in own], [found for _, found in own])),
            "spans": spans([one for one, _ in own], [found for _, found in own]),
        }
        for pair, own in sorted(by_pair.items())
    }


def by_set(found: Iterable[Annotated]) -> dict[str, list[Annotated]]:
    """Translations by set and pair of languages, of those that have enough."""
    groups: dict[str, list[Annotated]] = defaultdict(list)
    for one in found:
        groups[f"{one.data} {one.pair}"].append(one)
    return {name: own for name, own in sorted(groups.items()) if len(own) >= LEAST}


@click.command()
@data_option
def main(data: Path) -> None:
    """Measure, print, and keep the figures."""
    if not has_data(data):
        return
    with files_read() as sources:
        results = measure_all(data)
    print(json.dumps(results, indent=1, ensure_ascii=False))
    keep("error_spans", results, sources, data)


def measure_all(data: Path) -> dict[str, Any]:
    """All figures by set, pair and mode."""
    spans_model = load_error_spans()
    net = spans_model.net
    left_out = net.about.get("left_out")
    unseen = [one for one in read(data, left_out) if not is_for_tuning(one.document)]
    fresh = unseen_ngrams(data, unseen, left_out)
    shipped = {name: ngram for name in LANGUAGES if (ngram := load_ngram(name))}
    chosen = [one for one in unseen if one.language in LANGUAGES] + list(other_translations(data))
    results: dict[str, Any] = {"people": people(one for one in read(data, "mqm20") if _is_new(one))}
    for name, own in by_set(chosen).items():
        print(name, len(own))
        ngrams = fresh if own[0].data == left_out else shipped
        for mode in MODES:
            model = spans_model.by_language[mode][own[0].language]
            some = list(measured(own, mode, net, ngrams))
            figures = of_pair(some, model)
            figures["confidence"] = confidences(some, model)
            if mode == "source":
                figures["agreement"] = agreement(some, [one.one.system for one in some])
            results.setdefault(name, {})[mode] = figures
    return results


def _is_new(one: Annotated) -> bool:
    return one.data == "mqm20" and not is_for_tuning(one.document)


if __name__ == "__main__":
    main()

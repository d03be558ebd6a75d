"""What every detector finds, misses and flags in vain; the figures that ``mtqe explain`` shows.

python benchmarks/detectors.py [--data ../shared/data] [--only NAME]

* annotated articles, target alone: recall of the flags that a reader marked as detectable, and
  precision, by overlap. These articles were looked at in development.
* marked segments, with source: MQM segments in which annotators marked untranslated words or names,
  and twice as many in which they marked none; recall, precision, and unmarked ones flagged.
* spoilt sentences, with source: DEMETR's contrasts, found in the spoilt translation, and flagged in
  the good one.
* sentences with a fault, with source: people's translations spoilt in one way (``benchmarks/spoil.py``),
  and flagged as they are.
* whole articles, with source: people's translations as they are, and with a sentence deleted or inserted.
* human texts, target alone and with source: annotated human articles, references of WMT20 and WMT21
  and biomedical abstracts, Parallel Universal Dependencies; how many are flagged. Some of these flags
  are real slips of the writers.

But for the annotated articles, figures are of the half of the documents that is kept out of tuning.
Flags in it were read, and a few mistakes that they showed were mended.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import click
from spoil import SPOILT

from mtqe.data import Article, Issue, Segment
from mtqe.detectors.base import Detector, detectors
from mtqe.issues import find_issues
from mtqe.prepare import prepare
from mtqe.scale import HINT_CONFIDENCE
from mtqe.text.words import count_words
from mtqe.training.corpora import is_for_tuning

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "mtqe" / "figures.json"

ARTICLE_CATEGORIES = ("untranslated", "garbled_name", "garbled_honorific", "boilerplate")
VIEWS = {"untranslated": "untranslated_eval", "garbled_name": "name_errors_eval"}
CONTRASTS = {
    "critical_id4_codemix": "untranslated",
    "critical_id9_ne_replaced": "garbled_name",
    "critical_id10_numbers_replaced": "number_mismatch",
    "minor_id1_repeat2": "repetition",
    "minor_id2_repeat4": "repetition",
    "minor_id30_tokenized": "spacing",
}
REFERENCES = ("mqm20.en-de", "mqm20.zh-en", "mqm21news.en-de", "mqm21news.zh-en", "bio21")

# A sentence that no news article or abstract has, for each language of the whole articles.
STRANGER = {
    "en": "Whisk the eggs with the sugar and bake the cake for an hour until it is brown.",
    "de": "Die Eier mit dem Zucker schaumig schlagen und den Kuchen eine Stunde lang backen.",
    "fr": "Battre les œufs avec le sucre et faire cuire le gâteau une heure au four.",
    "es": "Batir los huevos con el azúcar y hornear el pastel durante una hora.",
    "zh": "把鸡蛋和糖一起打匀，然后把蛋糕放进烤箱烤一个小时。",
    "ru": "Взбейте яйца с сахаром и выпекайте пирог в духовке около часа.",
}
GAPS = ("omission", "addition")
MOST_SPOILT = 500
PAIRS_OF_STRANGERS = (("en", "ko"), ("en", "ru"), ("de", "fr"), ("fr", "es"), ("ru", "cs"), ("zh", "ko"))
TEXT_SENTENCES = 5
LEAST_SENTENCES = 5
MOST_WHOLE = 300

# A language pair with fewer segments than this says little by itself.
LEAST_SEGMENTS = 60

# And so does a language with fewer documents.
LEAST_DOCUMENTS = 30


Kind = dict[str, Any]
Figures = dict[str, dict[str, Kind]]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a JSONL file, compressed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def overlaps(spans: Iterable[tuple[int, int]], other: tuple[int, int]) -> bool:
    """Whether a span shares a character with one of the others."""
    return any(start < other[1] and other[0] < end for start, end in spans)


def share(part: float, whole: float) -> float | None:
    """A share to three digits, or None of nothing."""
    return round(part / whole, 3) if whole else None


def spans_of(issues: Iterable[Issue], category: str) -> list[tuple[int, int]]:
    """Where the issues of a category stand."""
    return [(issue.start, issue.end) for issue in issues if issue.category == category]


def one_segment(row: dict[str, Any], target: str) -> Article:
    """An article of one segment with its source."""
    source_lang, target_lang = row["lp"].split("-")
    segment = Segment(0, 0, (0, len(target)), target, source=row["src"])
    return Article("s", target, target_lang=target_lang, source_lang=source_lang, segments=(segment,))


def on_articles(data: Path, chosen: list[Detector], figures: Figures) -> None:
    """The annotated machine translations into English, target alone."""
    counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows(data / "articles" / "annotated_articles.jsonl"):
        if row["class"] != "mt" or row["lang"] != "en":
            continue
        _, issues = find_issues(prepare(Article(row["id"], row["text"], target_lang="en")), chosen)
        for name in ARTICLE_CATEGORIES:
            gold = [flag for flag in row["flags"] if flag["category"] == name]
            wanted = [(f["start"], f["end"]) for f in gold if f.get("detectable", True) is not False]
            found, count = spans_of(issues, name), counts[name]
            count["wanted"] += len(wanted)
            count["hit"] += sum(overlaps(found, span) for span in wanted)
            count["flags"] += len(found)
            count["confidence"] += sum(issue.confidence for issue in issues if issue.category == name)
            count["right"] += sum(overlaps([(f["start"], f["end"]) for f in gold], span) for span in found)
    for name, c in counts.items():
        figures[name]["annotated articles, target alone"] = {
            "recall": share(c["hit"], c["wanted"]),
            "precision": share(c["right"], c["flags"]),
            "mean_confidence": share(c["confidence"], c["flags"]),
            "of": int(c["wanted"]),
            "flags": int(c["flags"]),
        }


class Flagged(NamedTuple):
    """A segment's language pair, whether people marked it, and whether the detector did."""

    pair: str
    marked: bool
    flagged: bool


def on_segments(data: Path, chosen: list[Detector], figures: Figures) -> None:
    """MQM segments with their source, by language pair."""
    for detector in chosen:
        if detector.name not in VIEWS:
            continue
        results = []
        for row in rows(data / "views" / f"{VIEWS[detector.name]}.jsonl.gz"):
            if not row["src"] or is_for_tuning(str(row["doc_id"])):
                continue
            _, issues = find_issues(prepare(one_segment(row, row["mt"])), [detector])
            results.append(Flagged(row["lp"], bool(row["label"]), bool(issues)))
        figures[detector.name]["marked segments, with source"] = segment_figures(results)
        for pair in sorted({result.pair for result in results}):
            some = [result for result in results if result.pair == pair]
            if len(some) >= LEAST_SEGMENTS:
                figures[detector.name][f"marked segments, with source, {pair}"] = segment_figures(some)


def segment_figures(results: list[Flagged]) -> Kind:
    """Recall, precision, and the share of unmarked segments flagged."""
    hits = sum(r.marked and r.flagged for r in results)
    false = sum(r.flagged and not r.marked for r in results)
    marked = sum(r.marked for r in results)
    return {
        "recall": share(hits, marked),
        "precision": share(hits, hits + false),
        "unmarked_flagged": share(false, len(results) - marked),
        "of": marked,
    }


def on_contrasts(data: Path, chosen: list[Detector], figures: Figures) -> None:
    """DEMETR's spoilt sentences and the good ones that they were made of."""
    by_name = {detector.name: detector for detector in chosen}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows(data / "contrastive" / "demetr.jsonl.gz"):
        name = CONTRASTS.get(row["perturbation"], "")
        if name not in by_name or is_for_tuning(str(row["doc_id"])):
            continue
        bad, good = (
            bool(find_issues(prepare(one_segment(row, row[side])), [by_name[name]])[1])
            for side in ("mt", "mt_good")
        )
        count = counts[row["perturbation"]]
        for i, value in enumerate((1, bad, good)):
            count[i] += value
    for kind, (of, found, false) in counts.items():
        label = kind.split("_", 2)[2].replace("_", " ")
        figures[CONTRASTS[kind]][f"spoilt sentences ({label}), with source"] = {
            "recall": share(found, of),
            "good_ones_flagged": share(false, of),
            "of": of,
        }


def human_articles(data: Path) -> Iterator[tuple[str, Article]]:
    """The mode, and a text by people: as one text, and with its source in segments where it has one."""
    for row in rows(data / "articles" / "annotated_articles.jsonl"):
        if row["class"] == "human":
            yield "target alone", Article(row["id"], row["text"], target_lang=row["lang"])
    documents: dict[tuple[str, str], dict[str, tuple[str, str | None]]] = defaultdict(dict)
    for pair, document, key, target, source in human_sentences(data):
        if not is_for_tuning(document):
            documents[pair, document][key] = (target, source)
    for (pair, document), sentences in documents.items():
        yield from both_modes(document, pair, [sentences[key] for key in sorted(sentences, key=place)])


def human_sentences(data: Path) -> Iterator[tuple[str, str, str, str, str | None]]:
    """Language pair, document, place, target and source of what people translated."""
    for name in REFERENCES:
        for row in rows(data / "spans" / f"{name}.jsonl.gz"):
            if row.get("ref") and row.get("src"):
                yield row["lp"], row["doc_id"], row["seg_id"], row["ref"], row["src"]
    for row in rows(data / "parallel" / "pud_news_wiki.jsonl.gz"):
        yield f"en-{row['lang']}", row["doc_id"], row["sent_id"], row["text"], row["text_en"]


def place(key: str) -> tuple[int, str]:
    """Numbers in their order, other names by letters."""
    return (int(key), "") if key.isdigit() else (0, key)


def both_modes(
    document: str, pair: str, sentences: list[tuple[str, str | None]]
) -> Iterator[tuple[str, Article]]:
    """A document as a text, and as segments beside their sources."""
    source_lang, target_lang = pair.split("-")
    text = "\n".join(target for target, _ in sentences)
    article = Article(document, text, target_lang=target_lang)
    yield "target alone", article
    if all(source for _, source in sentences):
        segments, start = [], 0
        for index, (target, source) in enumerate(sentences):
            segments.append(Segment(index, index, (start, start + len(target)), target, source=source))
            start += len(target) + 1
        yield "with source", replace(article, source_lang=source_lang, segments=tuple(segments))


def on_humans(data: Path, chosen: list[Detector], figures: Figures) -> None:
    """How often each detector flags what people wrote, by mode and language, and how long it takes."""
    articles = [(mode, prepare(article)) for mode, article in human_articles(data)]
    issues = [find_issues(article, chosen)[1] for _, article in articles]
    seconds = {detector.name: time_of(detector, articles) for detector in chosen}
    words = sum(count_words(article.target) for _, article in articles)
    for detector in chosen:
        kinds = figures[detector.name]
        kinds["time"] = {"seconds_per_million_words": round(1e6 * seconds[detector.name] / words, 1)}
        for mode in ("target alone", "with source"):
            languages = sorted({str(a.target_lang) for m, a in articles if m == mode})
            for language in ("", *languages):
                chosen_issues = [
                    (article, [i for i in found if i.category == detector.name])
                    for (m, article), found in zip(articles, issues, strict=True)
                    if m == mode and language in ("", article.target_lang)
                ]
                if len(chosen_issues) >= LEAST_DOCUMENTS:
                    label = f"human texts, {mode}" + (f", {language}" if language else "")
                    kinds[label] = human_figures(chosen_issues)


def on_spoilt(data: Path, chosen: list[Detector], figures: Figures) -> None:
    """People's sentences, spoilt and as they are."""
    by_name = {detector.name: detector for detector in chosen}
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for article in sample(data):
        text = article.target
        for name in SPOILT.keys() & by_name.keys():
            for spoil, languages in SPOILT[name]:
                count = counts[name, spoil.__name__.replace("_", " ")]
                if article.target_lang not in languages or count[0] >= MOST_SPOILT:
                    continue
                bad = spoil(text)
                if bad is not None:
                    found = [bool(issues_of(by_name[name], article, t)) for t in (bad, text)]
                    for i, value in enumerate((1, *found)):
                        count[i] += value
    for (name, label), (of, found_in, false) in sorted(counts.items()):
        figures[name][f"sentences with {label}"] = {
            "recall": share(found_in, of),
            "good_ones_flagged": share(false, of),
            "of": of,
        }


def on_strangers(data: Path, chosen: list[Detector], figures: Figures) -> None:
    """Texts of people in one language, with a sentence of another, of two that differ in kind."""
    some = [detector for detector in chosen if detector.name == "wrong_language"]
    sentences: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(data / "parallel" / "pud_news_wiki.jsonl.gz") if some else ():
        if not is_for_tuning(row["doc_id"]):
            sentences[row["sent_id"]][row["lang"]] = row["text"]
    for detector in some:
        for language, stranger in PAIRS_OF_STRANGERS:
            third = "en" if language != "en" else "de"
            both = [s for _, s in sorted(sentences.items()) if language in s and stranger in s]
            results = []
            for start in range(0, len(both) - TEXT_SENTENCES, TEXT_SENTENCES):
                own = [s[language] for s in both[start : start + TEXT_SENTENCES]]
                mixed = [*own[:2], both[start][stranger], *own[3:]]
                for marked, lines in ((True, mixed), (False, own)):
                    article = prepare(Article("s", "\n".join(lines), target_lang=language, source_lang=third))
                    found = bool(find_issues(article, [detector])[1])
                    results.append(Flagged(language, marked, found))
            figures[detector.name][f"{language} texts with a sentence in {stranger}"] = segment_figures(
                results
            )


def sample(data: Path) -> Iterator[Article]:
    """Sentences by people beside their sources, of the half to report on, in a fixed mixed order."""
    found = [
        (pair, target, source)
        for pair, document, _, target, source in human_sentences(data)
        if source and not is_for_tuning(document)
    ]
    for pair, target, source in sorted(set(found), key=lambda item: crc32(repr(item).encode())):
        yield one_segment({"lp": pair, "src": source}, target)


def issues_of(detector: Detector, article: Article, target: str) -> list[Issue]:
    """What a detector finds in another text beside the article's source."""
    (segment,) = article.segments
    spoilt = replace(segment, target=target, target_span=(0, len(target)))
    return find_issues(replace(article, target=target, segments=(spoilt,)), [detector])[1]


def on_gaps(data: Path, chosen: list[Detector], figures: Figures) -> None:
    """Human translations of whole articles as they are, and with a sentence deleted or inserted."""
    some = [detector for detector in chosen if detector.name in GAPS]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for article in islice(whole_articles(data), MOST_WHOLE) if some else ():
        sentences = article.target.split("\n")
        middle = len(sentences) // 2
        spoilt = {
            "omission": sentences[:middle] + sentences[middle + 1 :],
            "addition": [*sentences[:middle], STRANGER[str(article.target_lang)], *sentences[middle:]],
        }
        for detector in some:
            texts = (article.target, "\n".join(spoilt[detector.name]))
            false, found = (
                bool(find_issues(prepare(replace(article, target=text)), [detector])[1]) for text in texts
            )
            for i, value in enumerate((1, found, false)):
                counts[detector.name][i] += value
    for name, (of, found, false) in counts.items():
        figures[name]["whole articles with a sentence deleted or inserted"] = {
            "recall": share(found, of),
            "good_ones_flagged": share(false, of),
            "of": of,
        }


def whole_articles(data: Path) -> Iterator[Article]:
    """Translations of documents by people, and their sources as one text, in a fixed mixed order."""
    documents: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    for pair, document, key, target, source in human_sentences(data):
        if source and not is_for_tuning(document) and pair.split("-")[1] in STRANGER:
            documents[pair, document][key] = (target, source)
    for pair, document in sorted(documents, key=lambda key: crc32(repr(key).encode())):
        sentences = documents[pair, document]
        if len(sentences) >= LEAST_SENTENCES:
            sides = zip(*(sentences[key] for key in sorted(sentences, key=place)), strict=True)
            target, source = ("\n".join(side) for side in sides)
            source_lang, target_lang = pair.split("-")
            yield Article(document, target, source, target_lang=target_lang, source_lang=source_lang)


def time_of(detector: Detector, articles: list[tuple[str, Article]]) -> float:
    """Processor seconds for all articles, after one to warm up."""
    list(detector.detect(articles[0][1]))
    started = time.process_time()
    for _, article in articles:
        for _ in detector.detect(article):
            pass
    return time.process_time() - started


def human_figures(found: list[tuple[Article, list[Issue]]]) -> Kind:
    """Documents flagged, those flagged with more than a hint, and flags by length."""
    words = sum(count_words(article.target) for article, _ in found)
    return {
        "documents_flagged": share(
            sum(any(issue.confidence >= HINT_CONFIDENCE for issue in issues) for _, issues in found),
            len(found),
        ),
        "with_hints": share(sum(bool(issues) for _, issues in found), len(found)),
        "flags_per_1000_words": share(1000 * sum(len(issues) for _, issues in found), words),
        "of": len(found),
    }


@click.command()
@click.option("--data", type=Path, default=ROOT.parent / "shared" / "data", show_default="../shared/data")
@click.option("--only", help="Measure one detector and print its figures, without keeping them.")
def main(data: Path, only: str | None) -> None:
    """Measure, print, and keep the figures in the package."""
    if not data.is_dir():
        print(f"{data}: no such folder; the judgements are not part of this repository. Nothing measured.")
        return
    chosen = [cls() for cls in detectors.without_options() if (cls.name == only if only else True)]
    figures: Figures = defaultdict(dict)
    for measure in (on_articles, on_segments, on_contrasts, on_spoilt, on_strangers, on_gaps, on_humans):
        measure(data, chosen, figures)
    kept = {detector.name: figures[detector.name] for detector in chosen}
    print(json.dumps(kept, indent=1))
    if not only:
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

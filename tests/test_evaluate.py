"""The loop: articles in, reports out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mtqe.data import Article, ArticleReport, Segment
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator
from mtqe.scorers.fluency_ngram import FluencyNgram
from mtqe.writers.record import report_record

EXAMPLES = Path(__file__).parents[1] / "examples"
GOOD = "The council met on Monday. It voted for the new bridge, and nobody spoke against it."


def report(target: str, **fields: str) -> ArticleReport:
    """The report of one article by the default evaluator."""
    return next(Evaluator().evaluate([Article("a", target, **fields)]))  # type: ignore[arg-type]


def example(*sides: str) -> ArticleReport:
    """The report of the example article with the sides that are asked for."""
    files = {"source": "article.fr.txt", "reference": "article.ref.txt"}
    texts = {side: (EXAMPLES / files[side]).read_text(encoding="utf-8") for side in sides}
    return report((EXAMPLES / "article.txt").read_text(encoding="utf-8"), **texts)


def value(found: ArticleReport, name: str = "quality") -> float:
    """An article's score, which must be there."""
    score = found.scores[name].value
    assert score is not None
    return score


@pytest.mark.parametrize(
    ("sides", "mode"), [((), "target_only"), (("source",), "source"), (("source", "reference"), "reference")]
)
def test_one_schema_for_three_modes(sides: tuple[str, ...], mode: str) -> None:
    """What is not given is null with a reason; nothing is missing from the report."""
    found = example(*sides)
    record = report_record(found)
    assert record["mode"] == mode
    assert set(record["scores"]) >= {"quality", "fluency", "adequacy"}
    assert (record["scores"]["adequacy"]["value"] is None) == (mode == "target_only")
    for segment in record["segments"]:
        for score in segment["scores"].values():
            assert (score["value"] is None) <= (score["note"] is not None)


def test_the_example_articles_faults_are_all_found() -> None:
    """What the README promises."""
    found = {(issue.category, issue.text[:20]) for issue in example("source").issues}
    assert found >= {
        ("untranslated", "Les deux hommes avai"),
        ("garbled_name", "Kerdonkuf"),
        ("garbled_honorific", "Mm."),
        ("garbled_honorific", "MI am"),
        ("repetition", "the"),
        ("omission", ""),
        ("boilerplate", "Leave a Reply"),
    }


FRENCH = "Le conseil s’est réuni lundi. Il a voté pour le nouveau pont, et personne ne s’y est opposé."
BROKEN = {
    "copied from the source": FRENCH,
    "unrelated": "Whisk the eggs with the sugar. Bake the cake in the oven until it is brown all over.",
    "in a wrong language": "Der Rat tagte am Montag. Er stimmte für die Brücke, und niemand sprach dagegen.",
    "word salad": "Monday the met council on. Against bridge nobody for it voted the and spoke new it.",
}


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_what_is_no_translation_scores_near_the_bottom(fault: str) -> None:
    """Whatever sentence vectors say of it."""
    broken = value(report(BROKEN[fault], source=FRENCH, source_lang="fr", target_lang="en"))
    good = value(report(GOOD, source=FRENCH, source_lang="fr", target_lang="en"))
    assert broken < 20 < 50 < good


@pytest.mark.parametrize("fault", ["copied from the source", "in a wrong language", "word salad"])
def test_broken_text_scores_near_the_bottom_without_a_source_as_well(fault: str) -> None:
    """A crawled page has no source."""
    assert value(report(BROKEN[fault], target_lang="en")) < 30
    assert value(report(GOOD, target_lang="en")) > 70


def test_an_empty_translation_of_something_scores_at_the_bottom() -> None:
    """As a whole article, and as a segment record."""
    whole = report("", source=FRENCH, source_lang="fr", target_lang="en")
    assert value(whole) < 2
    segments = (Segment(0, 0, (0, 0), "", source=FRENCH),)
    rows = Article("a", "", target_lang="en", source_lang="fr", segments=segments)
    assert value(next(Evaluator().evaluate([rows])), "adequacy") < 2


def test_half_a_translation_is_worse_than_a_whole_one() -> None:
    """What is missing counts, however good the rest is."""
    half = report(GOOD.split(". ")[0] + ".", source=FRENCH * 2, source_lang="fr", target_lang="en")
    whole = report(GOOD, source=FRENCH, source_lang="fr", target_lang="en")
    assert value(half, "adequacy") < value(whole, "adequacy") - 20


def test_a_long_article_is_not_worse_for_being_long() -> None:
    """Length-normalised: the same paragraphs many times over."""
    text = (EXAMPLES / "article.ref.txt").read_text(encoding="utf-8")
    once, often = (value(report("\n\n".join([text] * n), target_lang="en")) for n in (1, 12))
    assert often == pytest.approx(once, abs=3)


def test_an_unknown_language_is_null_and_not_a_guess() -> None:
    """No model, no number."""
    found = report("Qwrt plk zzz vrrm. Blk trr.", target_lang="eu")
    assert found.scores["quality"].value is None
    assert "no fluency model for 'eu'" in str(found.scores["quality"].note)


@pytest.mark.parametrize("text", ["", "   \n ", "Hello", "🙂🙂", "12 34"])
def test_almost_no_text_is_reported_without_a_crash(text: str) -> None:
    """An article of one word, of none, of emoji."""
    record = report_record(report(text))
    assert record["counts"]["segments"] == len(record["segments"])
    json.dumps(record, allow_nan=False)


def test_only_boilerplate_is_left_out_and_said_so() -> None:
    """There is nothing to score then."""
    found = report("Leave a Reply\n\nComments are moderated.", target_lang="en")
    assert all(segment.segment.excluded for segment in found.segments)
    assert found.scores["quality"].value is None
    assert "boilerplate" in str(found.scores["quality"].note)


def test_reports_come_in_order_and_articles_are_read_as_they_are_needed() -> None:
    """A million articles don't wait in memory."""
    taken = 0

    def articles() -> Iterator[Article]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield Article(str(number), GOOD, target_lang="en")

    reports = Evaluator(scorers=(FluencyNgram(),), detectors=()).evaluate(articles())
    assert [next(reports).article.id for _ in range(3)] == ["0", "1", "2"]
    assert taken < 100


def test_two_scorers_of_one_score_are_refused() -> None:
    """A report has one fluency."""
    with pytest.raises(ConfigError, match="fluency"):
        Evaluator(scorers=(FluencyNgram(), FluencyNgram()), detectors=())


def test_the_same_article_gives_the_same_bytes() -> None:
    """Nothing of the run shows in a report: no time, no order of a set."""
    first, second = (json.dumps(report_record(example("source"))) for _ in range(2))
    assert first == second


def test_the_signature_names_what_made_the_numbers() -> None:
    """Versions, mode, languages, components and their weights."""
    line = example("source").signature
    for part in (
        "mtqe:",
        "mode:source",
        "lang:fr-en",
        "detected:target+source",
        "fluency_ngram#",
        "untranslated",
    ):
        assert part in line


def test_several_processes_give_the_same_reports_in_the_same_order() -> None:
    """How the work is shared never shows; more articles than one batch holds."""
    articles = [Article(f"a{i}", f"{GOOD} Article {i} ends here.", target_lang="en") for i in range(70)]
    alone, shared = (list(Evaluator().evaluate(articles, workers=n)) for n in (1, 2))
    assert [report_record(found) for found in shared] == [report_record(found) for found in alone]


@pytest.mark.parametrize(
    ("language", "missing"), [("en", []), ("sw", ["garbled_name", "untranslated"]), ("ko", ["garbled_name"])]
)
def test_what_is_not_looked_for_in_a_language_is_said(language: str, missing: list[str]) -> None:
    """No issue found is no praise where nobody looked."""
    found = report("Bandari imefungwa leo.", target_lang=language)
    note = next((note for note in found.notes if note.startswith("not looked for")), "")
    assert all(name in note for name in missing)
    assert bool(note) == bool(missing)

"""What rules keep and drop, and in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mtqe.data import Article, ArticleReport, Issue, Score
from mtqe.errors import ConfigError
from mtqe.filters.base import Rule, rules
from mtqe.filters.rules.best import Best
from mtqe.filters.run_file import filter_run


def rule(**spec: Any) -> Rule:
    """The rule that a run file's entry makes."""
    (built,) = filter_run({"rules": [spec]}).filter.stages.rules
    return built


def issue(category: str, start: int, end: int, confidence: float = 0.9, severity: Any = "minor") -> Issue:
    """An issue of a category at a place."""
    text = "x" * (end - start)
    return Issue(category, "m", category, 0, start, end, text, "", severity, confidence)


def report(text: str = "It rained.", **fields: Any) -> ArticleReport:
    """A report with what a test gives it."""
    article = Article("a", text, target_lang=fields.pop("lang", "en"), meta=fields.pop("meta", {}))
    empty = ArticleReport(article, "target_only", {}, (), (), fields.pop("words", 100), "")
    return replace(empty, **fields)


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ({"at_least": 40}, 40.0, None),
        ({"at_least": 40}, 39.96, "quality 39.96, less than 40"),
        ({"at_most": 40}, 71.2, "quality 71.2, more than 40"),
        ({"at_least": 40}, None, None),
        ({"at_least": 40, None: "drop"}, None, "quality is not known: why"),
    ],
)
def test_scores(limit: dict[Any, Any], value: float | None, reason: str | None) -> None:
    """A limit is kept; a number below it is shown with as many digits as it takes; null as it says."""
    (built,) = filter_run({"rules": [{"name": "score", "score": "quality", **limit}]}).filter.stages.rules
    assert built.judge(report(scores={"quality": Score(value, "why")})).reason == reason


def test_issues_are_counted_per_thousand_words() -> None:
    """Those of the category that are sure and grave enough; the reason quotes some."""
    found = (issue("untranslated", 0, 3), issue("untranslated", 4, 9, 0.3), issue("spacing", 0, 1))
    few = rule(name="issues", category="untranslated", at_most=10)
    assert few.judge(report(issues=found, words=100)).keep
    verdict = few.judge(report(issues=found, words=99))
    assert verdict.reason == "untranslated 10.1 per 1,000 words, more than 10 (“xxx”)"
    assert not rule(name="issues", at_most=15).judge(report(issues=found, words=100)).keep
    assert rule(name="issues", at_most=15, severity="major").judge(report(issues=found)).keep


def test_one_issue_in_a_short_text_may_be_forgiven() -> None:
    """However high the rate is."""
    found = (issue("untranslated", 0, 3),)
    assert not rule(name="issues", at_most=10).judge(report(issues=found, words=8)).keep
    assert rule(name="issues", at_most=10, least=2).judge(report(issues=found, words=8)).keep


def test_a_page_without_an_article_goes() -> None:
    """Of which every limit on scores would say that nothing is wrong with it: nothing of it is scored."""
    margin = (issue("boilerplate", 0, 12), issue("boilerplate", 8, 16))
    keep = rule(name="boilerplate_share", at_most=0.5)
    verdict = keep.judge(report("y" * 20, issues=margin))
    assert not verdict.keep
    assert "boilerplate share" in str(verdict.reason)
    assert keep.judge(report("y" * 40, issues=margin)).keep
    assert keep.judge(report("y" * 20, issues=(issue("untranslated", 0, 20),))).keep


def test_foreign_text_is_counted_once() -> None:
    """Where issues overlap too, and not where another category stands."""
    found = (issue("untranslated", 0, 6), issue("wrong_language", 3, 8), issue("spacing", 0, 20))
    verdict = rule(name="foreign_share", at_most=0.3).judge(report("y" * 20, issues=found))
    assert verdict.reason == "foreign share 0.4, more than 0.3"


@pytest.mark.parametrize(
    ("unit", "limit", "keeps"), [("words", 3, True), ("characters", 30, False), ("paragraphs", 2, True)]
)
def test_length_has_units(unit: str, limit: int, keeps: bool) -> None:
    """Words by default."""
    text = "It rained.\n\nIt snowed."
    assert rule(name="length", unit=unit, at_least=limit).judge(report(text, words=4)).keep is keeps


@pytest.mark.parametrize(("unit", "text"), [("words", "Rain."), ("characters", "x"), ("paragraphs", "Rain.")])
def test_one_word_is_no_words(unit: str, text: str) -> None:
    """Neither in a reason nor in a label."""
    built = rule(name="length", unit=unit, at_least=2)
    assert built.judge(report(text, words=1)).reason == f"1 {unit[:-1]}, less than 2"
    assert rule(name="length", unit=unit, at_least=1).label == f"at least 1 {unit[:-1]}"
    assert rule(name="length", unit=unit, at_least=1, at_most=9).label == f"at least 1 and at most 9 {unit}"


@pytest.mark.parametrize(
    ("text", "keeps"),
    [
        ("It rained all day (12 mm), she said.", True),
        ("नदी के किनारे गाँव में बारिश हुई।", True),
        ("Cafe\u0301 cre\u0300me a\u0300 la carte", True),
        ("昨天，村里下了一整天的雨。", True),
        ("0815 A-17 12.50 EUR\n0816 B-3 9.99 EUR", False),
        ("----- *** ----- a", False),
        ("", False),
    ],
)
def test_tables_have_few_letters(text: str, keeps: bool) -> None:
    """And prose of any script has many; vowel signs and accents are no signs."""
    assert rule(name="letters", at_least=0.6).judge(report(text)).keep is keeps


@pytest.mark.parametrize(
    ("lang", "one_of", "keeps"),
    [("en", ["en"], True), ("en-GB", ["en"], True), ("en", ["en-GB"], False), ("fr", ["de", "en"], False)],
)
def test_a_language_stands_for_its_regions(lang: str, one_of: list[str], keeps: bool) -> None:
    """But a region not for the language."""
    assert rule(name="language", one_of=one_of).judge(report(lang=lang)).keep is keeps


def test_a_language_can_be_looked_at_though_it_is_declared() -> None:
    """A French page that says it is English goes; a short English line stays."""
    look = rule(name="language", one_of=["en"], detect=True)
    french = "Le conseil municipal a décidé hier soir de ne pas construire le pont au-dessus de la rivière."
    assert look.judge(report(french)).reason == "language fr by its words, not en"
    assert look.judge(report("It rained all day in the village by the river.")).keep


FRENCH = "Le conseil municipal a décidé hier soir de ne pas construire le pont au-dessus de la rivière."
DANISH = "Byrådet besluttede i går aftes, at den nye bro over åen ikke skal bygges i år."


@pytest.mark.parametrize(
    ("lang", "text", "keeps"),
    [
        ("en", FRENCH, False),
        ("fr-CA", FRENCH, True),
        ("en", "It rained all day in the village by the river.", True),
        ("nb", DANISH, True),
        ("oc", FRENCH, True),
        ("en", f"{FRENCH} But the fishermen voted against it.", False),
        ("en", "12 34", True),
    ],
)
def test_a_text_is_in_the_language_that_its_input_names(lang: str, text: str, keeps: bool) -> None:
    """Relatives of a language stay, and so do languages that detection does not know well."""
    assert rule(name="language", detect=True).judge(report(text, lang=lang)).keep is keeps


def test_a_table_is_in_no_language() -> None:
    """Which the reason says in words, not in a code."""
    table = "\n".join(f"{n * 7919:06d} A-{n} 0.{n * 13} EUR" for n in range(10, 40))
    reason = rule(name="language", detect=True).judge(report(table)).reason
    assert reason == "no language by its words, not en"


def test_a_language_that_was_detected_is_not_looked_at_again() -> None:
    """It can only be the same."""
    found = report(FRENCH)
    found = replace(found, article=replace(found.article, detected=("target",)))
    assert rule(name="language", detect=True).judge(found).keep


def test_any_needs_one_and_all_need_each() -> None:
    """And the reasons are those of all rules, or of the first."""
    parts = [{"name": "length", "at_least": 50}, {"name": "language", "one_of": ["en"]}]
    short = report(words=20, lang="fr")
    assert rule(name="any", of=parts).judge(short).reason == "20 words, less than 50 and language fr, not en"
    assert rule(name="any", of=parts).judge(report(words=20)).keep
    assert rule(name="all", of=parts).judge(report(words=20)).reason == "20 words, less than 50"


def test_languages_have_rules_of_their_own() -> None:
    """Those of the tag before those of its language; others as the rule says."""
    of = {
        "pt-BR": [{"name": "length", "at_least": 10}],
        "pt": [{"name": "length", "at_least": 50}],
    }
    by_language = rule(name="by_language", of=of, others="drop")
    assert by_language.judge(report(words=20, lang="pt-BR")).keep
    assert not by_language.judge(report(words=20, lang="pt-PT")).keep
    assert by_language.judge(report(lang="fr")).reason == "no rules for language fr"


def test_the_best_share_is_a_percentile() -> None:
    """Of the sample's numbers; before there is one the rule can't judge."""
    best = rule(name="best", score="quality", keep="best 80 %")
    assert isinstance(best, Best)
    assert best.fitted([float(n) for n in range(100)]).at_least == 20.0
    with pytest.raises(ConfigError, match="needs a sample"):
        best.judge(report(scores={"quality": Score(50.0)}))


def test_a_probability_names_what_weighs_most() -> None:
    """And pulls short texts towards no issue."""
    weights = {"bias": -2.0, "scores": {}, "issues": {"untranslated": 2.0}, "at_most": 0.5}
    bad = rule(name="bad_translation", **weights)
    found = (issue("untranslated", 0, 3), issue("untranslated", 4, 9))
    assert "(most of it from untranslated)" in str(bad.judge(report(issues=found, words=50)).reason)
    assert bad.judge(report(issues=found[:1], words=50)).keep


def test_a_page_of_a_plug_in_goes() -> None:
    """Unless the plug-in is only on the site."""
    page = rule(name="translated_page")
    assert not page.judge(report(meta={"translation_markers": ["translated: class translated-ltr"]})).keep
    on_site = report(meta={"translation_markers": ["plug-in: GTranslate"]})
    assert page.judge(on_site).keep
    assert not rule(name="translated_page", plugin=True).judge(on_site).keep


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"name": "length"}, "needs a limit"),
        ({"name": "language"}, "one_of must name a language, unless detect is true"),
        ({"name": "letters", "at_least": 40}, "at_least is a share, 0 to 1, not 40"),
        ({"name": "length", "at_least": 5, "at_most": 2}, "at_least 5 is more than at_most 2"),
        ({"name": "score", "score": "fluenci", "at_least": 5}, "Did you mean 'fluency'?"),
        ({"name": "issues", "category": "untranslatd", "at_most": 5}, "Did you mean 'untranslated'?"),
        ({"name": "isues", "at_most": 5}, "Did you mean 'issues'?"),
        ({"name": "any", "of": [{"name": "lenght", "at_least": 1}]}, "rules[0].of[0] lenght"),
        ({"name": "best", "score": "quality", "keep": 80}, "keep is a share"),
        ({"name": "length", "at_least": "many"}, "valid number"),
        ({"name": "length", "atleast": 3}, "did you mean 'at_least'?"),
        ("length", "needs a limit"),
    ],
)
def test_mistakes_say_where_and_how(spec: Any, says: str) -> None:
    """All of them at once, with the nearest known name."""
    with pytest.raises(ConfigError, match="(?s)" + says.replace("[", r"\[").replace("?", r"\?")):
        filter_run({"rules": [spec, {"name": "length", "at_least": 1}]})


def test_every_rule_says_what_it_is() -> None:
    """Its first line and its options are its documentation."""
    for cls in rules:
        assert cls.__doc__
        assert len(cls.__doc__.split("\n")[0]) > 20

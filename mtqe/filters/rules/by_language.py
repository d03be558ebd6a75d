"""Rules that differ from language to language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, ClassVar

from mtqe.data import ArticleReport
from mtqe.filters.base import KEEP, Needs, Null, Verdict, rules
from mtqe.filters.needs import joined
from mtqe.text.languages import base_language


@rules.register
@dataclass(frozen=True)
class ByLanguage:
    """Judge articles by the rules for their target language.

    ``of`` has a list of rules for each language ("pt" also stands for "pt-BR", if that has none of its
    own); ``others`` says what becomes of articles in a language that is not there, or not known.
    """

    of: Mapping[str, tuple[Any, ...]]
    others: Null = "keep"

    name: ClassVar[str] = "by_language"

    def __hash__(self) -> int:
        return hash((tuple(self.of.items()), self.others))

    @property
    def label(self) -> str:
        """The languages, each with its rules' labels."""
        return "; ".join(
            f"{tag}: {', '.join(rule.label for rule in found)}" for tag, found in self.of.items()
        )

    @property
    def rules(self) -> tuple[Any, ...]:
        """Those of all languages."""
        return tuple(chain.from_iterable(self.of.values()))

    def active(self, report: ArticleReport) -> Sequence[Any]:
        """Those of the article's language."""
        tag = report.article.target_lang or "und"
        return self.of[tag] if tag in self.of else self.of.get(base_language(tag), ())

    def rebuilt(self, rules: Sequence[Any]) -> ByLanguage:
        """The same with other rules."""
        new = iter(rules)
        return replace(self, of={tag: tuple(next(new) for _ in found) for tag, found in self.of.items()})

    def needs(self) -> Needs:
        """The language, and what any of the rules needs."""
        return joined([Needs(languages=True), *(rule.needs() for rule in self.rules)])

    def judge(self, report: ArticleReport) -> Verdict:
        """The first verdict that drops."""
        tag = report.article.target_lang
        known = tag is not None and (tag in self.of or base_language(tag) in self.of)
        if not known and self.others == "drop":
            return Verdict(False, f"no rules for language {tag or 'und'}")
        verdicts = (rule.judge(report) for rule in self.active(report))
        return next((verdict for verdict in verdicts if not verdict.keep), KEEP)

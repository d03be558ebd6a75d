"""Names that are spelt differently from mention to mention, or that became ordinary words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Span
from mtqe.detectors.base import detectors
from mtqe.text import name_slips
from mtqe.text.languages import base_language
from mtqe.text.name_counterparts import source_marks
from mtqe.text.name_evidence import Variant, find_variants
from mtqe.text.name_forms import find_forms
from mtqe.text.names import find_mentions, lower_words, name_words
from mtqe.text.place_names import place_marks

# A mark in the first sentence is graver than elsewhere, unless it is more likely wrong than right.
_LIKELY = 0.5


# Whoever is named so often is someone whom the article is about: readers lose track of who is who.
_OFTEN = 3


@detectors.register
@dataclass(frozen=True)
class GarbledName:
    """Mark the odd spellings of a name that an article spells in more than one way.

    Names that pass through another language's spelling come out changed: k for c, f for v, g for j,
    vowels lost, a case ending kept, the root translated. Likeness alone is no evidence, for two
    people may have similar names: what counts is a shared first name, title or partner, or that a
    name nobody knows stands alone where its bearer would first have been introduced.

    With a source, unknown names are compared with those of their source sentence, in Latin letters.
    Translated from Chinese into English, names are marked that were spelt by the sound of their
    characters, though these write a foreign name or one of Vietnam or Hong Kong, and in texts of up
    to three segments (``rare_names``) whatever else is read from characters and hardly known.

    Countries and cities under another language's name are marked as well.

    In Chinese and Japanese, foreign names that are written by their sound, with a point between first
    name and surname, are compared among themselves, by their sound and their characters.

    Left alone: plurals and possessives, adjectives and inhabitants of a name, feminine and pet
    forms, hyphenated surnames, accents left out, relatives and namesakes, Chinese names in Pinyin
    (but for the above), headlines in capitals, target languages without a table of name words, and
    names beside their source in other scripts than Latin and Chinese, long vowels and doubled
    consonants in katakana, and Chinese, Japanese, Korean and Vietnamese names in Chinese characters.
    """

    rare_names: bool = True

    name: ClassVar[str] = "garbled_name"
    mqm: ClassVar[str] = "accuracy/mistranslation"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            "The families of Paul Marchek and Anton Velkov waited. Nobody had seen Marchek. "
            "On Monday Anton Felkof was freed, and Velkov wept.",
            marks=("Felkof",),
            why="the same first name",
        ),
        Example(
            "Marchek and Velkov were arrested in May. Velkov was tried first. "
            "In June Marchek and Felkoj were freed.",
            marks=("Felkoj",),
            why="paired with the same name",
        ),
        Example(
            "Minister Luc Gerneaud met Ms. Tilbury. “We agree,” Tilbury said of Jerno when they met. "
            "Gerneaud smiled, and Gerneaud left.",
            marks=("Jerno",),
            why="never introduced, and no known name",
        ),
        Example(
            "The two Anton were tried in May: Anton Velkov and Anton Marchek.",
            marks=("Anton",),
            why="a lost plural",
        ),
        Example(
            "Yoshio Terakubo was arrested. On Friday terakubo confessed to police.",
            marks=("terakubo",),
            why="a lost capital",
        ),
        Example(
            "The coach, Andrei Stonenko, praised the team. Stone also named a captain.",
            marks=("Stonenko", "Stone"),
            why="a translated root",
        ),
        Example(
            "We must leave now, says She Halldis.", marks=("She Halldis",), why="a pronoun for a first name"
        ),
        Example(
            "The mayor thanked Velkof.",
            marks=("Velkof",),
            source="Le maire a remercié Velkov.",
            source_lang="fr",
            why="the source has the name",
        ),
        Example(
            "At the talks in Hanoi, Ruan Wenlin spoke first.",
            marks=("Ruan Wenlin",),
            source="在河内的会谈上，阮文林首先发言。",
            source_lang="zh",
            why="a Vietnamese name read in Mandarin",
        ),
        Example(
            "The trainer thanked Dergatsov.",
            marks=("Dergatsov",),
            source="教练感谢了德尔加佐夫。",
            source_lang="zh",
            why="an invented spelling of a foreign name",
        ),
        Example(
            "The talks in Varsovie ended without a treaty.",
            marks=("Varsovie",),
            why="another language's name of a place",
        ),
        Example("Rue de Londres and the Hotel Moskau are near; Jack Londres lives in Bogotá."),
        Example(
            "安东·维尔科夫被捕。律师说，维尔科夫身体健康。周一，安东·维尔柯夫获释。",
            marks=("维尔柯夫",),
            target_lang="zh",
            why="the same first name, in Chinese",
        ),
        Example("安东·维尔科夫和安东·马尔切克被捕。维尔科夫沉默，马尔切克发言。", target_lang="zh"),
        Example("アントン・ミュラー氏が来た。アントン・ミューラー氏は話した。", target_lang="ja"),
        Example("Piet Holm spoke first. Willem de Holme answered, and Holm left."),
        Example("Ana Martin met Jorge Martinez. Martin won, and Martinez lost."),
        Example("Anton Velkov and his sister Irena Velkova came. Velkova spoke, and then Velkov did."),
        Example("Anton Velkov came with all the Velkovs. The Velkovs’ house is old. Velkov’s is new."),
        Example("Immanuel Kant wrote three critiques. The Kantian school followed Kant."),
        Example("The Canadians left Canada, as Canadian papers say."),
        Example("Nora Keller-Brandt spoke. Keller had come with Brandt."),
        Example("Zoë Velkov came. Zoe Velkov left."),
        Example("William Tarrow was born here. Bill Tarrow loved the place, and Will said so."),
        Example("Zhang Wenming met Zhang Wenmin. Wenming spoke, and then Wenmin did."),
        Example("Both Iran and Iraq agreed. Iran said that Iraq had asked first."),
        Example("Austria beat Australia. In Australia nobody saw it; in Austria everybody did."),
        Example("The two Michaels, Michael Marchek and Michael Velkov, are free. Michael is glad."),
        Example("NEW VELKOV TRIAL OPENS. Anton Velkov was there, and Velkov Street was closed."),
        Example("She Wore a Yellow Ribbon is a film. He Knows It Too."),
        Example(
            "The mayor of Munich thanked Moser.",
            source="Der Bürgermeister von München dankte Moser.",
            source_lang="de",
        ),
        Example("Merkel left.", source="Merkels Rücktritt kam.", source_lang="de"),
        Example("Putin met Merkel in Moscow.", source="普京在莫斯科会见了默克尔。", source_lang="zh"),
        Example("Zhang Wei works in Shenzhen.", source="张伟在深圳工作。", source_lang="zh"),
        Example("She bought a Flexibike.", source="她买了一辆Flexibike。", source_lang="zh"),
    )

    def knows(self, article: Article) -> bool:
        """Whether there is a table of name words for the target language."""
        return name_words(base_language(article.target_lang or "und")).known

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each mention of an odd form, with the likely form as a suggestion."""
        headline = article.segments[0].target_span if article.segments else (0, 0)
        best: dict[Span, Mark] = {}
        for mark in _all_marks(article, self.rare_names):
            known = best.get((mark.start, mark.end))
            if known is None or mark.confidence > known.confidence:
                best[mark.start, mark.end] = mark
        for mark in best.values():
            leads = mark.start < headline[1] and mark.confidence >= _LIKELY
            yield replace(mark, severity="major") if leads else mark


def _all_marks(article: Article, rare_names: bool) -> Iterable[Mark]:
    language = base_language(article.target_lang or "en")
    words = name_words(language)
    if not words.known:
        return
    lower = lower_words(article.target)
    mentions = find_mentions(article, lower)
    forms = find_forms(mentions, article.target, language, words, lower)
    for variant in find_variants(forms, words):
        yield from _variant_marks(variant)
    yield from name_slips.lost_capitals(article, forms, words)
    yield from name_slips.unknown_words(article, language, words, lower)
    yield from name_slips.clipped_names(forms, words)
    yield from name_slips.lost_plurals(forms, words)
    yield from name_slips.pronoun_names(article, mentions, words)
    yield from name_slips.hyphen_variants(forms, words)
    yield from place_marks(article, language)
    yield from source_marks(article, mentions, rare_names=rare_names)


def _variant_marks(variant: Variant) -> Iterator[Mark]:
    usual, odd = variant.usual, variant.odd
    message, related = f"“{usual.text}” elsewhere, {variant.why}", name_slips.places(usual)
    often = len(usual.places) + len(odd.places) >= _OFTEN
    for mention, index in odd.places:
        span = mention.words[index].span
        yield Mark(*span, message, "major" if often else "minor", variant.confidence, usual.text, related)

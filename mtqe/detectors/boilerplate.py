"""What a web page puts around its article: related links, comment forms, share buttons, credits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from mtqe.data import Article, Example, Mark
from mtqe.detectors.base import detectors
from mtqe.text.languages import base_language
from mtqe.text.tables import table
from mtqe.text.words import count_words

_LINE = re.compile(r"[^\n]+")

# A headline that follows "See also" is no longer than this; a paragraph is.
_LINK_WORDS = 30

# "{}" in a phrase.
_FEW_WORDS = r"\S+(?: \S+){0,2}"

# What may stand around a phrase that fills a line: bullets, counts, punctuation.
_BEFORE = r"[\W\d_]{0,8}"
_AFTER = r"[\s\W\d_]{0,12}"

# "See also" may begin a sentence of the article; a related link has no full stop at its end.
_PROSE_END = re.compile(r"[.;,。]\s*$")

# A mark or a double space right after the phrase sets the link's headline apart from it.
_SET_APART = re.compile(r"\s*[:|»>→•：｜]|\s{2,}|\s+[-–—]\s")

# "PHOTO ANA PRIETO, NORDIC PRESS AGENCY": a word for a picture and a name, all in capitals.
_CREDIT = re.compile(
    r"^\W{0,3}(?:(?:PHOTOS?|IMAGE|PICTURE|FOTOS?|BILD|ФОТО)\b[\s:]{1,3}(?:[^\W\da-zß-ÿ]{2,}[\s.,/-]{1,2}){2}"
    r"|(?:©|\(c\))\s*\S|\S.{0,60}\s/\s?(?:AFP|AP|EPA|REUTERS|Reuters|Getty Images|dpa)\W*$)"
)

# A page's own code that came along with its text.
_CODE = re.compile(r"^\s*(?:<!--.*-->|<\?.*\?>|\{\{.*\}\})\s*$")

# The site's name behind a headline: after a bar; after a dash, or a colon with a bar to come,
# where it has a word that only media have in their names.
_SEPARATOR = re.compile(r"\s[|｜]\s|｜|\s[-–—]\s|\s?:\s(?=.*[|｜])")
_MEDIA = re.compile(
    r"\b(?:News|Times|Post|Herald|Tribune|Gazette|Daily|Online|Digital|Newspaper|Shimbun|Zeitung|Nachrichten"
    r"|Journal|Presse|TV|Radio|en français|auf Deutsch|en español"
    r"|[\w-]{2,}\.(?:com|org|net|ru|de|fr|jp|cn|info))\b"
)
_SITE_WORDS = 12
_PLAIN_SITE_WORDS = 4
_LOWER_CASE_WORD = re.compile(r"(?<!\S)[a-zß-ÿа-я]")

_MESSAGES = {
    "link": "a link to another article",
    "line": "part of the page, not of the article",
    "start": "part of the page, not of the article",
    "credit": "a picture's credit",
    "code": "code of the page",
    "site": "the site's name behind the headline",
}
_CONFIDENCE = {"link": 0.9, "line": 0.9, "start": 0.95, "credit": 0.85, "code": 0.95, "site": 0.8}


@detectors.register
@dataclass(frozen=True)
class Boilerplate:
    """Mark lines that belong to the web page and not to its article; they are not scored.

    Whole lines are compared with the phrases of ``text/tables/boilerplate.yaml``, in the
    article's language and in English, which templates are often left in. Left alone: sentences
    of the article that begin like such a line ("See also the letter that ...").
    """

    name: ClassVar[str] = "boilerplate"
    mqm: ClassVar[str] = "other/boilerplate"
    excludes: ClassVar[bool] = True
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            "The bridge is open again.\n\nSee also  Ferry strike enters its second week",
            marks=("See also  Ferry strike enters its second week",),
        ),
        Example("Leave a Reply\n\nIt rained.", marks=("Leave a Reply",)),
        Example("PHOTO LENA MORI, NORTHERN PRESS\n\nIt rained.", marks=("PHOTO LENA MORI, NORTHERN PRESS",)),
        Example("Snow closes pass | Valley Herald\nIt snowed.", marks=("Valley Herald",)),
        Example(
            "Es regnet.\n\nLesen Sie auch: Der Sommer kommt",
            ("Lesen Sie auch: Der Sommer kommt",),
            None,
            "de",
        ),
        Example("See also the letter that the mayor sent to the council in May, which said the opposite."),
        Example("Share prices fell on Monday."),
        Example("Comments by the minister angered the fishermen."),
        Example("Photo shows a man with a dog."),
        Example("Read more books, says the librarian."),
        Example("Print is not dead, she said. Home is where the press is."),
        Example("Advertising revenue rose by a tenth.\n\nSubscribers stayed."),
        Example("Held at sea | The skipper spoke of the fate of his crew with the harbour master"),
        Example("Tea – a drink for every hour of the day"),
        Example("Don't miss the bus, her mother used to say."),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each line of the page, and one for the site's name behind the headline."""
        language = base_language(article.target_lang or "en")
        for number, line in enumerate(_LINE.finditer(article.target)):
            text = line.group()
            start = line.start() + len(text) - len(text.lstrip())
            kind = _kind(text.strip(), language)
            if kind:
                yield _mark(kind, start, line.start() + len(text.rstrip()))
            elif number == 0 and (tail := _site_name(text)):
                yield _mark("site", line.start() + tail[0], line.start() + tail[1])


def _mark(kind: str, start: int, end: int) -> Mark:
    return Mark(start, end, _MESSAGES[kind], confidence=_CONFIDENCE[kind], severity="minor")


def _kind(line: str, language: str) -> str | None:
    """Which kind of boilerplate the whole line is, if any."""
    if _CODE.match(line):
        return "code"
    if _CREDIT.match(line) and count_words(line) <= _LINK_WORDS:
        return "credit"
    folded = line[:300].replace("’", "'").casefold()
    for pattern in _patterns(language):
        found = pattern.match(folded)
        if found and (found.lastgroup != "link" or _is_link(line, found.end("link"))):
            return found.lastgroup
    return None


def _is_link(line: str, phrase_end: int) -> bool:
    """Whether what follows "See also" is a headline and not the rest of a sentence."""
    rest = line[phrase_end:]
    if count_words(rest) > _LINK_WORDS:
        return False
    if _SET_APART.match(rest):
        return True
    # A headline starts with a capital (scripts without capitals have no lower case either).
    return not _PROSE_END.search(rest) and not rest.lstrip()[:1].islower()


def _site_name(headline: str) -> tuple[int, int] | None:
    """Where the site's name stands in a headline that ends with it."""
    if count_words(headline) > _LINK_WORDS:
        return None
    end = len(headline.rstrip())
    for separator in sorted(_SEPARATOR.finditer(headline), key=_bars_first):
        head, tail = headline[: separator.start()], headline[separator.end() : end]
        if count_words(tail) < count_words(head) and _is_site(separator.group(), tail):
            return separator.end(), end
    return None


def _bars_first(separator: re.Match[str]) -> tuple[bool, int]:
    """Bars from the left, for a site may have several parts; then dashes from the right."""
    dash = separator.group().strip() in "-–—"
    return dash, -separator.start() if dash else separator.start()


def _is_site(separator: str, tail: str) -> bool:
    words = count_words(tail)
    if _MEDIA.search(tail) and words <= _SITE_WORDS:
        return True
    barred = "|" in separator or "｜" in separator
    return barred and 0 < words <= _PLAIN_SITE_WORDS and not _LOWER_CASE_WORD.search(tail)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """One pattern for each language whose templates are looked for; the group is the kind."""
    phrases = table("boilerplate")
    return tuple(_pattern(phrases[code]) for code in dict.fromkeys((language, "en")) if code in phrases)


def _pattern(phrases: dict[str, list[str]]) -> re.Pattern[str]:
    line = f"(?P<line>{_either(phrases['line'])}){_AFTER}$"
    start = f"(?P<start>{_either(phrases['start'])})"
    link = f"(?P<link>{_either(phrases['link'])})(?!\\w)"
    return re.compile(f"{_BEFORE}(?:{line}|{start}|{link})")


def _either(phrases: list[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\{\}", _FEW_WORDS) for phrase in longest_first)

"""What a web page puts around its article: related links, comment forms, share buttons, credits."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Span
from mtqe.detectors.base import detectors
from mtqe.text.languages import base_language
from mtqe.text.tables import table
from mtqe.text.words import count_words

_LINE = re.compile(r"[^\n]+")

# A headline that follows "See also" is no longer than this; a paragraph is.
_LINK_WORDS = 30

# A line that only says where a text is from, and a paragraph that only says how to subscribe.
_SHORT_WORDS = 12
_START_WORDS = 60
_LONGEST_LINE = 1_000

# What a phrase is compared with; longer lines differ from all phrases before that.
_LONGEST_PHRASE = 300

# "{}" and "{site}" in a phrase.
_FEW_WORDS = r"\S+(?: \S+){0,2}"
_SITE = (
    r"(?:our |a |the |post on )?(?:facebook|twitter|x|instagram|youtube|telegram|whatsapp|linkedin|tiktok"
    r"|pinterest|reddit|vk|viber|threads|flipboard|google|google news|google новости|mastodon|bluesky"
    r"|weibo|wechat|line|фейсбук\w*|твиттер\w*|телеграм\w*|вконтакте|ютуб\w*)(?!\w)"
)

# What may stand around a phrase that fills a line: bullets, counts, punctuation.
_BEFORE = r"[\W\d_]{0,8}"
_AFTER = r"[\s\W\d_]{0,12}"

# "See also" may begin a sentence of the article; a related link has no full stop at its end.
_PROSE_END = re.compile(r"[.;,。]\s*$")

# A mark or a double space right after the phrase sets the link's headline apart from it.
_SET_APART = re.compile(r"\s*[:|»>→•：｜]|\s{2,}|\s+[-–—]\s|\s+(?=[\u3040-\u30ff\u3400-\u9fff])")

# Inside a paragraph the mark has to be there; what it sets apart is a headline and no "page 4".
_MARK = re.compile(r"[:|»→：｜]")
_PHRASE_WINDOW = 50
_ENDS_PHRASE = re.compile(r"[^\W\d_]{2}[】]?$")
_LEAST_HEADLINE_WORDS = 3
_REFERENCE = re.compile(
    r"\W*(?:\d|(?:fig(?:ure)?s?|tab(?:le)?s?|sect(?:ion)?s?|chapter|ch|page|pp?|eq|appendix|note"
    r"|box|annex|art|abb|kap|kapitel|seite|рис|табл|стр|гл|capítulo|página|figura|tabella|capitolo|pagina|图|表|第|図)(?:\b|\W|\d|[\u3400-\u9fff]))",
    re.I,
)
_CLOSING_BRACKET = re.compile(r"[)\]】）]")
_SENTENCE_END = re.compile(r"(?:^|[.!?…。！？”\"»」)\]–—•(\[【（-])\s*$")

# "PHOTO ANA PRIETO, NORDIC PRESS AGENCY": a word for a picture and a name, all in capitals.
_CREDIT = re.compile(
    r"^\W{0,3}(?:(?:PHOTOS?|IMAGE|PICTURE|FOTOS?|BILD|ФОТО)\b[\s:]{1,3}(?:[^\W\da-zß-ÿ]{2,}[\s.,/-]{1,2}){2}"
    r"|(?:©|\(c\))\s*\S|\S.{0,60}\s/\s?(?:AFP|AP|EPA|REUTERS|Reuters|Getty Images|dpa)\W*$)"
)

# A page's own code that came along with its text.
_CODE = re.compile(r"^\s*(?:<!--.*-->|<\?.*\?>|\{\{.*\}\})\s*$")
_COMMENT = re.compile(r"<!--[^\n<>]{0,500}-->")

# What follows the first step of "Home > News > Region".
_CRUMBS = r"(?:\s*[>»›→]\s*[^.!?\n]{2,100}|(?:\s*[/|]\s*[^.!?\n/|]{2,40}){2,6})$"

# "By Ana Falk | 3 min read".
_BYLINE = r"(?P<by>{}) \S+(?: \S+){{0,4}}?\s*[|•·]\s*[^\n]{{0,60}}\d[^\n]{{0,40}}$"

# The site's name behind a headline: after a bar; after a dash, or a colon with a bar to come,
# where it has a word that only media have in their names.
_SEPARATOR = re.compile(r"\s[|｜]\s|｜|\s[-–—]\s|\s?:\s(?=.*[|｜])")
_MEDIA = re.compile(
    r"\b(?:News|Times|Post|Herald|Tribune|Gazette|Daily|Online|Digital|Newspaper|Shimbun|Zeitung|Nachrichten"
    r"|Journal|Presse|TV|Radio|en français|auf Deutsch|en español"
    r"|[\w-]{2,}\.(?:com|org|net|ru|de|fr|jp|cn|info))\b"
)
_DOMAIN = re.compile(r"[\w-]{2,}\.(?:com|org|net|ru|de|fr|jp|cn|info|es|it|br|pt|uk|eu)(?:\.\w\w)?/?\W*$")
_HEADLINE_WORDS = 45
_LONGEST_HEADLINE = 500
_SITE_WORDS = 12
_DASHED_SITE_WORDS = 5
_PLAIN_SITE_WORDS = 4
_LOWER_CASE_WORD = re.compile(r"(?<!\S)[a-zß-ÿа-я]")

_MESSAGES = {
    "link": "a link to another article",
    "line": "part of the page, not of the article",
    "start": "part of the page, not of the article",
    "short": "who made the text, or where it is filed",
    "dated": "when the page was made",
    "end": "part of the page, not of the article",
    "by": "who wrote the page, and when",
    "crumbs": "where the page stands on its site",
    "credit": "a picture's credit",
    "code": "code of the page",
    "site": "the site's name behind the headline",
}
_CONFIDENCE = {
    "link": 0.9,
    "line": 0.9,
    "start": 0.95,
    "short": 0.8,
    "dated": 0.9,
    "end": 0.9,
    "by": 0.9,
    "crumbs": 0.9,
    "credit": 0.85,
    "code": 0.95,
    "site": 0.85,
}


@detectors.register
@dataclass(frozen=True)
class Boilerplate:
    """Mark lines that belong to the web page and not to its article; they are not scored.

    Lines are compared with the phrases of ``text/tables/boilerplate.yaml``, in the article's
    language and in English, which templates are often left in; so are sentences that the page
    put into a paragraph. Left alone: sentences of the article that begin like such a line ("See
    also the letter that ..."), bylines and captions. The site's name behind a headline is marked
    after a bar, and after a dash if it is an address; ``dashed_sites`` marks names that sound like
    media after a dash too, which people leave there as often as systems do.
    """

    dashed_sites: bool = False

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
        Example(
            "The bridge is open. Read also: Ferry strike enters its second week\n\nIt rained.",
            marks=("Read also: Ferry strike enters its second week",),
        ),
        Example(
            "Home > News > Coast\n\nUpdated: 4 May 2020 at 10:30",
            marks=("Home > News > Coast", "Updated: 4 May 2020 at 10:30"),
        ),
        Example("The bridge is open (see also page 4). See also: Table 2."),
        Example("Published in 1990, the book sold well.\n\nUpdated rules come into force in 2021."),
        Example("Storm on the coast – all news on TV\nIt rained."),
        Example("He follows us on foot. Find us on the beach, she wrote."),
        Example("Lena Mori\nNorthern Press\n\nIt rained."),
        Example("He said: read more: it helps against everything, and sleep."),
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
        """One mark for each line of the page, each part of it in a paragraph, and the site's name."""
        language = base_language(article.target_lang or "en")
        starts = [segment.target_span[0] for segment in article.segments]
        found = [_stripped(article.target, line.span()) for line in _LINE.finditer(article.target)]
        for number, line in enumerate(span for span in found if span[0] < span[1]):
            text = article.target[slice(*line)]
            if kind := _line_kind(text, language):
                yield _mark(kind, line)
                continue
            if number == 0 and (tail := self._site_name(text)):
                yield _mark("site", (line[0] + tail[0], line[0] + tail[1]))
            yield from _inside(article, starts, line, language)

    def _site_name(self, headline: str) -> Span | None:
        """Where the site's name stands in a headline that ends with it."""
        if len(headline) > _LONGEST_HEADLINE or count_words(headline) > _HEADLINE_WORDS:
            return None
        end = len(headline.rstrip())
        for separator in sorted(_SEPARATOR.finditer(headline), key=_bars_first):
            head, tail = headline[: separator.start()], headline[separator.end() : end]
            if count_words(tail) < count_words(head) and self._is_site(separator.group(), tail):
                return separator.end(), end
        return None

    def _is_site(self, separator: str, tail: str) -> bool:
        words = count_words(tail)
        if separator.strip() in "-–—":
            named = self.dashed_sites and _MEDIA.search(tail) is not None
            return words <= _DASHED_SITE_WORDS and (named or _DOMAIN.search(tail) is not None)
        if _MEDIA.search(tail) and words <= _SITE_WORDS:
            return True
        barred = "|" in separator or "｜" in separator
        return barred and 0 < words <= _PLAIN_SITE_WORDS and not _LOWER_CASE_WORD.search(tail)


def _bars_first(separator: re.Match[str]) -> tuple[bool, int]:
    """Bars from the left, for a site may have several parts; then dashes from the right."""
    dash = separator.group().strip() in "-–—"
    return dash, -separator.start() if dash else separator.start()


def _mark(kind: str, span: Span) -> Mark:
    return Mark(*span, _MESSAGES[kind], confidence=_CONFIDENCE[kind], severity="minor")


def _stripped(text: str, span: Span) -> Span:
    """The range without white space at its ends."""
    inside = text[slice(*span)]
    return span[0] + len(inside) - len(inside.lstrip()), span[0] + len(inside.rstrip())


def _plain(text: str) -> str:
    """What is compared with phrases; every character keeps its place."""
    return text[:_LONGEST_PHRASE].replace("’", "'").replace("\u00a0", " ")


def _line_kind(line: str, language: str) -> str | None:
    """Which kind of boilerplate the whole line is, if any."""
    if _CODE.match(line):
        return "code"
    words = count_words(line) if len(line) <= _LONGEST_LINE else _START_WORDS + 1
    if words > _START_WORDS:
        return None
    if _CREDIT.match(line) and words <= _LINK_WORDS:
        return "credit"
    if words <= _SHORT_WORDS and (kind := _short_kind(line, language)):
        return kind
    for pattern in _patterns(language):
        found = pattern.match(_plain(line))
        if found and (found.lastgroup != "link" or _is_link(line, found.end("link"))):
            return found.lastgroup
    return None


def _short_kind(line: str, language: str) -> str | None:
    """What lines of a few words say: dates, authors, sources, the way to the page."""
    for pattern in _short_patterns(language):
        found = pattern.match(_plain(line))
        if found and _fits(found, line):
            return found.lastgroup
    return None


def _fits(found: re.Match[str], line: str) -> bool:
    """Whether a short line is no sentence, and has a date where it must."""
    sentence = _PROSE_END.search(line) is not None
    if found.lastgroup == "dated":
        return not sentence and re.search(r"\d", line) is not None
    return found.lastgroup == "end" or not sentence


def _is_link(line: str, phrase_end: int) -> bool:
    """Whether what follows "See also" is a headline and not the rest of a sentence."""
    rest = line[phrase_end:]
    if count_words(rest) > _LINK_WORDS or not rest.strip():
        return False
    if _SET_APART.match(rest):
        return True
    # A headline starts with a capital; scripts without capitals need more of a sign.
    first = rest.lstrip(" \"“”„«'‘(")[:1]
    capital = first.isupper() or first.isdigit()
    return not _PROSE_END.search(rest) and (capital or line[phrase_end - 1] == ":")


def _inside(article: Article, starts: Sequence[int], line: Span, language: str) -> Iterator[Mark]:
    """Marks of what the page put into a paragraph."""
    text = article.target
    for comment in _COMMENT.finditer(text, *line):
        yield _mark("code", comment.span())
    for index in range(bisect_left(starts, line[0]), bisect_left(starts, line[1])):
        span = article.segments[index].target_span
        if span[1] > line[1]:
            continue
        if span != line and (kind := _sentence_kind(text[slice(*span)], language)):
            yield _mark(kind, span)
        elif link := _link_inside(text, span, language):
            yield _mark("link", link)


def _sentence_kind(sentence: str, language: str) -> str | None:
    """Whether a whole sentence inside a paragraph is the page's; single words are not enough."""
    if count_words(sentence) > _LINK_WORDS:
        return None
    for pattern in _patterns(language):
        found = pattern.match(_plain(sentence))
        if found and found.lastgroup == "start" and ":" not in found.group():
            return "start"
        if found and found.lastgroup == "line" and count_words(sentence) >= _LEAST_HEADLINE_WORDS:
            return "line"
    return None


def _link_inside(text: str, sentence: Span, language: str) -> Span | None:
    """Where "Read also: Ferries stay in port" stands in a sentence, to its end or its bracket's."""
    for mark in _MARK.finditer(text, *sentence):
        window = max(sentence[0], mark.start() - _PHRASE_WINDOW)
        before = text[window : mark.start()].replace("’", "'").rstrip()
        if not _ENDS_PHRASE.search(before):
            continue
        for pattern in _phrases_at_end(language):
            found = pattern.search(before)
            if found and (end := _link_end(text, mark.end(), sentence[1])) and _is_set_off(before, found):
                start = window + found.start("link")
                return (start - 1, end) if text[end - 1] in ")]】）" else (start, end)
    return None


def _is_set_off(before: str, found: re.Match[str]) -> bool:
    """Whether the phrase begins a sentence, or shouts."""
    phrase = found.group("link")
    if phrase.isupper():
        return True
    return not phrase[0].islower() and _SENTENCE_END.search(before[: found.start("link")]) is not None


def _link_end(text: str, start: int, end: int) -> int | None:
    """Where the headline ends that starts after the mark, if there is one."""
    bracket = _CLOSING_BRACKET.search(text, start, min(end, start + _LONGEST_PHRASE))
    stop = bracket.end() if bracket else end
    headline = text[start : min(stop, start + _LONGEST_PHRASE)]
    few = count_words(headline) < _LEAST_HEADLINE_WORDS or count_words(headline) > _LINK_WORDS
    first = headline.lstrip(" \"“”„«'‘")[:1]
    return None if few or first.islower() or _REFERENCE.match(headline) else stop


@cache
def _phrases(language: str) -> tuple[dict[str, list[str]], ...]:
    """The phrases of each language whose templates are looked for."""
    phrases = table("boilerplate")
    return tuple(phrases[code] for code in dict.fromkeys((language, "en")) if code in phrases)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """One pattern for each of the languages; the group is the kind."""
    return tuple(_pattern(phrases) for phrases in _phrases(language))


def _pattern(phrases: dict[str, list[str]]) -> re.Pattern[str]:
    line = f"(?P<line>{_either(phrases['line'])}){_AFTER}$"
    start = f"(?P<start>{_either(phrases['start'])})"
    link = f"(?P<link>{_either(phrases['link'])})(?![^\\W\\u3040-\\u9fff])"
    return re.compile(f"{_BEFORE}(?:{line}|{start}|{link})", re.I)


@cache
def _phrases_at_end(language: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for a link's phrase right before the mark that sets its headline apart."""
    links = [[phrase.rstrip(" :") for phrase in phrases["link"]] for phrases in _phrases(language)]
    return tuple(re.compile(rf"(?<!\w)(?P<link>{_either(link)})\s*$", re.I) for link in links)


@cache
def _short_patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for lines of a few words."""
    return tuple(_short_pattern(phrases) for phrases in _phrases(language))


def _short_pattern(phrases: dict[str, list[str]]) -> re.Pattern[str]:
    short = f"(?P<short>{_either(phrases['short'])})"
    dated = f"(?P<dated>{_either(phrases['dated'])})(?!\\w)"
    end = f"(?P<end>.{{1,200}}?(?<!\\w)(?:{_either(phrases['end'])}))\\W*$"
    by = _BYLINE.format(_either(phrases["by"]))
    home = f"(?P<crumbs>{_either(phrases['home'])}){_CRUMBS}"
    return re.compile(f"{_BEFORE}(?:{short}|{dated}|{by}|{home}|{end})", re.I)


def _either(phrases: list[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    found = "|".join(re.escape(phrase) for phrase in longest_first)
    return found.replace(r"\{\}", _FEW_WORDS).replace(r"\{site\}", _SITE)

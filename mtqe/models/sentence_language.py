"""Whether a sentence is in another language, or another script, than its text should be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import langcodes

from mtqe.models.language_id import identify
from mtqe.models.word_language import CYRILLIC, Frequencies, frequencies
from mtqe.text.languages import base_language
from mtqe.text.scripts import letters_outside, script_of, scripts_of
from mtqe.text.spacing import without_code
from mtqe.text.tables import table

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_UNSPACED_LETTER = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
)

# A character of a script without spaces says about as much as half a word.
_CHARACTERS_PER_WORD = 2

# Prose: most characters are letters, and most words begin in lower case; names, lists, code and
# formulas are none. German, which has most capitals, has half of its words in lower case.
_LETTERS_SHARE = 0.75
_LOWER_SHARE = 0.4

# Zipf frequency of a usual word. In nine of ten sentences of a language at least two thirds of the
# words are, less in Russian. Lists of languages in Latin letters have English words too, so that half
# of an English sentence is usual in German.
_USUAL = 4.0
_OWN_SHARE = 0.66
_OWN_SHARE_ELSEWHERE = 0.45
_OTHER_SHARE = 0.55
_DIFFERENCE = 0.2
_SURE = 0.99

# Less than this of the letters in the script of the language is a sentence in another script.
_OWN_LETTERS = 0.3

# Of the characters that only one way of writing Chinese has: at least so many, and this share.
_LEAST_CHARACTERS = 4
_OTHER_CHARACTERS = 0.8
_KANA_SHARE = 0.2

_TRANSLITERATED_WORDS = 20_000
_TRANSLITERATED_SHARE = 0.5


_SCRIPT = "in another script than asked for"


class OtherLanguage(NamedTuple):
    """What a sentence is in. ``language`` is the target itself if the script alone is wrong."""

    language: str
    script: bool  # the evidence is its letters
    message: str
    readable: bool = False  # only the way of writing is another


def other_language(text: str, target: str, least_words: int) -> OtherLanguage | None:
    """What ``text`` is in, if that is surely not the target (BCP 47); None for short text and no prose."""
    words = _WORD.findall(text)
    base = base_language(target)
    usual = frequencies(base) if base not in ("zh", "ja") else None
    if usual is not None and _is_home(words, usual, "Latn" in scripts_of(target)):
        return None
    text = without_code(text)
    words = _WORD.findall(text)
    if len(words) + len(_UNSPACED_LETTER.findall(text)) / _CHARACTERS_PER_WORD < least_words:
        return None
    if _is_in_other_script(text, scripts_of(target)):
        return _in_other_script(text, words, target, least_words)
    if base in ("zh", "ja"):
        return _in_han(text, target)
    return _in_same_script(text, words, base, usual) if usual is not None and _is_prose(text, words) else None


def _is_in_other_script(text: str, home: tuple[str, ...]) -> bool:
    """Whether hardly any letters are of the scripts of a language, if these are known."""
    letters = _LETTER.findall(text)
    foreign = letters_outside(home).findall(text) if home else []
    return _weight(letters) - _weight(foreign) < _OWN_LETTERS * _weight(letters)


def _weight(letters: Sequence[str]) -> int:
    """How much letters say: those of scripts without spaces count for two."""
    return len(letters) + len(_UNSPACED_LETTER.findall("".join(letters)))


def _is_home(words: Sequence[str], usual: Frequencies, latin: bool) -> bool:
    """Whether most words are usual in the language; lists of other scripts have English words too."""
    own = words if latin else [word for word in words if not word.isascii()]
    enough = _OWN_SHARE if latin else _OWN_SHARE_ELSEWHERE
    return 2 * len(own) > len(words) and _share(own, usual) >= enough


def _share(words: Sequence[str], usual: Frequencies) -> float:
    """The share of words that are usual in a language; names, with their capitals, say little."""
    plain = [word for word in words if word[0].islower()] or [word.lower() for word in words]
    return sum(usual[word.replace("’", "'")] >= _USUAL for word in plain) / max(len(plain), 1)


def _is_prose(text: str, words: Sequence[str]) -> bool:
    visible = sum(map(len, text.split()))
    lower = sum(word[:1] == word[:1].lower() for word in words)
    return len(_LETTER.findall(text)) >= _LETTERS_SHARE * visible and lower >= _LOWER_SHARE * len(words)


def _in_same_script(text: str, words: Sequence[str], base: str, usual: Frequencies) -> OtherLanguage | None:
    """Another language, if a classifier and the words of its list both say so."""
    guess = identify(text)
    if guess is None or guess.probability < _SURE or are_close(guess.language, base):
        return None
    known = frequencies(guess.language, "small")
    if known is None:
        return None
    theirs = _share(words, known)
    if theirs < _OTHER_SHARE or theirs - _share(words, usual) < _DIFFERENCE:
        return None
    return OtherLanguage(guess.language, False, f"in another language ({guess.language})")


def _in_other_script(text: str, words: Sequence[str], target: str, least: int) -> OtherLanguage | None:
    latin = script_of(text) == "Latn"
    guess = identify(text)
    if guess is None or (latin and (len(words) < least or not _is_prose(text, words))):
        return None
    base = base_language(target)
    if are_close(guess.language, base):
        return OtherLanguage(base, True, _SCRIPT, readable=True) if _names_script(target) else None
    known = frequencies(guess.language, "small") if latin else None
    if not latin or (known is not None and _share(words, known) >= _OTHER_SHARE):
        return OtherLanguage(guess.language, True, f"in another language ({guess.language})")
    if base in CYRILLIC and _share_in(words, _transliterated(base)) >= _TRANSLITERATED_SHARE:
        return OtherLanguage(base, True, "in Latin letters", readable=True)
    return None


def _names_script(tag: str) -> bool:
    return langcodes.Language.get(tag).script is not None


def _share_in(words: Sequence[str], known: frozenset[str]) -> float:
    return sum(word.lower() in known for word in words) / max(len(words), 1)


@cache
def _transliterated(language: str) -> frozenset[str]:
    """Usual words of a language in Latin letters."""
    from anyascii import anyascii

    usual = frequencies(language)
    return frozenset(map(anyascii, usual.most_usual(_TRANSLITERATED_WORDS))) if usual else frozenset()


def _in_han(text: str, target: str) -> OtherLanguage | None:
    """Japanese for Chinese, Chinese for Japanese, and traditional for simplified characters."""
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    if base_language(target) == "ja":
        chinese = _count(text, table("wrong_language")["chinese_only"])
        is_chinese = kana == 0 and chinese >= _LEAST_CHARACTERS
        return OtherLanguage("zh", True, "in another language (zh)") if is_chinese else None
    if kana >= _KANA_SHARE * (kana + han):
        return OtherLanguage("ja", True, "in another language (ja)")
    return _in_other_characters(text, target)


def _in_other_characters(text: str, target: str) -> OtherLanguage | None:
    wanted = langcodes.Language.get(target)
    if wanted.script is None and wanted.territory is None:
        return None  # plain "zh" is written in either
    simplified, traditional = (
        _count(text, table("wrong_language")[n]) for n in ("simplified", "traditional")
    )
    hans = wanted.maximize().script == "Hans"
    other, name = (traditional, "traditional") if hans else (simplified, "simplified")
    if other < _LEAST_CHARACTERS or other < _OTHER_CHARACTERS * (simplified + traditional):
        return None
    return OtherLanguage("zh", True, f"in {name} characters", readable=True)


def _count(text: str, characters: Iterable[str]) -> int:
    wanted = frozenset(characters)
    return sum(character in wanted for character in text)


@cache
def are_close(one: str, other: str) -> bool:
    """Whether two languages are the same or too alike to be told apart by a sentence."""
    groups = table("wrong_language")["close"]
    return one == other or any(one in group and other in group for group in groups)

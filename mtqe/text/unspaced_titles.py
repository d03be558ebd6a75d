"""Titles left over or doubled beside names in Chinese and Japanese, which have no capitals and few spaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from mtqe.data import Span
from mtqe.text.chinese_names import foreign_rows
from mtqe.text.name_forms import Form
from mtqe.text.phonetics import romanise
from mtqe.text.title_wrecks import Wreck

# What a title is a part of if it stands right before: a word, an address, initials, a measure.
_NO_PART = r"(?<![A-Za-z\u00c0-\u024f\u0400-\u04ff0-9.·・&@’'-])(?<![0-9] )"

# What may be a name right behind a title; with a point behind, it is the first name.
_NAME = r"[ \u00a0]?([\u3400-\u4dbf\u4e00-\u9fff]{2,12}|[\u30a1-\u30fa\u30fc]{2,24})(?![·・])"

# Two names are told apart by their first characters, for their ends are uncertain.
_TOLD_APART = 2

_LEFT_OVER = ("script", "known")


def unspaced_wrecks(
    text: str, language: str, wrecks: Mapping[str, Wreck], forms: Callable[[], Mapping[str, Form]]
) -> Iterator[tuple[Span, Wreck]]:
    """The wrecked titles of a text; ``forms`` are the names of the article, asked for only if needed."""
    found = list(_left_over(text, wrecks))
    doubtful = [match for match in found if wrecks[match.group(1)].before == "known"]
    several = len({match.group(2)[:_TOLD_APART] for match in doubtful}) > 1
    for match in found:
        wreck = wrecks[match.group(1)]
        if wreck.before == "known":
            wrong = several or _has_first_name(match, forms())
        else:
            wrong = _is_foreign(match.group(2), language)
        if wrong:
            yield match.span(1), wreck
    yield from _behind(text, wrecks)


def _left_over(text: str, wrecks: Mapping[str, Wreck]) -> Iterator[re.Match[str]]:
    # Most texts have none: to look for each is faster than a pattern of all.
    present = [form for form, wreck in wrecks.items() if wreck.before in _LEFT_OVER and form in text]
    longest_first = sorted(present, key=lambda form: (-len(form), form))
    if present:
        yield from re.finditer(rf"{_NO_PART}({'|'.join(map(re.escape, longest_first))}){_NAME}", text)


def _is_foreign(name: str, language: str) -> bool:
    """Whether a name is written by its sound, from its first character on."""
    return language != "zh" or next(foreign_rows(name), (1, 1))[0] == 0


def _has_first_name(match: re.Match[str], forms: Mapping[str, Form]) -> bool:
    """Whether what follows has a first name in the article that the title does not abbreviate."""
    title, name = romanise(match.group(1)), match.group(2)
    initial = title if len(title) == 1 else ""
    surnames = (forms[name[:end]] for end in range(len(name) + 1) if name[:end] in forms)
    return any(form.given and _is_other(initial, form.given) for form in surnames)


def _is_other(initial: str, given: Iterable[str]) -> bool:
    return not initial or not any(name.startswith(initial) for name in given)


def _behind(text: str, wrecks: Mapping[str, Wreck]) -> Iterator[tuple[Span, Wreck]]:
    """Titles that stand twice behind a name."""
    for form, wreck in wrecks.items():
        if wreck.before == "behind" and form in text:
            unless = f"(?!{wreck.unless})" if wreck.unless else ""
            for match in re.finditer(rf"(?:{wreck.after})({re.escape(form)}){unless}", text):
                yield match.span(1), wreck

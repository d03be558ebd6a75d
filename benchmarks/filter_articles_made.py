"""Articles that benchmarks of filters are made of: good ones of any length, and plainly bad ones.

All are put together from the sentences of the example, with changing names and years; no two are alike.
The bad ones are bad as crawled text is (the classes of Kreutzer et al., 2022, "Quality at a glance", and
what translation makes of it), as many of each kind: ``BAD`` says which.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

from mtqe.text.sentences import split_paragraphs, split_sentences

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = ("Adler", "Brecht", "Costa", "Duarte", "Egan", "Fuchs", "Grosz", "Haas", "Ilves", "Jansen")
_ENDED = re.compile(r"[.!?][”»\s]*$")
MENU = (
    "Home\nNews\nSport\nWeather\nJobs",
    "Share on Facebook\nShare on Twitter\nPrint this page",
    "We use cookies to improve your experience.\nAccept all\nReject all\nCookie settings",
    "Subscribe to our newsletter\nEnter your e-mail address\nSign up",
    "Read more\nRelated articles\nMost read\nNext page",
    "Terms of use\nPrivacy policy\nContact us\nAll rights reserved",
)


def _sentences(name: str, language: str) -> list[str]:
    """The example's sentences; no headlines, and "Ms." ends none."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    lines = (text[slice(*span)] for span in split_paragraphs(text))
    found = [line[slice(*span)] for line in lines for span in split_sentences(line, language)]
    return [sentence for sentence in found if len(sentence) > 40 and _ENDED.search(sentence)]


ENGLISH = _sentences("article.ref.txt", "en")
FRENCH = _sentences("article.fr.txt", "fr")


def good(rng: random.Random, words: int) -> str:
    """English sentences of one man's story, with about that many words."""
    name = rng.choice(NAMES)
    parts: list[str] = []
    while sum(len(part.split()) for part in parts) < words:
        year = rng.randrange(1900, 2100)
        parts.append(f"{rng.choice(ENGLISH).replace('Kerdoncuff', name)} That was in {year}, {name} said.")
    return " ".join(parts)


def _french(rng: random.Random, words: int) -> str:
    parts: list[str] = []
    while sum(len(part.split()) for part in parts) < words:
        parts.append(f"{rng.choice(FRENCH)} C’était en {rng.randrange(1900, 2100)}.")
    return " ".join(parts)


def _short(rng: random.Random, words: int) -> str:
    return rng.choice(ENGLISH).split(",")[0]


def _menu(rng: random.Random, words: int) -> str:
    parts: list[str] = []
    while sum(len(part.split()) for part in parts) < words:
        parts.append(f"{rng.choice(MENU)}\nPage {rng.randrange(1000)}")
    return "\n".join(parts)


def _left(rng: random.Random, words: int) -> str:
    half = words // 2
    return f"{good(rng, half)}\n\n{_french(rng, half)}"


def _garbled(rng: random.Random, words: int) -> str:
    """Letters that were read in the wrong encoding twice."""
    text = _french(rng, words).encode().decode("latin-1")
    return text.encode().decode("latin-1").replace("\x85", "")


def _salad(rng: random.Random, words: int) -> str:
    found = good(rng, words).split()
    rng.shuffle(found)
    return " ".join(found)


def _data(rng: random.Random, words: int) -> str:
    return "\n".join(
        f"{rng.randrange(10**6):06d} {rng.choice('ABCX')}-{rng.randrange(99)} {rng.random():.3f} EUR"
        for _ in range(words // 4)
    )


BAD: dict[str, Callable[[random.Random, int], str]] = {
    "too short": _short,
    "another language": _french,
    "half left untranslated": _left,
    "a page's margins": _menu,
    "wrong encoding": _garbled,
    "word salad": _salad,
    "no language": _data,
}


def write(path: Path, count: int, words: int, share_bad: float = 0.0) -> Path:
    """A file of records; the field "kind" says what each is."""
    rng = random.Random(7)
    kinds = list(BAD)
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            kind = rng.choice(kinds) if rng.random() < share_bad else "good"
            text = good(rng, words) if kind == "good" else BAD[kind](rng, words)
            url = f"https://h{number % 50}.example/{number}"
            record = {"id": f"a{number}", "url": url, "target": text, "n": rng.random(), "kind": kind}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path

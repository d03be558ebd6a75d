"""Made-up texts for tests: references, and systems that are worse in different ways."""

from __future__ import annotations

import random

WORDS = [
    "the",
    "a",
    "ship",
    "late,",
    "(three)",
    "“old”",
    "friends;",
    "don't",
    "1,000",
    "4.5",
    "Quai",
    "U.S.",
    "and",
]
CHINESE = "市议会周二投票决定关闭游泳池。校长说，2024年有340名孩子ABC学习。"


def sentences(count: int, seed: int, chinese: bool = False) -> list[str]:
    """Sentences of words, or of Chinese characters."""
    rng = random.Random(seed)
    if chinese:
        return ["".join(rng.choice(CHINESE) for _ in range(rng.randrange(3, 30))) for _ in range(count)]
    return [" ".join(rng.choice(WORDS) for _ in range(rng.randrange(3, 25))) + "." for _ in range(count)]


def worse(texts: list[str], seed: int, much: float) -> list[str]:
    """The texts with words, or characters, lost and moved, and one of them empty."""
    rng = random.Random(seed)
    found = []
    for text in texts:
        units = text.split(" ") if " " in text else list(text)
        kept = [unit for unit in units if rng.random() > much]
        place = rng.randrange(len(kept) + 1)
        kept = kept[place:] + kept[:place] if rng.random() < much else kept
        found.append((" " if " " in text else "").join(kept))
    found[len(found) // 2] = ""
    return found

"""Edits are those that sacrebleu counts, pair by pair."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.lib_ter import translation_edit_rate

from mtqe.bench.edits import edits

FEW = st.lists(st.sampled_from("abcdef"), max_size=14)
MORE = st.lists(st.sampled_from("abcdefghijklmnop"), max_size=45)


def by_sacrebleu(pairs: list[tuple[list[str], list[str]]]) -> list[int]:
    """The same from sacrebleu itself."""
    return [translation_edit_rate(target, reference)[0] for target, reference in pairs]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(FEW, FEW), max_size=8))
def test_short_pairs_with_many_repeats(pairs: list[tuple[list[str], list[str]]]) -> None:
    """Where shifts are many and ties are frequent; empty ones too."""
    assert edits(pairs) == by_sacrebleu(pairs)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(MORE, MORE), max_size=2))
def test_pairs_that_have_little_in_common(pairs: list[tuple[list[str], list[str]]]) -> None:
    """Longer than sacrebleu's beam is wide."""
    assert edits(pairs) == by_sacrebleu(pairs)


def test_sentences_with_moved_deleted_and_other_words() -> None:
    """What systems do to a reference, at lengths up to 80 words."""
    rng = random.Random(7)
    pairs = []
    for length in (*range(1, 30), 45, 60, 80):
        reference = [f"w{rng.randrange(length)}" for _ in range(length)]
        target = [word for word in reference if rng.random() > 0.1]
        for _ in range(3):
            a, b = sorted(rng.randrange(len(target) + 1) for _ in range(2))
            block, rest = target[a:b], target[:a] + target[b:]
            place = rng.randrange(len(rest) + 1)
            target = rest[:place] + block + rest[place:]
        pairs.append(([word if rng.random() > 0.1 else "x" for word in target], reference))
    assert edits(pairs) == by_sacrebleu(pairs)

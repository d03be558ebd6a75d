"""The packed encoder: layouts, precisions, and states that depend on nothing but their sequence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import gelu

from mtqe.errors import ModelError
from mtqe.models.packed import Norm, PackedEncoder, Shape, Weights
from mtqe.models.packed_layout import Layout
from mtqe.models.packed_linear import LINEARS, Fp32, Int8, Precision
from tests.models.comet_folders import CASES, HEADS, LAYERS, POSITIONS, VOCABULARY, WIDTH, state_dict

LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=12)
PREFIX = "encoder.model."


def encoder(case: str, precision: Precision = "fp32") -> PackedEncoder:
    """The small encoder of a case."""
    hparams = {"encoder_model": "XLM-RoBERTa", "layer": "mix", **CASES[case]}
    large = hparams["encoder_model"] == "XLM-RoBERTa-XL"
    shape = Shape(LAYERS, HEADS, WIDTH, POSITIONS - 2, 2, 1e-5, large)
    weights = Weights(state_dict(hparams, case), case, torch.device("cpu"))
    return PackedEncoder(shape, weights.below(PREFIX), precision)


def sequences(lengths: list[int]) -> list[tuple[int, ...]]:
    """Tokens of sequences of these lengths."""
    rng = torch.Generator().manual_seed(sum(lengths))
    return [tuple(torch.randint(4, VOCABULARY, (n,), generator=rng).tolist()) for n in lengths]


@given(LENGTHS)
def test_a_layout_holds_every_row_once(lengths: list[int]) -> None:
    """Whatever the order of lengths; equal neighbours share a run."""
    layout = Layout.of(lengths)
    rows = torch.arange(layout.rows)
    assert torch.equal(torch.cat([part.flatten() for part in layout.parts(rows)]), rows)
    assert layout.lengths == lengths
    assert layout.positions[layout.firsts].tolist() == [0] * len(lengths)
    assert torch.bincount(layout.owners).tolist() == lengths


@given(LENGTHS, st.data())
def test_a_narrowed_layout_keeps_what_is_asked_for(lengths: list[int], data: st.DataObject) -> None:
    """At least as many rows as wanted, and no more than there are."""
    kept = [data.draw(st.integers(1, length)) for length in lengths]
    narrow = Layout.of(lengths).narrowed(kept)
    assert all(a <= b <= c for a, b, c in zip(kept, narrow.lengths, lengths, strict=True))


@pytest.mark.parametrize("case", ["kiwi", "kiwi_xl"])
def test_states_depend_on_their_own_sequence_alone(case: str) -> None:
    """Packed with others or by itself; all rows of the last layer or the first few."""
    found = encoder(case)
    many = sequences([9, 9, 7, 5, 5, 5, 1])
    with torch.inference_mode():
        *_, (whole, layout) = found.states(many, LAYERS)
        *_, (first, narrow) = found.states(many, LAYERS, [2, 1, 3, 1, 1, 1, 1])
        for number, one in enumerate(many):
            *_, (alone, _) = found.states([one], LAYERS)
            start = int(layout.firsts[number])
            torch.testing.assert_close(whole[start : start + len(one)], alone, atol=2e-6, rtol=1e-5)
            begin, rows = int(narrow.firsts[number]), narrow.lengths[number]
            torch.testing.assert_close(first[begin : begin + rows], alone[:rows], atol=2e-6, rtol=1e-5)


def test_layers_above_the_last_wanted_are_not_run() -> None:
    """The embeddings are layer 0."""
    found = encoder("kiwi")
    assert len(list(found.states(sequences([3, 2]), 1))) == 2
    assert len(list(found.states(sequences([3, 2]), 0))) == 1


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_a_rows_product_depends_on_that_row_alone(precision: Precision) -> None:
    """Beside a row that is a thousand times as large it is the same, bit for bit."""
    generator = torch.Generator().manual_seed(1)
    sizes = torch.ones(32).index_fill(0, torch.tensor([7]), 30.0)
    product = LINEARS[precision](torch.randn(24, 32, generator=generator), torch.zeros(24), sizes)
    rows = torch.randn(8, 32, generator=generator)
    beside = torch.cat([rows[:4], rows[4:] * 1000])
    assert torch.equal(product(rows)[:4], product(beside)[:4])


@pytest.mark.parametrize("large", [[5, 40], list(range(3, 60, 5))])
@pytest.mark.parametrize(("precision", "most"), [("bf16", 0.003), ("int8", 0.01)])
def test_lower_precision_loses_little_even_where_a_few_features_are_large(
    precision: Precision, most: float, large: Sequence[int]
) -> None:
    """What a norm makes large is not rounded: in 8 bits it would take all the steps there are."""
    generator = torch.Generator().manual_seed(2)
    weight, bias = torch.randn(64, 64, generator=generator), torch.randn(64, generator=generator)
    sizes = torch.ones(64).index_fill(0, torch.tensor(large), 20.0)
    rows = torch.randn(50, 64, generator=generator) * sizes
    exact = Fp32(weight, bias)(rows)
    errors = [(LINEARS[precision](weight, bias, s)(rows) - exact).abs().mean() for s in (None, sizes)]
    assert errors[1] < 0.4 * errors[0]
    assert errors[1] < most * exact.abs().mean()


def test_a_norms_bias_makes_a_feature_large_too() -> None:
    """A constant that is far larger than all others is rounded as badly."""
    sizes = Norm(torch.tensor([1.0, 3.0, 0.0]), torch.tensor([0.0, 4.0, -2.0]), 1e-5).sizes
    assert sizes.tolist() == pytest.approx([1.0, 5.0, 2.0])


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("precision", sorted(LINEARS))
def test_a_gelu_in_a_product_is_that_of_the_product(precision: Precision, large: bool) -> None:
    """Fused or not; rounded once less where it is fused."""
    generator = torch.Generator().manual_seed(5)
    sizes = torch.ones(32).index_fill(0, torch.tensor([3]), 9.0 if large else 1.0)
    product = LINEARS[precision](torch.randn(24, 32, generator=generator), torch.randn(24), sizes)
    rows = torch.randn(6, 32, generator=generator)
    torch.testing.assert_close(
        product.curved(rows).float(), gelu(product(rows)).float(), atol=0.05, rtol=0.01
    )


@pytest.mark.parametrize("precision", sorted(LINEARS))
def test_some_outputs_are_those_of_all(precision: Precision) -> None:
    """Queries of a few rows, keys and values of all."""
    generator = torch.Generator().manual_seed(3)
    product = LINEARS[precision](torch.randn(24, 32, generator=generator), torch.randn(24))
    rows = torch.randn(6, 32, generator=generator)
    torch.testing.assert_close(product(rows, slice(8, None)), product(rows)[:, 8:], atol=1e-5, rtol=1e-5)


def test_a_row_of_zeros_is_no_division_by_zero() -> None:
    """Padding of a vocabulary has such rows."""
    assert Int8(torch.zeros(4, 8), torch.ones(4))(torch.zeros(2, 8)).tolist() == [[1.0] * 4] * 2


def test_a_weight_that_is_absent_is_named() -> None:
    """Never left random."""
    with pytest.raises(ModelError, match=r"lacks the weights 'encoder\.LayerNorm\.weight'"):
        Weights({}, "a model", torch.device("cpu")).linear("encoder.LayerNorm")

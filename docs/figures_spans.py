"""The part of docs/figures.md on places that mtqe would have annotators mark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from figures_shared import load, row, table_head

_MODES = {"source": "with source", "target_only": "target alone"}
_WIDE = ("random words", "the network's marks", "everything")


def spans() -> Iterator[str]:
    """Stretches that annotators confirm, and F1 by character, beside floors and other annotators."""
    results = load("benchmarks/results/error_spans.json")
    yield "## Error spans (`benchmarks/error_spans.py`)"
    yield ""
    yield "Confirmed is the share of marked stretches of which an annotator marked a part, with about 2 in 100 characters"
    yield "marked; found is the share of annotators' stretches that have a mark in them. F1 is by character with half credit"
    yield "for another severity (WMT25), with about 30 in 100 characters marked; floors mark as much, and *everything* marks"
    yield "all. In brackets the 95 % interval over documents. Of TED talks there is one. Annotators of WMT22 news and of"
    yield "chats marked far less than those whose marks confidences are fitted to."
    yield ""
    heads = ("confirmed", "random words", "the network's marks", "found", "F1", *(f"F1, {f}" for f in _WIDE))
    yield from table_head("set", "mode", "translations", *heads, texts=2)
    for name, modes in results.items():
        if name not in ("people", "made"):
            yield from (row(name, title, *_cells(modes[mode])) for mode, title in _MODES.items())
    yield ""
    yield "One annotator of WMT20 news beside each of the two others:"
    yield ""
    yield from table_head("set", "stretches", "confirmed", "F1")
    for pair, found in results.get("people", {}).items():
        yield row(f"mqm20 {pair}", found["spans"]["spans"], *_two(found))
    yield ""


def _cells(found: dict[str, Any]) -> Iterator[object]:
    usual, wide = found["usual"], found["wide"]
    yield found["translations"]
    yield _with_interval(usual["mtqe"]["spans"], "precision")
    yield from (usual[floor]["spans"]["precision"] for floor in ("random words", "the network's marks"))
    yield usual["mtqe"]["spans"]["recall"]
    yield _with_interval(wide["mtqe"]["characters"], "f1")
    yield from (wide[floor]["characters"]["f1"] for floor in _WIDE[:2])
    yield found["everything"]["characters"]["f1"]


def _two(found: dict[str, Any]) -> Iterator[str]:
    yield _with_interval(found["spans"], "precision")
    yield _with_interval(found["characters"], "f1")


def _with_interval(found: dict[str, Any], name: str) -> str:
    low, high = found["interval"]
    return f"{found[name]} ({low}–{high})" if low < high else str(found[name])

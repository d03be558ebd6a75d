"""What ``mtqe models`` prints: the known models, all of one, the checks of its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mtqe.errors import MtqeError
from mtqe.models.hub import find_known, hub_name, licence_of, resolve
from mtqe.models.hub_files import digest
from mtqe.models.hub_table import KnownModel, known_models
from mtqe.models.hub_verify import FileCheck, verify_model

_COLUMNS = ("name", "here", "judges by", "range", "better", "GB", "licence", "")


def overview() -> str:
    """A table of every known model; ``here`` says whether it is on this machine."""
    rows = [_COLUMNS, *map(_row, known_models().values())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(
        [
            *(line.rstrip() for line in lines),
            "",
            "GB: of weights in fp32. Other models of the hub go by 'owner/name', folders by their path.",
            "mtqe models show NAME tells more of one; mtqe models fetch NAME brings it here.",
        ]
    )


def _row(model: KnownModel) -> tuple[str, ...]:
    return (
        model.name,
        "yes" if _here(model.name) else "",
        " + ".join(model.modes),
        _range(model),
        "higher" if model.higher_is_better else "lower",
        f"{model.memory_gb:.1f}",
        model.licence,
        _limits(model),
    )


def _here(name: str) -> Path | None:
    try:
        return resolve(name, fetch=False)
    except MtqeError:
        return None


def _range(model: KnownModel) -> str:
    low, high = ("" if bound is None else f"{bound:g}" for bound in model.range)
    return f"{low}..{high}" if low or high else "none"


def _limits(model: KnownModel) -> str:
    limits = {"not commercial": not model.commercial, "gated": model.gated}
    return ", ".join(name for name, holds in limits.items() if holds)


def description(name: str) -> str:
    """All that is known of a model by name, hub id or path; ``ConfigError`` for an unknown name."""
    facts = dict(_facts(name))
    width = max(map(len, facts))
    return "\n".join([name, "", *(f"{key:{width}}  {value}" for key, value in facts.items())])


def _facts(name: str) -> Iterator[tuple[str, str]]:
    known = find_known(name)
    if known is not None:
        yield from _table_facts(known)
    path = _here(name)
    if path is None and not Path(name).exists():
        hub_id, _ = hub_name(name)
        yield "hub", f"https://huggingface.co/{hub_id}"
    licence = licence_of(name)
    yield (
        "licence",
        licence.name + {True: "", False: ", not for commercial use", None: ""}[licence.commercial],
    )
    yield "here", str(path) if path else _how_to_get(name, known)


def _table_facts(known: KnownModel) -> Iterator[tuple[str, str]]:
    yield "family", known.family
    yield "judges by", " + ".join(known.modes)
    yield "languages", known.languages
    yield "scores", f"{_range(known)}, {'higher' if known.higher_is_better else 'lower'} is better"
    yield "memory", f"{known.memory_gb:.1f} GB of weights in fp32, {known.memory_gb / 2:.1f} in bf16"
    if known.companions:
        yield "needs", f"settings and vocabulary of {', '.join(known.companions)}"
    if known.note:
        yield "note", known.note


def _how_to_get(name: str, known: KnownModel | None) -> str:
    if Path(name).exists():
        return "not whole: mtqe models verify tells more"
    terms = f"accept its terms at https://huggingface.co/{known.hub}, " if known and known.gated else ""
    return f"no; {terms}mtqe models fetch {name}"


def verification(name: str) -> tuple[str, bool]:
    """The checks of every file of a model on this machine, as text, and whether all is well."""
    folder = resolve(name, weights=False, fetch=False)
    checks = verify_model(folder)
    well = not any(check.problem for check in checks)
    last = (
        f"digest {digest(folder)}" if well else f"{sum(bool(c.problem) for c in checks)} files are not well"
    )
    return "\n".join([str(folder), *_table(checks), last]), well


def _table(checks: Sequence[FileCheck]) -> Iterator[str]:
    width = max((len(check.name) for check in checks), default=0)
    for check in checks:
        state = "bad" if check.problem else "ok"
        yield f"  {state:3}  {check.name:{width}}  {check.size:>14,}  {check.problem or check.found}"

"""How each language writes numbers, made ready from the table ``numbers``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from mtqe.text.tables import table

# Languages written without spaces, whose number words are Han characters.
HAN_LANGUAGES = frozenset({"zh", "ja"})


@dataclass(frozen=True, slots=True)
class Facts:
    """A language's number words and what stands around numbers; words are in lower case, ё is е."""

    point: str
    group: str
    words: Mapping[str, Decimal]
    unsure: frozenset[str]
    scales: Mapping[str, Decimal]
    optional_scales: frozenset[str]
    joiners: frozenset[str]
    joins_tens: bool
    compound: re.Pattern[str] | None
    compounds: Mapping[str, Decimal | None]
    atom: re.Pattern[str]
    prefix: re.Pattern[str] | None
    prefixes: Mapping[str, Decimal]
    implied: Mapping[str, tuple[Decimal, ...]]
    minus: tuple[str, ...]
    later: tuple[str, ...]
    currencies: Mapping[str, str]
    units: Mapping[str, str]
    large: Mapping[int, str]
    eras: Mapping[str, int]
    tenths: tuple[str, ...]


@cache
def facts(language: str) -> Facts:
    """The facts of a base language code; of a language that the table lacks, digits and signs alone."""
    own, shared = table("numbers").get(language, {}), table("numbers")["und"]
    compounds = {word: _decimal(value) for word, value in own.get("compounds", {}).items()}
    return Facts(
        point=own.get("point", "."),
        group=own.get("group", ","),
        words=_values(own.get("words", {})) | _ordinals(own),
        unsure=frozenset(own.get("unsure", ())),
        scales=_values(shared["scales"] | own.get("scales", {})),
        optional_scales=frozenset(own.get("abbreviations", ())),
        joiners=frozenset(own.get("joiners", ())),
        joins_tens=own.get("joins_tens", False),
        compound=_compound(compounds, own.get("compound_ends", ())),
        compounds=compounds,
        atom=re.compile(_any(compounds)),
        prefix=_prefix([w for w, value in compounds.items() if value] + list(own.get("prefixes", ()))),
        prefixes=_values(own.get("prefixes", {})),
        implied=_implied(own),
        minus=tuple(own.get("minus", ())),
        later=tuple(own.get("later", ())),
        currencies=_names(shared, own, "currencies"),
        units=shared["units"] | own.get("units", {}),
        large=own.get("large", {}),
        eras=own.get("eras", {}),
        tenths=tuple(own.get("tenths", ())),
    )


def is_known(language: str) -> bool:
    """Whether the table has number words of a base language code."""
    return language in table("numbers")


def currency_codes(name: str) -> frozenset[str]:
    """The currencies that a sign or name of the table may stand for."""
    return frozenset(table("numbers")["und"]["currencies"][name])


def unit_size(name: str) -> tuple[str, float]:
    """What a unit of the table measures, and its size in that measure's base unit."""
    measure, size = table("numbers")["und"]["sizes"][name]
    return measure, float(size)


def _names(shared: Mapping[str, Any], own: Mapping[str, Any], key: str) -> dict[str, str]:
    return {name: name for name in shared[key]} | dict(own.get(key, {}))


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _values(words: Mapping[str, int]) -> dict[str, Decimal]:
    return {word: Decimal(value) for word, value in words.items()}


def _ordinals(own: Mapping[str, Any]) -> dict[str, Decimal]:
    """Ordinals of languages that inflect them: every stem with every ending."""
    stems, ends = own.get("ordinal_stems", {}), own.get("ordinal_ends", ())
    return {stem + end: Decimal(value) for stem, value in stems.items() for end in ends}


def _implied(own: Mapping[str, Any]) -> dict[str, tuple[Decimal, ...]]:
    """Values that words say by the way: months their number, "half" 0.5, 50 and 30."""
    said = {word: tuple(Decimal(str(v)) for v in values) for word, values in own.get("implied", {}).items()}
    for number, names in enumerate(own.get("months", ()), start=1):
        for name in names:
            said[name] = (*said.get(name, ()), Decimal(number))
    return said


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"


def _compound(words: Iterable[str], ends: Iterable[str]) -> re.Pattern[str] | None:
    words = list(words)
    return re.compile(f"((?:{_any(words)})+)(?:{_any(ends)})?") if words else None


def _prefix(words: Iterable[str]) -> re.Pattern[str] | None:
    words = [word for word in words if word not in ("un", "uno", "ein")]
    return re.compile(f"({_any(words)})") if words else None

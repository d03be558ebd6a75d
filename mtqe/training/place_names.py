"""Makes ``text/tables/place_names.yaml``: what languages call countries and cities.

python -m mtqe.training.place_names OUT

The names are those of CLDR (Unicode licence), as the library Babel carries them (``mtqe[train]``),
and of the cities below, which CLDR lacks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import click

from mtqe.text.phonetics import romanise

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "cs", "ru")

# "Congo (DRC)", "Congo - Kinshasa": what nobody writes.
_NOTE = re.compile(r" - |[(]")

HEADER = """\
# What languages call countries and cities, by language, and the English name of each. Made by
# ``python -m mtqe.training.place_names`` from CLDR (Unicode licence v3) and the cities in that file.
"""

# English name, and what the other languages call it.
MORE: dict[str, dict[str, str]] = {
    "Beijing": {"fr": "Pékin", "es": "Pekín", "it": "Pechino", "pt": "Pequim", "de": "Peking", "pl": "Pekin"},
    "Saint Petersburg": {"fr": "Saint-Pétersbourg", "es": "San Petersburgo", "it": "San Pietroburgo"},
    "Petersburg": {"fr": "Pétersbourg"},
    "Geneva": {"fr": "Genève", "de": "Genf", "es": "Ginebra", "it": "Ginevra", "pt": "Genebra"},
    "Munich": {"de": "München", "it": "Monaco di Baviera", "pl": "Monachium", "nl": "München"},
    "Cologne": {"de": "Köln", "it": "Colonia", "es": "Colonia", "pl": "Kolonia", "nl": "Keulen"},
    "Nuremberg": {"de": "Nürnberg", "it": "Norimberga", "pl": "Norymberga", "cs": "Norimberk"},
    "Milan": {"de": "Mailand", "pl": "Mediolan", "cs": "Milán", "es": "Milán", "pt": "Milão"},
    "Naples": {"de": "Neapel", "pl": "Neapol", "es": "Nápoles", "pt": "Nápoles", "sv": "Neapel"},
    "Venice": {"de": "Venedig", "fr": "Venise", "pl": "Wenecja", "es": "Venecia", "pt": "Veneza"},
    "Florence": {"de": "Florenz", "es": "Florencia", "pt": "Florença", "pl": "Florencja", "sv": "Florens"},
    "Antwerp": {"fr": "Anvers", "nl": "Antwerpen", "de": "Antwerpen", "es": "Amberes", "it": "Anversa"},
    "Ghent": {"fr": "Gand", "nl": "Gent", "de": "Gent", "es": "Gante"},
    "The Hague": {"fr": "La Haye", "de": "Den Haag", "nl": "Den Haag", "es": "La Haya", "it": "L’Aia"},
    "Edinburgh": {"fr": "Édimbourg", "es": "Edimburgo", "it": "Edimburgo", "pt": "Edimburgo"},
    "Gothenburg": {"sv": "Göteborg", "fr": "Göteborg", "es": "Gotemburgo", "pt": "Gotemburgo"},
    "Basel": {"fr": "Bâle", "es": "Basilea", "it": "Basilea", "pt": "Basileia"},
    "Seville": {"es": "Sevilla", "fr": "Séville", "it": "Siviglia", "pt": "Sevilha", "de": "Sevilla"},
    "Krakow": {"pl": "Kraków", "fr": "Cracovie", "de": "Krakau", "es": "Cracovia", "it": "Cracovia"},
    "Aleppo": {"fr": "Alep", "es": "Alepo", "pt": "Alepo"},
    "Mosul": {"fr": "Mossoul", "de": "Mossul"},
    "Mecca": {"fr": "La Mecque", "es": "La Meca", "it": "La Mecca", "pt": "Meca", "de": "Mekka"},
    "Gaza": {"pt": "Gaza"},
    "Quebec": {"fr": "Québec"},
    "Montreal": {"fr": "Montréal"},
}


def names() -> dict[str, dict[str, str]]:
    """By language, each name and the English one, of the places that are not called the same everywhere."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for english, others in {**countries(), **cities(), **MORE}.items():
        own = {"en": english, **{code: name for code, name in others.items() if not _NOTE.search(name)}}
        if _NOTE.search(english):
            continue
        if len({romanise(name) for language, name in own.items() if language != "ru"}) > 1:
            for language, name in own.items():
                found[language].setdefault(name, own["en"])
    return found


def countries() -> dict[str, dict[str, str]]:
    """Countries and territories by their English names."""
    locales = _locales()
    codes = [code for code in locales["en"].territories if re.fullmatch("[A-Z]{2}", code)]
    return {
        locales["en"].territories[code]: {
            language: locale.territories[code]
            for language, locale in locales.items()
            if code in locale.territories
        }
        for code in codes
    }


def cities() -> dict[str, dict[str, str]]:
    """The cities that time zones are named after."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for language, locale in _locales().items():
        for zone, facts in locale.time_zones.items():
            if "city" in facts:
                found[zone.rsplit("/", 1)[-1].replace("_", " ")][language] = facts["city"]
    return found


def _locales() -> dict[str, Any]:
    from babel import Locale

    return {language: Locale(language) for language in LANGUAGES}


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def main(out: Path) -> None:
    """Remake the table OUT."""
    lines = [HEADER]
    for language, known in sorted(names().items()):
        lines.append(f"{language}:\n")
        lines += [f'  "{name}": "{english}"\n' for name, english in sorted(known.items())]
    out.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Fit what a language model's numbers mean (``configs/train-language-model.yaml``).

As ``mtqe.training.scales`` fits fluency: hinges over n-grams, style, and nats per character, to MQM
points mostly within sources, and to spoilt sentences.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mtqe.models import hub
from mtqe.models.causal_lm import load_causal_lm
from mtqe.training.calibration import CALIBRATION_SET
from mtqe.training.provenance import write_json
from mtqe.training.recipes.base import Progress
from mtqe.training.scales import fit, fluency_measure, half_model
from mtqe.training.scales_material import SEED, Material, read

# Languages of which n-grams and style alone say less, and that language models of a size for CPUs know.
LANGUAGES = ("en",)

_AT_ONCE = 500


def make(data: Path, out: Path, model: str, progress: Progress) -> Path:
    """Write ``language_model.json``; reading 6,000 sentences takes five minutes on two cores."""
    material = read(data)
    languages = {
        language: _fitted(data, material.of(language), language, model, progress) for language in LANGUAGES
    }
    about = {
        "data": f"{CALIBRATION_SET} (Google's MQM labels, Apache-2.0), DEMETR (MIT)",
        "licence": "Apache-2.0",
        "model": hub.shown_name(model),
        "revision": hub.revision(model),
        "seed": SEED,
    }
    path = out / "language_model.json"
    write_json({"about": about, "languages": languages}, path)
    return path


def _fitted(data: Path, material: Material, language: str, model: str, progress: Progress) -> dict[str, Any]:
    texts = _texts(material)
    known: dict[str, float] = {}
    for start in range(0, len(texts), _AT_ONCE):
        progress(start, len(texts), "sentences")
        some = texts[start : start + _AT_ONCE]
        known.update(zip(some, (found.total for found in load_causal_lm(model).judge(some)), strict=True))
    measure = fluency_measure(
        half_model(data, language), language, None, lambda asked: [known[text] for text in asked]
    )
    return fit(material, measure, [translation.fluency for translation in material.judged]).stored()


def _texts(material: Material) -> list[str]:
    contrasts = (side.target for c in material.contrasts for side in (c.good, c.bad))
    return list(dict.fromkeys([*(translation.target for translation in material.judged), *contrasts]))

"""What the sentence encoder reads in a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mtqe.models.quality_net import load_quality_net
from mtqe.models.sentence_encoder import Floats, SentenceEncoder, load_encoder


def texts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by each text that is read from now on; nothing is remembered of earlier ones."""
    read: list[str] = []
    whole = SentenceEncoder._read

    def counted(self: SentenceEncoder, texts: Sequence[str], matrix: Floats) -> Any:
        read.extend(texts)
        return whole(self, texts, matrix)

    monkeypatch.setattr(SentenceEncoder, "_read", counted)
    for remembered in (load_encoder()._remembered, load_quality_net()._remembered):
        remembered.clear()
    return read

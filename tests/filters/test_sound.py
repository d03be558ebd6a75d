"""Records that are only copied are still looked at, all at once, and never more kindly than by a reader."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.filters.chunks import Chunk
from mtqe.filters.sound import sound_records
from mtqe.filters.units import Sides, rows_of, units_of

LONGEST = 400

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**70),
    st.text(alphabet='a{}[],"\\\n é', max_size=6),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["a", "target"]), st.integers(), max_size=1),
)
NAMES = st.sampled_from(["id", "target", "text", "source", "lang", "target_lang", "lp", "doc_id", "n", "url"])
RECORDS = st.dictionaries(NAMES, VALUES, max_size=4) | st.builds(
    lambda text: {"target": text}, st.text(max_size=9)
)


def taken(payload: bytes) -> int:
    """How many records of the payload a reader takes; -1 if it refuses one or a line is blank."""
    chunk = Chunk(0, "x.jsonl", "lines", 1, payload)
    bad: list[dict[str, Any]] = []
    rows = rows_of(chunk)
    units = list(units_of(chunk, rows, Sides(longest=LONGEST), bad))
    return -1 if bad else sum(len(unit.articles) > 0 for unit in units)


@given(st.lists(RECORDS, min_size=1, max_size=4), st.data())
def test_what_is_called_sound_a_reader_takes(records: list[dict[str, Any]], data: st.DataObject) -> None:
    """Every line of it, also when lines were broken, joined or cut anywhere."""
    try:
        lines = b"".join(orjson.dumps(record) + b"\n" for record in records)
    except TypeError:  # numbers that orjson does not write
        return
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(lines)))
        lines = lines[:at] + data.draw(st.sampled_from([b"\n", b"", b",", b"]", b"["])) + lines[at + 1 :]
    count = sound_records(lines, LONGEST)
    if count is not None:
        # Rows of an article that don't stand together are for those who judge articles.
        assert taken(lines) >= 0
        assert count == lines.count(b"\n")


SOUND = [
    b'{"target":"x"}\n{"target":"y","id":3}\n',
    b'{"text":"a {b} [c], \\n \\"d\\"","target_lang":"pt-BR","source":null}\n',
    b' {"target" : "x"} \r\n',
]


@pytest.mark.parametrize("payload", SOUND)
def test_usual_records_are_sound_at_once(payload: bytes) -> None:
    """Nothing is slow that need not be."""
    assert sound_records(payload, LONGEST) == payload.count(b"\n")


DOUBTFUL = [
    b'{"target":"x"\n,"id":"y"}\n{"target":"x"},{"target":"y"}\n',  # as many records as lines
    b'{"target":"x","n":[{"a":1}\n{"b":2}]}\n{"target":"x"},{"target":"y"}\n',
    b'{"target":"x"}],[{"target":"y"}\n',
    b'{"target":"x\ny"}\n',
    b'{"target":"x"}\n\n{"target":"y"},{"target":"z"}\n',
    b'{"target":"x"}',
    b'{"id":"x"}\n',
    b'{"target":3}\n',
    b'{"target":"x","source":3}\n',
    b'{"target":"x","lang":"klingon!"}\n',
    b'{"target":"\xff"}\n',
    b'["target"]\n',
    b'{"target":"' + b"x" * LONGEST + b'"}\n',
]


@pytest.mark.parametrize("payload", DOUBTFUL)
def test_what_is_not_sure_is_left_to_a_reader(payload: bytes) -> None:
    """Lines that only make records together are none, however the numbers come out."""
    assert sound_records(payload, LONGEST) is None

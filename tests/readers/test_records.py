"""Records become articles; a bad one is named by file and line, or set aside."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers import ReadOptions, Rejects, read
from mtqe.readers.records import Line, articles, parse_json


def jsonl(folder: Path, *records: Any, name: str = "news.jsonl") -> Path:
    """A file of records; strings are lines as they are."""
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path = folder / name
    data = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def load(path: Path, **options: Any) -> list[Article]:
    """All articles of a file."""
    return list(read(path, ReadOptions(**options)))


def test_article_records_are_articles(tmp_path: Path) -> None:
    """With their texts, languages and whatever else they carry."""
    record = {
        "id": "a1",
        "target": "It rained.",
        "source": "Il pleuvait.",
        "source_lang": "fr",
        "host": "x.org",
    }
    (article,) = load(jsonl(tmp_path, record))
    assert (article.id, article.target, article.source, article.source_lang) == (
        "a1",
        "It rained.",
        "Il pleuvait.",
        "fr",
    )
    assert article.meta == {"host": "x.org"}


def test_segment_records_of_an_article_and_system_are_joined(tmp_path: Path) -> None:
    """Systems may alternate; offsets are into the lines joined by a newline."""
    rows = [
        {
            "doc_id": "d",
            "system": s,
            "seg_id": n,
            "src": f"Satz {n}",
            "mt": f"{s} sentence {n}",
            "lp": "de-en",
        }
        for n in (1, 2)
        for s in ("A", "B")
    ]
    first, second = load(jsonl(tmp_path, *rows, {"doc_id": "e", "system": "A", "mt": "Other"}))[:2]
    assert [(a.id, a.system, a.target) for a in (first, second)] == [
        ("d", "A", "A sentence 1\nA sentence 2"),
        ("d", "B", "B sentence 1\nB sentence 2"),
    ]
    assert (first.source_lang, first.target_lang) == ("de", "en")
    for segment in first.segments:
        assert first.target[slice(*segment.target_span)] == segment.target
    assert [(segment.id, segment.source) for segment in first.segments] == [("1", "Satz 1"), ("2", "Satz 2")]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.text(max_size=20)), min_size=1, max_size=12))
def test_no_row_is_lost_in_joining(rows: list[tuple[str, str]]) -> None:
    """Whatever the texts are, and however the systems alternate."""
    lines = [
        Line("f", n, json.dumps({"article": "x", "system": system, "target": text}).encode())
        for n, (system, text) in enumerate(rows, 1)
    ]
    found = {article.system: article for article in articles(lines, parse_json, "f", ReadOptions())}
    for system in {system for system, _ in rows}:
        texts = [segment.target for segment in found[system].segments]
        expected = [text for s, text in rows if s == system]
        assert [len(text) for text in texts] == [len(text) for text in expected]


def test_rows_of_an_article_that_are_torn_apart_are_named(tmp_path: Path) -> None:
    """Half an article must not pass for a whole one."""
    rows = [{"article": name, "target": "x"} for name in ("a", "b", "a")]
    with pytest.raises(InputError, match=r"news\.jsonl:3: article 'a' was complete"):
        load(jsonl(tmp_path, *rows))


BAD = {
    "{not json": "is not JSON",
    "[1, 2]": "is not a record",
    '{"id": "x"}': 'lacks "target"',
    '{"target": 5}': '"target" must be text, not int 5',
    '{"target": "x", "source": ["y"]}': '"source" must be text',
    '{"target": "x", "target_lang": "english!"}': "not a BCP 47 language code",
    '{"target": "x", "n": NaN}': "is not JSON",
    "[" * 100_000: "is not JSON",
}


@pytest.mark.parametrize("line", BAD, ids=lambda line: line[:30])
def test_a_bad_record_is_named_by_file_and_line(tmp_path: Path, line: str) -> None:
    """And how to go on without it."""
    path = jsonl(tmp_path, {"target": "fine"}, line)
    with pytest.raises(InputError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}:2: ")
    assert BAD[line] in str(error.value)
    assert "--skip-bad" in str(error.value)


def test_bad_records_can_be_set_aside(tmp_path: Path) -> None:
    """Nothing is lost: the record stands in the rejects file with its reason."""
    path = jsonl(tmp_path, {"id": "1", "target": "one"}, "{not json", {"id": "3", "target": "three"})
    rejects = Rejects(tmp_path / "rejects.jsonl")
    assert [article.id for article in load(path, rejects=rejects)] == ["1", "3"]
    assert rejects.count == 1
    entry = json.loads(rejects.path.read_text(encoding="utf-8"))
    assert (entry["line"], entry["record"], entry["file"]) == (2, "{not json", str(path))


def test_bytes_that_are_not_utf8_are_a_bad_record(tmp_path: Path) -> None:
    """One broken line in a million does not stop a run."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"target": "caf\xe9"}\n{"target": "fine"}\n')
    rejects = Rejects(tmp_path / "rejects.jsonl")
    assert len(load(path, rejects=rejects)) == 1
    assert "caf" in rejects.path.read_text(encoding="utf-8")


def test_half_an_emoji_is_read_as_a_replacement_and_noted(tmp_path: Path) -> None:
    """One character for one, so that offsets stay exact."""
    (article,) = load(jsonl(tmp_path, '{"target": "sun \\ud83d shine"}'))
    assert article.target == "sun \ufffd shine"
    assert "1 lone surrogates" in article.notes[0]


def test_an_empty_target_is_an_article_without_text(tmp_path: Path) -> None:
    """In a dataset it is a fact, not a mistake."""
    assert [article.target for article in load(jsonl(tmp_path, {"target": ""}))] == [""]


def test_compressed_records_are_read(tmp_path: Path) -> None:
    """As datasets come."""
    assert len(load(jsonl(tmp_path, {"target": "x"}, {"target": "y"}, name="a.jsonl.gz"))) == 2


def test_json_is_one_record_or_an_array(tmp_path: Path) -> None:
    """A file that is neither is refused."""
    path = tmp_path / "a.json"
    path.write_text('[{"target": "x"}, {"target": "y"}]', encoding="utf-8")
    assert len(load(path)) == 2
    path.write_text('{"target": "x"}', encoding="utf-8")
    assert len(load(path)) == 1
    path.write_text('{"target": "x"}\n{"target": "y"}', encoding="utf-8")
    with pytest.raises(InputError, match=r"is not JSON.*\.jsonl"):
        load(path)


def test_tsv_needs_a_header_and_as_many_columns_everywhere(tmp_path: Path) -> None:
    """Quotation marks are characters."""
    path = tmp_path / "a.tsv"
    path.write_text('doc_id\tsrc\tmt\nd\t"Ja\tHe said "yes\n', encoding="utf-8")
    (article,) = load(path)
    assert (article.segments[0].source, article.target) == ('"Ja', 'He said "yes')
    path.write_text("doc_id\tsrc\tmt\nd\tJa\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.tsv:2: has 2 columns, the first line 3"):
        load(path)
    path.write_text("Ja\tyes\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.tsv:1: the first line must name the columns"):
        load(path)

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
from mtqe.evaluate import Evaluator
from mtqe.readers import ReadOptions, Rejects, read
from mtqe.readers.records import Line, articles, parse_json
from mtqe.writers.record import report_record


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
    '{"target": 5}': '"target" must be text, not the number 5',
    '{"target": null}': 'lacks "target"',
    '{"id": true, "target": "x"}': '"id" must be text, not the truth value true',
    '{"target": "x", "n": 1e400}': "is not JSON",
    '{"target": "x"': "is not JSON: unexpected end of data (column 15)",
    '{"target": "x", "deep": ' + "[" * 300 + "]" * 300 + "}": "is nested too deeply",
    '{"target": "\\ud83d", "deep": ' + "[" * 9000 + "]" * 9000 + "}": "nested too deeply",
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
    assert "lone surrogates, which are no characters, read as U+FFFD: 1" in article.notes[0]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_half_an_emoji_anywhere_does_not_stop_the_report(tmp_path: Path, name: str) -> None:
    """Neither in names nor in what a record carries; nor does a number that is too large."""
    other = '"\\udfff": {"a": ["\\ud83d"]}, "n": -123456789012345678901'
    record = f'{{"id": "\\ud83d", "target": "It rained.", {other}}}'
    (article,) = load(jsonl(tmp_path, record, name=name))
    assert article.id == "\ufffd"
    assert article.meta == {"\ufffd": {"a": ["\ufffd"]}, "n": -123456789012345678901.0}
    (report,) = Evaluator(scorers=(), detectors=()).evaluate([article])
    assert json.dumps(report_record(report)).isascii()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"target": "Überall\u2028Sturm."}\r\n{"target": "x"}\r\n'),
        ("a.json", '[{"target": "Überall\u2028Sturm."}, {"target": "x"}]'),
        ("a.tsv", "target\tid\r\nÜberall\u2028Sturm.\t1\r\nx\t2\r\n"),
    ],
)
def test_records_have_byte_order_marks_too(tmp_path: Path, encoding: str, name: str, content: str) -> None:
    """As spreadsheets and Windows write them; lines end at a newline alone."""
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    assert [article.target for article in load(path)] == ["Überall\u2028Sturm.", "x"]


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.jsonl", '{"target": "x"}\n{"target": "café"}\n', r"a\.jsonl:2: .*byte 15 of it"),
        ("a.json", '[{"target": "x"},\n{"target": "café"}]', r"a\.json: byte 33 \(line 2\)"),
        ("a.tsv", "target\tid\ncafé\t1\n", r"a\.tsv:2: byte 3 of it"),
    ],
)
def test_records_in_another_encoding_need_its_name(
    tmp_path: Path, name: str, content: str, place: str
) -> None:
    """A guess at each line would differ from line to line."""
    path = tmp_path / name
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=f"{place}.*--encoding"):
        load(path)
    assert load(path, encoding="latin-1")[-1].target == "café"


def test_a_named_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """With the last line that could be read."""
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"target": "x"}\n'.encode("utf-16-le") + b"\x00\xd8\x00")
    with pytest.raises(InputError, match="what follows line 1 is not utf-16-le"):
        load(path, encoding="utf-16-le")


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.tsv"])
def test_a_binary_file_of_records_is_refused_by_what_it_is(tmp_path: Path, name: str) -> None:
    """Not line by line, with --skip-bad for a way out."""
    path = tmp_path / name
    path.write_bytes(b"\x89PNG\r\n\x1a\n....")
    with pytest.raises(InputError, match="is not text but a PNG"):
        load(path, rejects=Rejects(tmp_path / "rejects.jsonl"))


def test_an_array_in_a_file_of_lines_is_told_its_ending(tmp_path: Path) -> None:
    """And lines in a file of an array theirs."""
    with pytest.raises(InputError, match=r"has the ending \.json;"):
        load(jsonl(tmp_path, '[{"target": "x"}]'))


def test_a_bad_record_of_an_array_is_named_by_its_number(tmp_path: Path) -> None:
    """Its line is not known."""
    with pytest.raises(InputError, match=r'a\.json: record 2: lacks "target"'):
        load(jsonl(tmp_path, '[{"target": "x"},\n\n{"id": "y"}]', name="a.json"))
    with pytest.raises(InputError, match=r"b\.json:2: is not JSON: .*\(column 1\)"):
        load(jsonl(tmp_path, '[{"target": "x"},\nx]', name="b.json"))
    with pytest.raises(InputError, match=r"c\.json: is empty"):
        load(jsonl(tmp_path, " ", name="c.json"))


def test_an_empty_target_is_an_article_without_text(tmp_path: Path) -> None:
    """In a dataset it is a fact, not a mistake."""
    assert [article.target for article in load(jsonl(tmp_path, {"target": ""}))] == [""]
    path = tmp_path / "a.tsv"
    path.write_text("article\tid\ttarget\nd\t1\t\nd\t2\tx\n", encoding="utf-8")
    assert [segment.target for segment in load(path)[0].segments] == ["", "x"]


def test_compressed_records_are_read(tmp_path: Path) -> None:
    """As datasets come."""
    assert len(load(jsonl(tmp_path, {"target": "x"}, {"target": "y"}, name="a.jsonl.gz"))) == 2
    damaged = tmp_path / "b.jsonl.gz"
    damaged.write_bytes((tmp_path / "a.jsonl.gz").read_bytes()[:-9])
    with pytest.raises(InputError, match=r"b\.jsonl\.gz: is damaged: .* anew"):
        load(damaged)


def test_records_compressed_with_zstandard_are_read_to_their_end(tmp_path: Path) -> None:
    """In one frame or several; a file that breaks off or is something else is refused."""
    zstandard = pytest.importorskip("zstandard")
    frame = zstandard.compress(b'{"target": "x"}\n' * 20_000)
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(frame * 2)
    assert len(load(path)) == 40_000
    path.write_bytes(frame * 2 + frame[:-5])
    with pytest.raises(InputError, match="is damaged: it breaks off"):
        load(path)
    path.write_bytes(b"something else")
    with pytest.raises(InputError, match="is damaged"):
        load(path)


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
    with pytest.raises(InputError, match=r"a\.tsv:2: columns: 2 here, 3 in the first line"):
        load(path)
    path.write_text("mt\tmt\nJa\tyes\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.tsv:1: two columns are called 'mt'"):
        load(path)
    path.write_text("Ja\tyes\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.tsv:1: the first line must name the columns"):
        load(path)

"""Texts of any encoding are read, and what is no text is refused with a way out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.evaluate import Evaluator
from mtqe.readers import ReadOptions, read


def only(path: Path, **options: str) -> Article:
    """The one article of a file."""
    (article,) = read(path, ReadOptions(**options))  # type: ignore[arg-type]
    return article


def test_a_text_file_is_one_article_named_after_it(tmp_path: Path) -> None:
    """Character for character, line ends included."""
    path = tmp_path / "storm.txt"
    path.write_bytes("Es stürmt.\r\n\r\nSehr.\u2028Ja.".encode())
    article = only(path)
    assert (article.id, article.target) == ("storm", "Es stürmt.\r\n\r\nSehr.\u2028Ja.")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path: Path, encoding: str) -> None:
    """The mark itself is no text."""
    path = tmp_path / "a.txt"
    path.write_bytes("Überall Sturm.".encode(encoding))
    assert only(path).target == "Überall Sturm."


def test_an_old_encoding_is_detected_and_said_so(tmp_path: Path) -> None:
    """Windows-1252 is what old pages are in."""
    path = tmp_path / "a.txt"
    text = "Le café était fermé, et la fenêtre « ouverte » laissait entrer l’été. " * 8
    path.write_bytes(text.encode("cp1252"))
    article = only(path)
    assert article.target == text
    assert "not UTF-8" in article.notes[0]


def test_bytes_of_no_encoding_are_refused_with_their_place(tmp_path: Path) -> None:
    """File, byte, line and what to do."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"One line.\nAnother \xff\xfe\x81\x00\x8d\x9d\xfd\x90\x81.")
    with pytest.raises(InputError, match=r"a\.txt: byte 18 \(line 2\) is not UTF-8.*--encoding"):
        only(path)


def test_an_encoding_can_be_named(tmp_path: Path) -> None:
    """And a wrong one, or none of that name, is an error."""
    path = tmp_path / "a.txt"
    path.write_bytes("Приём".encode("koi8-r"))
    assert only(path, encoding="koi8-r").target == "Приём"
    with pytest.raises(InputError, match="is not utf-8"):
        only(path, encoding="utf-8")
    for name in ("utf-9", "base64", "rot13"):
        with pytest.raises(InputError, match="no encoding is called"):
            only(path, encoding=name)


def test_utf_16_without_a_mark_needs_its_name(tmp_path: Path) -> None:
    """Its many NUL bytes are binary data until then; the mark of UTF-8 is no text when it is named."""
    path = tmp_path / "a.txt"
    path.write_bytes("It rained.".encode("utf-16-le"))
    with pytest.raises(InputError, match="--encoding utf-16-le"):
        only(path)
    assert only(path, encoding="utf-16-le").target == "It rained."
    path.write_bytes("It rained.".encode("utf-8-sig"))
    assert only(path, encoding="utf-8").target == "It rained."


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"%PDF-1.7 ...", "pdftotext"),
        (b"PK\x03\x04....", "office document"),
        (b"\x1f\x8b\x08....", "gzip"),
        (b"\x00\x01\x02\x00" * 50, "NUL"),
    ],
)
def test_a_binary_file_is_refused_by_what_it_is(tmp_path: Path, content: bytes, what: str) -> None:
    """The message says what to do instead."""
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=what):
        only(path)


@pytest.mark.parametrize("content", [b"", b" \n\t\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """It is a mistake more often than an article."""
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.txt: is empty"):
        only(path)


def test_a_missing_file_and_an_unknown_kind_are_refused(tmp_path: Path) -> None:
    """The known kinds are named."""
    with pytest.raises(InputError, match="No such file"):
        list(read(tmp_path / "none.txt"))
    (tmp_path / "a.docx").touch()
    with pytest.raises(InputError, match=r"known: .*\.jsonl.*\.txt.*--input-format"):
        list(read(tmp_path / "a.docx"))
    (tmp_path / "news.txt").mkdir()
    with pytest.raises(InputError, match=r"news\.txt: is a folder"):
        list(read(tmp_path / "news.txt"))


def test_compressed_text_is_read_and_damage_is_named(tmp_path: Path) -> None:
    """A download that broke off."""
    path = tmp_path / "a.txt.gz"
    packed = gzip.compress(b"It rained. " * 1000)
    path.write_bytes(packed)
    assert only(path).target.startswith("It rained.")
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match="damaged"):
        only(path)


def test_code_in_markdown_is_left_out_of_scoring(tmp_path: Path) -> None:
    """Offsets stay those of the file."""
    path = tmp_path / "a.md"
    path.write_text(
        "---\ntitle: x\n---\n\n# Rain\n\nIt rained all day.\n\n```\nfor x in y: z\n```\n", encoding="utf-8"
    )
    (report,) = Evaluator().evaluate(read(path, ReadOptions(target_lang="en")))
    reasons = {s.segment.target.split("\n")[0]: s.segment.excluded for s in report.segments}
    assert reasons["It rained all day."] is None
    assert any(why == "markdown: code" for why in reasons.values())
    assert any(why == "markdown: front matter" for why in reasons.values())

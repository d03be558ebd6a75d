"""Test sets of every format give the same systems, and what does not fit is named with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mtqe.bench.inputs import load_test_set
from mtqe.bench.runfile import load_benchmark
from mtqe.bench.testset import TestSet, checked
from mtqe.errors import ConfigError, InputError

SOURCES = ("Un.", "Deux.", "Trois.")
REFERENCE = ("One.", "Two.", "Three.")
SYSTEMS = {"a": ("One.", "To.", "Three."), "b": ("Un.", "Two.", "Tree.")}
DOCUMENTS = ("x", "x", "y")
DOMAINS = ("news", "news", "talk")


def lines(path: Path, texts: tuple[str, ...]) -> Path:
    """A file with a text a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def plain(folder: Path) -> str:
    """Plain parallel files."""
    lines(folder / "src", SOURCES)
    lines(folder / "ref", REFERENCE)
    lines(folder / "docs", tuple(f"{d}\t{n}" for d, n in zip(DOMAINS, DOCUMENTS, strict=True)))
    for name, texts in SYSTEMS.items():
        lines(folder / "out" / f"{name}.txt", texts)
    return f"""
source: {folder}/src
reference: {folder}/ref
documents: {folder}/docs
systems: ["{folder}/out/*.txt"]
"""


def rows() -> list[dict[str, Any]]:
    """A record for each segment of each system."""
    return [
        {
            "system": name,
            "doc_id": DOCUMENTS[n],
            "seg_id": n,
            "domain": DOMAINS[n],
            "src": SOURCES[n],
            "ref": REFERENCE[n],
            "mt": text,
        }
        for name, texts in SYSTEMS.items()
        for n, text in enumerate(texts)
    ]


def jsonl(folder: Path) -> str:
    """Records of segments."""
    lines(folder / "set.jsonl", tuple(map(json.dumps, rows())))
    return f"test_set: {folder}/set.jsonl"


def tsv(folder: Path) -> str:
    """The same with tabs."""
    found = rows()
    table = ["\t".join(found[0]), *("\t".join(map(str, row.values())) for row in found)]
    lines(folder / "set.tsv", tuple(table))
    return f"test_set: {folder}/set.tsv"


def wide_tsv(folder: Path) -> str:
    """A column for each system."""
    columns = [SOURCES, REFERENCE, DOCUMENTS, DOMAINS, *SYSTEMS.values()]
    head = "source\treference\tdoc\tdomain\ta\tb"
    lines(folder / "wide.tsv", (head, *("\t".join(row) for row in zip(*columns, strict=True))))
    return f"test_set: {{name: tsv, path: {folder}/wide.tsv, systems: [a, b]}}"


def wmt_jsonl(folder: Path) -> str:
    """As WMT25 publishes: all systems and references of a segment in a record."""
    records = [
        {
            "doc_id": f"fr-en_#_{DOMAINS[n]}_#_{DOCUMENTS[n]}_#_{n}",
            "src_text": SOURCES[n],
            "tgt_text": {"refA": REFERENCE[n], **{name: texts[n] for name, texts in SYSTEMS.items()}},
        }
        for n in range(3)
    ]
    other = {"doc_id": "fr-de_#_news_#_z_#_0", "src_text": "Un.", "tgt_text": {"c": "Eins."}}
    lines(folder / "wmt.jsonl", tuple(map(json.dumps, [other, *records])))
    return f"test_set: {{name: jsonl, path: {folder}/wmt.jsonl, pair: fr-en}}"


def wmt_submissions(folder: Path) -> str:
    """As participants of WMT25 and WMT26 see it: sources in one file, each system in its own."""
    names = [f"fr-en_#_{DOMAINS[n]}_#_{DOCUMENTS[n]}_#_{n}" for n in range(3)]
    records = [
        {"doc_id": names[n], "src_text": SOURCES[n], "refs": {"refA": {"ref": REFERENCE[n]}}}
        for n in range(3)
    ]
    lines(folder / "wmt.jsonl", tuple(map(json.dumps, records)))
    for name, texts in SYSTEMS.items():
        rows_ = [{"doc_id": names[n], "hypothesis": texts[n]} for n in (2, 0, 1)]
        lines(folder / "out" / f"{name}.jsonl", tuple(map(json.dumps, rows_)))
    return f'test_set: {folder}/wmt.jsonl\nsystems: ["{folder}/out/*.jsonl"]'


def xml(folder: Path) -> str:
    """WMT's XML."""

    def side(tag: str, texts: list[tuple[int, str]]) -> str:
        segments = "".join(f'<seg id="{n}">{text}</seg>' for n, text in texts)
        return f"<{tag}><p>{segments}</p></{tag.split()[0]}>"

    documents = []
    for document, rows_ in (("x", [0, 1]), ("y", [2])):
        sides = [side('src lang="fr"', [(n, SOURCES[n]) for n in rows_])]
        sides += [side('ref lang="en" translator="A"', [(n, REFERENCE[n]) for n in rows_])]
        sides += [side(f'hyp system="{s}"', [(n, texts[n]) for n in rows_]) for s, texts in SYSTEMS.items()]
        documents.append(f'<doc id="{document}" domain="{DOMAINS[rows_[0]]}">{"".join(sides)}</doc>')
    lines(folder / "set.xml", (f'<dataset id="t">{"".join(documents)}</dataset>',))
    return f"test_set: {folder}/set.xml"


def mt_metrics_eval(folder: Path) -> str:
    """The folders of mt-metrics-eval."""
    lines(folder / "sources" / "fr-en.txt", SOURCES)
    lines(folder / "references" / "fr-en.refA.txt", REFERENCE)
    lines(
        folder / "documents" / "fr-en.docs",
        tuple(f"{d}\t{n}" for d, n in zip(DOMAINS, DOCUMENTS, strict=True)),
    )
    for name, texts in SYSTEMS.items():
        lines(folder / "system-outputs" / "fr-en" / f"{name}.txt", texts)
    return f"test_set: {{name: mt_metrics_eval, path: {folder}, pair: fr-en}}"


def table() -> Any:
    """The wide table in Arrow."""
    import pyarrow

    columns = {"source": SOURCES, "reference": REFERENCE, "doc": DOCUMENTS, "domain": DOMAINS, **SYSTEMS}
    return pyarrow.table({name: list(column) for name, column in columns.items()})


def parquet(folder: Path) -> str:
    """A Parquet file of a dataset."""
    from pyarrow import parquet as format_

    format_.write_table(table(), folder / "test-0.parquet")
    return f"test_set: {{name: huggingface, path: {folder}, split: test, systems: [a, b]}}"


def saved_to_disk(folder: Path) -> str:
    """What ``save_to_disk`` of a dataset with splits writes."""
    import pyarrow

    (folder / "test").mkdir()
    (folder / "dataset_dict.json").write_text('{"splits": ["test"]}')
    (folder / "test" / "state.json").write_text('{"_data_files": [{"filename": "data-0.arrow"}]}')
    with pyarrow.ipc.new_stream(folder / "test" / "data-0.arrow", table().schema) as stream:
        stream.write_table(table())
    return f"test_set: {{name: huggingface, path: {folder}, split: test, systems: [a, b]}}"


def load(folder: Path, sections: str) -> TestSet:
    """The test set of a run file with these sections."""
    path = folder / "run.yaml"
    path.write_text(f"task: benchmark\n{sections}\n", encoding="utf-8")
    return load_test_set(load_benchmark(path))


FORMATS = [
    plain,
    jsonl,
    tsv,
    wide_tsv,
    wmt_jsonl,
    wmt_submissions,
    xml,
    mt_metrics_eval,
    parquet,
    saved_to_disk,
]


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
def test_every_format_gives_the_same_test_set(write: Callable[[Path], str], tmp_path: Path) -> None:
    """Sources, references, systems, documents and domains."""
    found = load(tmp_path, write(tmp_path))
    assert found.systems == SYSTEMS
    assert (found.sources, found.references) == (SOURCES, (REFERENCE,))
    assert [name.split("_#_")[-1] for name in found.documents or ()] == list(DOCUMENTS)
    assert found.domains == DOMAINS


def test_a_test_set_of_sacrebleu_comes_from_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is fetched; what is not there is said with the command that fetches it."""
    from sacrebleu.dataset import DATASETS

    monkeypatch.setattr(DATASETS["wmt20"], "_outdir", str(tmp_path))
    lines(tmp_path / "a.txt", SYSTEMS["a"])
    sections = f"test_set: {{name: sacrebleu, set: wmt20, pair: en-de}}\nsystems: {{a: {tmp_path}/a.txt}}"
    with pytest.raises(InputError, match="sacrebleu --download wmt20 -l en-de"):
        load(tmp_path, sections)
    lines(tmp_path / "wmt20.en-de.src", SOURCES)
    lines(tmp_path / "wmt20.en-de.ref", REFERENCE)
    found = load(tmp_path, sections)
    assert (found.sources, found.references, found.target_lang) == (SOURCES, (REFERENCE,), "de")
    with pytest.raises(InputError, match="Did you mean 'wmt20'"):
        load(tmp_path, sections.replace("wmt20", "wmt020"))
    with pytest.raises(InputError, match="no pair 'en-xx'"):
        load(tmp_path, sections.replace("en-de", "en-xx"))


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (("One.", "Two."), r"a:3: 2 lines here, but 3 in .*src: it ends after line 2"),
        (("One.", "Two.", "Three.", ""), "a:4: 4 lines .* is blank; delete it"),
        (("One.", "Two", ".", "Three."), "a:4: 4 lines .* a line that was split in two"),
    ],
)
def test_line_counts_are_checked_with_file_and_line(
    texts: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """Too few, blank lines at the end, a line that was split."""
    lines(tmp_path / "src", SOURCES)
    lines(tmp_path / "a", texts)
    with pytest.raises(InputError, match=says):
        load(tmp_path, f"source: {tmp_path}/src\nsystems: {{a: {tmp_path}/a}}")


def test_blank_lines_are_kept_and_counted(tmp_path: Path) -> None:
    """An empty translation is one; a note says how many there are."""
    lines(tmp_path / "src", SOURCES)
    lines(tmp_path / "a", ("One.", "", "Three."))
    found = load(tmp_path, f"source: {tmp_path}/src\nsystems: {{a: {tmp_path}/a}}")
    assert found.systems["a"] == ("One.", "", "Three.")
    assert found.notes == ("system a: 1 empty of 3, the first is segment 2",)


def test_a_missing_system_is_named(tmp_path: Path) -> None:
    """As a file, as a pattern, and within records."""
    lines(tmp_path / "src", SOURCES)
    with pytest.raises(InputError, match=r"none\.txt: can't be read"):
        load(tmp_path, f"source: {tmp_path}/src\nsystems: {{a: {tmp_path}/none.txt}}")
    with pytest.raises(InputError, match="no file matches"):
        load(tmp_path, f'source: {tmp_path}/src\nsystems: ["{tmp_path}/none*"]')
    lines(tmp_path / "set.jsonl", tuple(map(json.dumps, rows()[:-1])))
    with pytest.raises(InputError, match=r"set\.jsonl:3: system 'b' has no target"):
        load(tmp_path, f"test_set: {tmp_path}/set.jsonl")


def test_a_submission_that_lacks_a_segment_is_named(tmp_path: Path) -> None:
    """By the segment's name."""
    sections = wmt_submissions(tmp_path)
    lines(tmp_path / "out" / "a.jsonl", ('{"doc_id": "x", "hypothesis": "y"}',))
    with pytest.raises(InputError, match=r"a\.jsonl: lacks a record of segment 'fr-en_#_news_#_x_#_0'"):
        load(tmp_path, sections)
    lines(tmp_path / "out" / "a.jsonl", ('{"doc_id": "x"}',))
    with pytest.raises(InputError, match=r'a\.jsonl:1: needs "doc_id" and "hypothesis"'):
        load(tmp_path, sections)


def test_raters_of_a_segment_are_one_segment_if_its_target_is_one(tmp_path: Path) -> None:
    """Rows that repeat are no new segments; another target for the same is a mistake."""
    lines(tmp_path / "set.jsonl", tuple(map(json.dumps, [*rows(), rows()[0]])))
    assert load(tmp_path, f"test_set: {tmp_path}/set.jsonl").size == 3
    other = {**rows()[0], "mt": "Other."}
    lines(tmp_path / "set.jsonl", tuple(map(json.dumps, [*rows(), other])))
    with pytest.raises(InputError, match=r"set\.jsonl:7: system 'a' has another target"):
        load(tmp_path, f"test_set: {tmp_path}/set.jsonl")


def test_systems_of_a_test_set_can_be_chosen_and_added_to(tmp_path: Path) -> None:
    """By name, and by file."""
    sections = jsonl(tmp_path)
    extra = lines(tmp_path / "mine.txt", REFERENCE)
    found = load(tmp_path, f'{sections}\nsystems: [b, "{extra}"]')
    assert list(found.systems) == ["b", "mine"]


def test_documents_must_stand_together(tmp_path: Path) -> None:
    """A document that comes again is a mistake of the file."""
    with pytest.raises(InputError, match="segment 3: document 'x' was complete"):
        checked(TestSet({"a": ("1", "2", "3")}, documents=("x", "y", "x")), "run.yaml")


def test_xml_from_strangers_opens_no_other_file(tmp_path: Path) -> None:
    """Entities are not resolved, and a segment that a system lacks is named."""
    secret = lines(tmp_path / "secret", ("secret",))
    text = f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{secret}">]>'
    lines(tmp_path / "set.xml", (text, '<d><doc id="x"><src><seg id="1">&e;</seg></src></doc></d>'))
    lines(tmp_path / "a", ("One.",))
    found = load(tmp_path, f"test_set: {tmp_path}/set.xml\nsystems: {{a: {tmp_path}/a}}")
    assert "secret" not in str(found)
    lines(tmp_path / "set.xml", ('<d><doc id="x"><src><seg id="1">U</seg></src><hyp system="s"/></doc></d>',))
    with pytest.raises(InputError, match=r"set\.xml:1: document 'x': system 's' lacks segment 1"):
        load(tmp_path, f"test_set: {tmp_path}/set.xml")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("set.jsonl", "{not json", r"set\.jsonl:1: is not JSON"),
        ("set.tsv", "target\nOne\tmore\n", r"set\.tsv:2: 2 columns here, 1 in the first line"),
        ("set.tsv", "a\tb\n1\t2\n", r"set\.tsv:1: needs a column"),
        ("set.xml", "<a>", r"set\.xml:1: is not XML"),
        ("set.jsonl", "\n", "no record in there"),
    ],
)
def test_broken_files_are_named_with_their_line(name: str, content: str, says: str, tmp_path: Path) -> None:
    """Never a traceback."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        load(tmp_path, f"test_set: {tmp_path / name}")


def test_all_problems_of_a_run_file_come_at_once(tmp_path: Path) -> None:
    """Each with its place."""
    path = tmp_path / "run.yaml"
    path.write_text(
        """
task: benchmark
test_set: set.doc
metrics: [bleuu, {name: chrf, betta: 3}, {name: bleu, tokenize: 14a}]
sytems: {a: b}
significance: {method: magic}
fail_if_worse: 1
output: report.pdf
""",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as error:
        load_benchmark(path)
    for part in (
        "unknown section 'sytems'; did you mean 'systems'?",
        "metrics[0] bleuu: no metric is called that. Did you mean 'bleu'?",
        "metrics[1] chrf: unknown option 'betta'; did you mean 'beta'?",
        "metrics[2] bleu: tokenize: should be",
        "significance.method:",
        "test_set: the ending of 'set.doc' tells no format",
    ):
        assert part in str(error.value)

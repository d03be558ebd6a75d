"""Readers of human judgements: what each format says, and bad lines named with their places."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from mtqe.bench.human.base import HumanRatings, MarkedError, Rating, human_readers
from mtqe.bench.human.da import Da
from mtqe.bench.human.esa import Esa
from mtqe.bench.human.mqm import Mqm
from mtqe.bench.human.mt_metrics_eval import MtMetricsEval
from mtqe.bench.human.ratings import Ratings
from mtqe.bench.human.wmt_jsonl import WmtJsonl
from mtqe.bench.meta_table import table_of
from mtqe.errors import InputError

MQM_HEADER = "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity"


def mqm(folder: Path, *rows: str, header: str = MQM_HEADER) -> Path:
    """A file of MQM rows: system, segment, rater, target, category and severity, with spaces as bars."""
    lines = [header]
    for row in rows:
        system, segment, rater, target, category, severity = row.split("|")
        lines.append(
            f"{system}\tnews.1\t{segment}\t{segment}\t{rater}\tThe cat sat.\t{target}\t{category}\t{severity}"
        )
    path = folder / "mqm.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def by_key(ratings: HumanRatings) -> dict[tuple[str, str, str | None], Rating]:
    """Ratings by system, segment and rater."""
    return {(r.system, r.segment, r.rater): r for r in ratings.ratings}


def test_mqm_points_are_those_of_the_google_scheme(tmp_path: Path) -> None:
    """Major 5, minor 1, minor punctuation 0.1, non-translation 25, neutral 0; summed by rater."""
    path = mqm(
        tmp_path,
        "A|1|r1|Die <v>Kazze</v> saß.|Fluency/Spelling|Minor",
        "A|1|r1|Die Kazze saß<v>.</v>|Fluency/Punctuation|Minor",
        "A|1|r1|<v>Die Kazze</v> saß.|Accuracy/Mistranslation|major",
        "A|1|r2|Die Kazze saß.|No-error|No-error",
        "B|1|r1|<v>asdf</v>|Non-translation!|Major",
        "B|1|r2|<v>asdf</v>|Style/Awkward|Neutral",
    )
    found = by_key(Mqm(path).read())
    scores = {key: rating.score for key, rating in found.items()}
    assert scores == pytest.approx(
        {("A", "1", "r1"): -6.1, ("A", "1", "r2"): 0, ("B", "1", "r1"): -25, ("B", "1", "r2"): 0}
    )
    assert table_of(Mqm(path).read()).scores.tolist() == [[pytest.approx(-3.05)], [-12.5]]


def test_mqm_marks_are_places_in_the_translation(tmp_path: Path) -> None:
    """Code points of the target without the marks; a mark in the source has none."""
    path = mqm(
        tmp_path, "A|1|r1|Die 🐈 <v>saß</v>.|Accuracy|Major", "A|1|r1|Die 🐈 saß.|Accuracy/Omission|Minor"
    )
    rating = by_key(Mqm(path).read())["A", "1", "r1"]
    assert rating.target == "Die 🐈 saß."
    assert rating.errors is not None
    assert rating.target[rating.errors[0].start : rating.errors[0].end] == rating.errors[0].text == "saß"
    assert rating.errors[1] == MarkedError("minor", "Accuracy/Omission")


def test_mqm_weights_can_be_set(tmp_path: Path) -> None:
    """The longest beginning of severity/category/subcategory counts, in any case."""
    path = mqm(
        tmp_path,
        "A|1|r1|<v>Die</v> Katze|Accuracy/Mistranslation|Major",
        "A|1|r1|Die <v>Katze</v>|Style|Major",
    )
    weights = {"Major": 10.0, "major/ACCURACY": 3.0}
    assert Mqm(path, weights).read().ratings[0].score == -13


def test_mqm_rows_that_alter_the_translation_keep_their_points_and_lose_their_place(tmp_path: Path) -> None:
    """The text of most rows is the translation; a note counts the others."""
    path = mqm(
        tmp_path,
        "A|1|r1|Die <v>Katze</v> saß.|Accuracy|Minor",
        "A|1|r2|<v>Die</v> Katze saß.|Accuracy|Minor",
        "A|1|r3|Die Katze <v>saß</v> da.|Accuracy|Major",
    )
    ratings = Mqm(path).read()
    changed = by_key(ratings)["A", "1", "r3"]
    assert (changed.score, changed.target) == (-5, "Die Katze saß.")
    assert changed.errors == (MarkedError("major", "Accuracy", None, None, "saß"),)
    assert ratings.notes == ("1 marks have no place: their rows alter the translation",)


def test_mqm_fields_with_doubled_quotation_marks_are_unquoted(tmp_path: Path) -> None:
    """As spreadsheets write them; a text that merely begins and ends with quotation marks stays."""
    path = mqm(
        tmp_path,
        'A|1|r1|"Er sagte ""<v>nein</v>"" dazu."|Accuracy|Minor',
        'A|2|r1|"Nein", sagte er, "<v>nie</v>"|Accuracy|Minor',
    )
    found = by_key(Mqm(path).read())
    assert found["A", "1", "r1"].target == 'Er sagte "nein" dazu.'
    assert found["A", "1", "r1"].errors == (MarkedError("minor", "Accuracy", 10, 14, "nein"),)
    assert found["A", "2", "r1"].target == '"Nein", sagte er, "nie"'


def test_mqm_of_2024_calls_the_segment_otherwise_and_may_be_compressed(tmp_path: Path) -> None:
    """globalSegId, and a column of comments that may be missing at the end of a line."""
    header = MQM_HEADER.replace("seg_id", "globalSegId").replace("doc_id", "docSegId") + "\tcomment"
    path = mqm(tmp_path, "A|7|r1|Die <v>Katze</v>|Accuracy|minor", header=header)
    packed = tmp_path / "mqm.tsv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert Mqm(packed).read().ratings[0].segment == "7"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            "A|1|r1|Die <v>Katze</v>|Accuracy|Huge",
            "mqm.tsv:2: no weight for the severity 'huge'; add it to 'weights:'",
        ),
        ("|1|r1|Die <v>Katze</v>|Accuracy|Major", "mqm.tsv:2: the column 'system' is empty"),
        ("A|1|r1|a\tb\tc|Accuracy|Major", "mqm.tsv:2: has 11 columns, but the first line names 9"),
    ],
)
def test_bad_mqm_lines_are_named(tmp_path: Path, row: str, problem: str) -> None:
    """File, line and way out."""
    path = mqm(tmp_path, row)
    with pytest.raises(InputError) as caught:
        Mqm(path).read()
    assert str(caught.value).endswith(problem)


def test_an_mqm_file_without_its_columns_or_rows_is_refused(tmp_path: Path) -> None:
    """The nearest column is named."""
    path = mqm(tmp_path, header=MQM_HEADER.replace("severity", "severities"))
    with pytest.raises(
        InputError, match=r"mqm.tsv:1: no column is called 'severity'. Did you mean 'severities'"
    ):
        Mqm(path).read()
    with pytest.raises(InputError, match="holds no judgement"):
        Mqm(mqm(tmp_path)).read()
    (tmp_path / "latin.tsv").write_bytes(MQM_HEADER.encode() + b"\nA\tb\xe9\n")
    with pytest.raises(InputError, match=r"latin.tsv:2: is not UTF-8"):
        Mqm(tmp_path / "latin.tsv").read()


ESA_LINES = (
    "eng1,ende-tutorial1,1,TGT,eng,deu,0,ende-tutorial1,False,[],1,1",
    'eng1,A,0,TGT,eng,deu,80,doc1,False,"[{""start_i"":4,""end_i"":9,""severity"":""minor""}]",1,2',
    'eng1,A,1,BAD,eng,deu,10,doc1#bad,False,"[{""start_i"":0,""end_i"":1,""severity"":""major""}]",1,2',
    'eng2,A,0,TGT,eng,deu,60,doc1,False,"[{""start_i"":""missing"",""end_i"":""missing"",""severity"":""major""}]",1,2',
    "eng1,B,1,TGT,eng,deu,100,doc1,False,[],1,2",
    "eng1,B,1,TGT,eng,ces,50,doc1,False,[],1,2",
)


def esa(folder: Path, *lines: str) -> Path:
    """A file of ESA lines."""
    path = folder / "esa.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_esa_leaves_out_checks_and_other_languages(tmp_path: Path) -> None:
    """Tutorials, spoilt and repeated items are no judgements; lines count from 0 there, from 1 here."""
    ratings = Esa(esa(tmp_path, *ESA_LINES), target_lang="deu").read()
    assert [(r.system, r.segment, r.score, r.rater) for r in ratings.ratings] == [
        ("A", "1", 80, "eng1"),
        ("A", "1", 60, "eng2"),
        ("B", "2", 100, "eng1"),
    ]
    assert ratings.ratings[0].errors == (MarkedError("minor", "", 4, 9),)
    assert ratings.ratings[1].errors == (MarkedError("major"),)


def test_esa_with_texts_knows_translations(tmp_path: Path) -> None:
    """From a folder as in WMT's repositories; a system without a file is an error with its place."""
    path = esa(tmp_path, *ESA_LINES)
    folder = test_set(tmp_path)
    ratings = Esa(path, target_lang="deu", texts=folder, pair="en-de").read()
    assert ratings.ratings[0].target == "Die Katze saß."
    assert ratings.ratings[0].errors == (MarkedError("minor", "", 4, 9, "Katze"),)
    assert ratings.texts["2"].reference == "Der Hund lief."
    (folder / "system-outputs" / "en-de" / "B.txt").unlink()
    with pytest.raises(InputError, match=r"esa.csv:5: no output of the system 'B'"):
        Esa(path, target_lang="deu", texts=folder, pair="en-de").read()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a,b,c", "esa.csv:1: has 3 columns; an ESA file has 10 or more"),
        (
            "r,A,x,TGT,eng,deu,80,d,False,[],1,2",
            "esa.csv:1: the third column is the number of a line, not 'x'",
        ),
        ("r,A,1,TGT,eng,deu,good,d,False,[],1,2", "esa.csv:1: the score is no number: 'good'"),
        ("r,A,1,TGT,eng,deu,inf,d,False,[],1,2", "esa.csv:1: the score is infinite"),
        ("r,A,1,TGT,eng,deu,80,d,False,{},1,2", "esa.csv: holds no judgement"),
        ("r,A,1,TGT,eng,deu,80,d,False,oops,1,2", "esa.csv:1: the tenth column is no JSON"),
    ],
)
def test_bad_esa_lines_are_named(tmp_path: Path, line: str, problem: str) -> None:
    """File, line and way out."""
    if problem.endswith("no judgement"):
        line = line.replace("TGT", "BAD")
    with pytest.raises(InputError) as caught:
        Esa(esa(tmp_path, line)).read()
    assert problem in str(caught.value)


def test_set(folder: Path) -> Path:
    """Two segments, two systems and human scores, laid out as in mt-metrics-eval."""
    files = {
        "documents/en-de.docs": "news d1\nnews d1\n",
        "sources/en-de.txt": "The cat sat.\nThe dog ran.\n",
        "references/en-de.refA.txt": "Die Katze saß da.\nDer Hund lief.\n",
        "system-outputs/en-de/A.txt": "Die Katze saß.\nDer Hund rannte.\n",
        "system-outputs/en-de/B.txt": "Die Katze.\nDer Hund.\n",
        "human-scores/en-de.mqm.seg.score": "A\t-1.5\nA\tNone\nB -5\nB 0\n",
        "human-scores/en-de.mqm.merged.seg.rating": (
            'A\t{"errors": [{"start": 4, "end": 9, "severity": "minor", "category": "fluency/grammar"}, '
            '{"start": 0, "end": 3, "severity": "major", "is_source_error": true}]}\trater3\n'
            'A\tNone\nB\t{"errors": []}\trater1\nB\tNone\n'
        ),
    }
    for name, text in files.items():
        path = folder / "wmt99" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "wmt99"


test_set.__test__ = False  # type: ignore[attr-defined]  # it makes files for tests


def test_folders_of_mt_metrics_eval(tmp_path: Path) -> None:
    """Scores with gaps, documents, texts; marked errors beside them, those in the source without a place."""
    ratings = MtMetricsEval(test_set(tmp_path), "en-de", scores="mqm", ratings="mqm.merged").read()
    assert [(r.system, r.segment, r.score, r.article) for r in ratings.ratings] == [
        ("A", "1", -1.5, "d1"),
        ("B", "1", -5, "d1"),
        ("B", "2", 0, "d1"),
    ]
    assert ratings.ratings[0].errors == (
        MarkedError("minor", "fluency/grammar", 4, 9, "Katze"),
        MarkedError("major"),
    )
    assert (ratings.source_lang, ratings.target_lang, ratings.segments) == ("en", "de", ("1", "2"))
    assert ratings.texts["1"].reference == "Die Katze saß da."


def test_ratings_of_mt_metrics_eval_make_scores_alone(tmp_path: Path) -> None:
    """Where no scores are named they are the points of the errors."""
    ratings = MtMetricsEval(test_set(tmp_path), ratings="mqm.merged").read()
    assert [(r.system, r.segment, r.score, r.rater) for r in ratings.ratings] == [
        ("A", "1", -6, "rater3"),
        ("B", "1", 0, "rater1"),
    ]


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        (
            "human-scores/en-de.mqm.seg.score",
            "A 1\n",
            "seg.score: 1 lines of A, but the test set has 2 segments",
        ),
        ("human-scores/en-de.mqm.seg.score", "A 1 2\n", "seg.score:1: must be a system and a score"),
        ("human-scores/en-de.mqm.seg.score", "A x\n", "seg.score:1: the score is no number: 'x'"),
        ("system-outputs/en-de/A.txt", "one\n", "A.txt:2: 1 lines here, but 2 in"),
        ("documents/en-de.docs", "news d1\n", "en-de.docs:2: 1 lines here, but 2 in"),
        ("human-scores/en-de.mqm.merged.seg.rating", "A\tx\nA\tNone\n", "seg.rating:1: is no rating"),
    ],
)
def test_bad_files_of_mt_metrics_eval_are_named(tmp_path: Path, file: str, text: str, problem: str) -> None:
    """File, line where there is one, and what is wrong."""
    folder = test_set(tmp_path)
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        MtMetricsEval(folder, "en-de", "mqm", "mqm.merged").read()
    assert problem in str(caught.value)


def test_scores_of_mt_metrics_eval_must_be_named(tmp_path: Path) -> None:
    """The names that there are are in the message; so are language pairs."""
    with pytest.raises(InputError, match="name its 'scores', one of mqm"):
        MtMetricsEval(test_set(tmp_path)).read()
    (tmp_path / "wmt99" / "sources" / "en-fr.txt").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="name its pair, such as en-de; it has en-de, en-fr"):
        MtMetricsEval(tmp_path / "wmt99", scores="mqm").read()


def jsonl(folder: Path, *rows: object) -> Path:
    """A file of records."""
    path = folder / "ratings.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def test_standalone_ratings_of_mt_metrics_eval(tmp_path: Path) -> None:
    """Its own field names; the score is made of the errors."""
    error = {
        "start": 0,
        "end": 3,
        "severity": "major",
        "category": "accuracy",
        "score": None,
        "is_source_error": False,
    }
    row = {"source": "A b", "hypothesis": "Ein b", "errors": [error], "document_id": "d", "segment_id": 4}
    ratings = Ratings(jsonl(tmp_path, {**row, "system_id": "A", "rater_id": "r1"})).read()
    assert ratings.ratings[0] == Rating(
        "A", "4", -5, "d", "r1", (MarkedError("major", "accuracy", 0, 3, "Ein"),), "Ein b"
    )
    assert ratings.texts["4"].source == "A b"


def test_rows_with_scores_and_spans(tmp_path: Path) -> None:
    """A given score counts, unless weights are given; errors without a place have points too."""
    row = {"seg_id": "1", "system": "A", "mt": "Ein b", "src": "A b", "lp": "en-de", "score": -3.5}
    row |= {"spans": [{"start": 0, "end": 3, "severity": "minor", "category": "Style"}]}
    row |= {"unlocated_errors": [{"severity": "major", "category": "Accuracy/Omission"}], "score_type": "mqm"}
    path = jsonl(tmp_path, row)
    ratings = Ratings(path).read()
    assert (ratings.ratings[0].score, ratings.unit, ratings.target_lang) == (-3.5, "mqm", "de")
    assert Ratings(path, weights={}).read().ratings[0].score == -6
    assert Ratings(path, only={"lp": "en-de"}).read().ratings[0].score == -3.5
    with pytest.raises(InputError, match="holds no judgement"):
        Ratings(path, only={"lp": "en-fr"}).read()


def test_segments_numbered_anew_in_each_article_are_told_apart(tmp_path: Path) -> None:
    """By the article's name, in the texts as well; in both formats that know articles and numbers."""
    rows = [
        {"seg_id": str(n), "doc_id": doc, "system": "A", "src": f"{doc} {n}", "mt": "x", "score": n}
        for doc in ("d1", "d2")
        for n in range(2)
    ]
    table = tmp_path / "da.tsv"
    lines = ["\t".join(rows[0]), *("\t".join(map(str, row.values())) for row in rows)]
    table.write_text("\n".join(lines), encoding="utf-8")
    for ratings in (Ratings(jsonl(tmp_path, *rows)).read(), Da(table).read()):
        assert [r.segment for r in ratings.ratings] == ["d1:0", "d1:1", "d2:0", "d2:1"]
        assert ratings.texts["d2:1"].source == "d2 1"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"system": "A", "seg_id": 1', "ratings.jsonl:1: is not JSON"),
        ("[1]", "ratings.jsonl:1: is not a record"),
        ('{"seg_id": 1, "score": 2}', "ratings.jsonl:1: lacks a system"),
        ('{"system": "A", "score": 2}', "ratings.jsonl:1: lacks a segment id"),
        (
            '{"system": "A", "seg_id": 1, "score": "high"}',
            "ratings.jsonl:1: the score must be a number, not 'high'",
        ),
        ('{"system": "A", "seg_id": 1, "errors": [{"start": 1}]}', "each error needs a start, an end"),
        (
            '{"system": "A", "seg_id": 1, "errors": [{"start": 0, "end": 1, "severity": "bad"}]}',
            "no weight for",
        ),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, line: str, problem: str) -> None:
    """File, line and what is wrong."""
    path = tmp_path / "ratings.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Ratings(path).read()
    assert problem in str(caught.value)


def test_direct_assessments_of_the_wmt_collection(tmp_path: Path) -> None:
    """No system is named: each further translation of a source is another system's; z-scores by default."""
    path = tmp_path / "da.csv"
    path.write_text(
        "lp,src,mt,ref,score,raw,annotators,domain,year\n"
        'en-de,The cat.,"Die Katze, ja.",Die Katze.,0.5,80,2,news,2020\n'
        "en-de,The cat.,Der Hund.,Die Katze.,-1.5,10,1,news,2020\n"
        "en-fr,The cat.,Le chat.,Le chat.,1.0,99,1,news,2020\n",
        encoding="utf-8",
    )
    ratings = Da(path, only={"lp": "en-de"}).read()
    assert [(r.system, r.segment, r.score, r.target) for r in ratings.ratings] == [
        ("system", "The cat.", 0.5, "Die Katze, ja."),
        ("system 2", "The cat.", -1.5, "Der Hund."),
    ]
    assert [r.score for r in Da(path, score="raw", only={"lp": "en-de"}).read().ratings] == [80, 10]
    assert (ratings.source_lang, ratings.target_lang) == ("en", "de")


def test_direct_assessments_of_mlqe_and_of_wmt(tmp_path: Path) -> None:
    """Tabs with z_mean, and spaces with Z.SCR."""
    mlqe = tmp_path / "dev.ende.tsv"
    mlqe.write_text(
        "index\toriginal\ttranslation\tscores\tmean\tz_scores\tz_mean\n"
        "0\tA b\tEin b\t[80, 90]\t85\t[1, 2]\t1.5\n",
        encoding="utf-8",
    )
    assert Da(mlqe).read().ratings[0].score == 1.5
    wmt = tmp_path / "ad-seg-scores-cs-en.csv"
    wmt.write_text("SYS SID RAW.SCR Z.SCR N\nCUNI.1 bbc.1::1 80.5 0.25 2\n", encoding="utf-8")
    rating = Da(wmt).read().ratings[0]
    assert (rating.system, rating.segment, rating.score) == ("CUNI.1", "bbc.1::1", 0.25)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("src,mt\na,b\n", "da.csv:1: no column is called 'z_mean'"),
        ("src,mt,score\na,b\n", "da.csv:2: has 2 columns, but the first line names 3"),
        ("src,mt,score\na,b,good\n", "da.csv:2: the column 'score' is no number: 'good'"),
        ("mt,score\nb,1\n", "da.csv:2: has neither a segment's id nor a source"),
        ("src,mt,score\n", "da.csv:1: no rows follow"),
        ("", "da.csv:1: no column is called"),
    ],
)
def test_bad_direct_assessments_are_named(tmp_path: Path, text: str, problem: str) -> None:
    """File, line and what is wrong."""
    path = tmp_path / "da.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Da(path).read()
    assert problem in str(caught.value)


def test_human_evaluation_of_wmt_as_json(tmp_path: Path) -> None:
    """One score a system as in 2025, or a list of raters' as in 2024; documents' names choose a pair."""
    error = {"start_i": 0, "end_i": 3, "severity": "major"}
    rows = [
        {
            "doc_id": "en-cs_CZ_#_news_#_d1",
            "src_text": "A cat",
            "tgt_text": {"refA": "Kočka", "A": "Koč", "B": "Pes"},
            "scores": {
                "A": {"human": 40, "errors": [error]},
                "B": [{"score": "7", "annotator": "r", "errors": []}],
            },
        },
        {
            "doc_id": "en-de_DE_#_news_#_d1",
            "src_text": "x",
            "tgt_text": {"A": "y"},
            "scores": {"A": {"human": 1}},
        },
    ]
    path = jsonl(tmp_path, *rows)
    ratings = WmtJsonl(path, "en-cs_CZ").read()
    assert ratings.ratings == (
        Rating(
            "A",
            "1",
            40,
            "en-cs_CZ_#_news_#_d1",
            None,
            (MarkedError("major", "", 0, 3, "Koč"),),
            "Koč",
            "news",
        ),
        Rating("B", "1", 7, "en-cs_CZ_#_news_#_d1", "r", (), "Pes", "news"),
    )
    assert (ratings.texts["1"].reference, ratings.target_lang) == ("Kočka", "cs-CZ")
    assert len(WmtJsonl(path).read().ratings) == 3


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"doc_id": "d"}, "ratings.jsonl:1: needs doc_id, scores and tgt_text"),
        (
            {"doc_id": "d", "tgt_text": {}, "scores": {"A": {"human": 1}}},
            "has a score of A but no translation",
        ),
        ({"doc_id": "d", "tgt_text": {"A": "x"}, "scores": {"A": {}}}, "a score is a number under 'score'"),
        (
            {"doc_id": "d", "tgt_text": {"A": "x"}, "scores": {"A": {"human": 1, "errors": [{}]}}},
            "ratings.jsonl:1: errors must be a list of spans with start_i",
        ),
    ],
)
def test_bad_human_evaluation_of_wmt_is_named(tmp_path: Path, row: object, problem: str) -> None:
    """File, line and what is wrong."""
    with pytest.raises(InputError) as caught:
        WmtJsonl(jsonl(tmp_path, row)).read()
    assert problem in str(caught.value)


def test_every_format_is_found_by_its_name() -> None:
    """The registry imports the folder."""
    assert human_readers.names() == ["da", "esa", "mqm", "mt_metrics_eval", "ratings", "records", "wmt_jsonl"]


def test_segments_that_are_numbers_stand_in_their_order(tmp_path: Path) -> None:
    """10 after 9; a system to leave out that is not there is an error with the nearest name."""
    path = mqm(
        tmp_path, *(f"A|{n}|r1|<v>x</v>|Style|Minor" for n in (10, 9, 2)), "Human-B|2|r1|x|No-error|No-error"
    )
    table = table_of(Mqm(path).read(), ["Human-*"])
    assert (table.segments, table.systems) == (("2", "9", "10"), ("A",))
    with pytest.raises(InputError, match="no system to leave out is called 'Humans'"):
        table_of(Mqm(path).read(), ["Humans"])
    with pytest.raises(InputError, match="every system is left out"):
        table_of(Mqm(path).read(), ["*"])

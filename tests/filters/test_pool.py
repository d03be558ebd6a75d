"""Processes that die, and articles that no process survives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest

from mtqe.data import Article, ArticleReport, Score
from mtqe.errors import ModelError, MtqeError
from mtqe.evaluate import Evaluator
from mtqe.filters.article_filter import ArticleFilter
from mtqe.filters.base import KEEP, Needs, Verdict
from mtqe.filters.chunks import Chunk
from mtqe.filters.pool import run_in_processes
from mtqe.filters.stages import Stages
from mtqe.filters.units import Sides
from mtqe.filters.work import Result, Work, run_here


@dataclass(frozen=True)
class Fate:
    """A rule that does what an article says: kill the process, once or always, or fail."""

    folder: str
    name: ClassVar[str] = "fate"

    @property
    def label(self) -> str:
        return "fate"

    def needs(self) -> Needs:
        return Needs()

    def judge(self, report: ArticleReport) -> Verdict:
        text = report.article.target
        once = Path(self.folder) / "once"
        if text == "kill always" or (text == "kill once" and not once.exists()):
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if text == "fail":
            raise ValueError("bad luck")
        if text == "stop":
            raise ModelError("the weights are damaged")
        return KEEP


@dataclass(frozen=True)
class Unloadable:
    """A scorer whose model can't be loaded in another process."""

    junk: Any = field(default=0)
    name: ClassVar[str] = "unloadable"
    gives: ClassVar[str] = "fluency"
    default: ClassVar[bool] = False

    def __reduce__(self) -> Any:
        return (os._exit, (3,))

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        return []


def work(folder: Path) -> Work:
    """Work that keeps everything but what kills it."""
    keep = ArticleFilter(Stages((Fate(str(folder)),), Evaluator((), ())), add="nothing")
    return Work(keep, Sides(), "jsonl", None)


def chunks(*groups: Sequence[str]) -> Iterator[Chunk]:
    """A chunk for each group of texts."""
    first = 1
    for index, texts in enumerate(groups):
        payload = b"".join(orjson.dumps({"target": text}) + b"\n" for text in texts)
        yield Chunk(index, "f", "lines", first, payload)
        first += len(texts)


def results(folder: Path, *groups: Sequence[str], workers: int = 2) -> list[tuple[int, Result]]:
    """What comes of the groups."""
    return list(run_in_processes(work(folder), chunks(*groups), workers))


def kept(found: Sequence[tuple[int, Result]]) -> list[str]:
    """The texts that were kept, in order."""
    lines = b"".join(part for _, result in found for part in result.kept).split(b"\n")
    return [orjson.loads(line)["target"] for line in lines if line]


def test_results_come_in_order_and_are_those_of_one_process(tmp_path: Path) -> None:
    """However many processes there are."""
    groups = [[f"text {n}.{m}" for m in range(3)] for n in range(20)]
    found = results(tmp_path, *groups, workers=3)
    assert found == list(run_here(work(tmp_path), chunks(*groups)))
    assert [index for index, _ in found] == list(range(20))


def test_what_kills_a_process_is_set_aside_alone(tmp_path: Path) -> None:
    """Its neighbours are judged, and a chunk that killed by chance is judged whole."""
    groups = [["a", "b"], ["c", "kill always", "d", "e", "fail"], ["kill once", "f"], ["g"]]
    found = results(tmp_path, *groups)
    assert kept(found) == ["a", "b", "c", "d", "e", "kill once", "f", "g"]
    bad = [entry for _, result in found for entry in result.bad]
    assert [(entry["line"], orjson.loads(entry["record"])["target"]) for entry in bad] == [
        (4, "kill always"),
        (7, "fail"),
    ]
    assert bad[0]["error"] == "its process died, killed by signal 9: out of memory?"
    assert bad[1]["error"] == "judging it failed: ValueError: bad luck"


def test_what_is_wrong_with_every_article_ends_the_run(tmp_path: Path) -> None:
    """A model that can't be loaded is no matter of one article."""
    with pytest.raises(ModelError, match="the weights are damaged"):
        results(tmp_path, ["a", "stop"])


def test_a_process_that_can_not_start_ends_the_run(tmp_path: Path) -> None:
    """Another one would not either."""
    broken = work(tmp_path)
    stages = replace(broken.filter.stages, evaluator=Evaluator((Unloadable(),), ()))
    broken = replace(broken, filter=replace(broken.filter, stages=stages))
    with pytest.raises(MtqeError, match="ended before it began to work"):
        list(run_in_processes(broken, chunks(["a"]), 1))


@pytest.mark.parametrize("kind", ["lines", "arrow"])
def test_halves_are_the_whole(tmp_path: Path, kind: str) -> None:
    """Rows of one article stay together, and rows keep their numbers."""
    rows = [{"doc": d, "target": t} for d, t in zip("aaabcc", "uvwxyz", strict=True)]
    payload = b"\n".join(orjson.dumps(row) for row in rows[:3]) + b"\n\n"
    payload += b"".join(orjson.dumps(row) + b"\n" for row in rows[3:])
    chunk = Chunk(0, "f", "lines", 1, payload)
    if kind == "arrow":
        pa = pytest.importorskip("pyarrow")
        from mtqe.filters import arrow

        chunk = Chunk(0, "f", "arrow", 1, arrow.packed(pa.Table.from_pylist(rows)))
    judge = work(tmp_path)
    halves = judge.split(chunk)
    assert len(halves) == 2
    assert halves[1].first == (5 if kind == "lines" else 4)
    assert kept([(0, judge(half)) for half in halves]) == kept([(0, judge(chunk))]) == list("uvwxyz")
    assert judge.split(judge.split(halves[1])[0]) == [judge.split(halves[1])[0]]

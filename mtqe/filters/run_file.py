"""The run file of a filter: what is read, which rules judge it, where it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from mtqe.config import evaluator_of
from mtqe.detectors.base import detectors
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator
from mtqe.filters.article_filter import Add, ArticleFilter
from mtqe.filters.base import ANY_CATEGORY, Needs, Rule, rules
from mtqe.filters.needs import QUALITY, joined
from mtqe.filters.sampling import Sampling, Unsure
from mtqe.filters.stages import Stages
from mtqe.quality import PARTS
from mtqe.registry import nearest
from mtqe.runfiles import Language, OutputPath, Section, Spec, build, listed, load_yaml, validate
from mtqe.scorers.base import Whole

# Rules whose option "of" is made of rules.
_COMPOUND = ("all", "any", "by_language")


class FilterInput(Section):
    """What is read: files, folders, globs, "hf:" datasets, or "-" for standard input.

    An article of more than ``longest`` characters, or a record of more than ``longest_record`` bytes,
    is set aside as a bad record: time and memory of one article are bounded.
    """

    paths: list[str] = Field(default_factory=list)
    source_lang: Language | None = None
    target_lang: Language | None = None
    format: str | None = None
    encoding: str | None = None
    longest: int = Field(default=1_000_000, ge=1)
    longest_record: int = Field(default=64_000_000, ge=1)


class FilterOutput(Section):
    """Where articles go. ``shard_megabytes`` of input make a part, and what a resumed run may lose."""

    path: OutputPath | None = None
    rejected: Path | None = None
    rejects: Path | None = None
    summary: bool = True
    add: Add = "all"
    shard_megabytes: float = Field(default=16.0, gt=0)


class FilterSample(Section):
    """How many segments of a long article are scored, and how it is drawn; see ``sampling.Sampling``."""

    segments: int = Field(default=60, ge=30)
    seed: int = 0
    confidence: float = Field(default=0.95, ge=0.5, le=0.99)
    unsure: Unsure = "read"

    @property
    def sampling(self) -> Sampling:
        """The settings as they are worked with."""
        return Sampling(self.segments, self.seed, self.confidence, self.unsure)


class FilterFile(Section):
    """The sections of a run file. ``rules`` must all keep an article; without any, all are kept.

    ``score`` and ``detect`` name what is worked out of every article that is kept, beyond what the
    rules need. With ``every_rule`` all reasons are looked for, not just the first. ``sample`` lets long
    articles be scored by some of their segments. Each worker of the engine "ray" gets ``ray_cpus`` cores
    and ``ray_gpus`` GPUs, or shares of one.
    """

    task: Literal["filter"] = "filter"
    input: FilterInput = FilterInput()
    output: FilterOutput = FilterOutput()
    rules: list[Spec] = Field(default_factory=list)
    every_rule: bool = False
    score: list[Spec] | None = None
    detect: list[Spec] | None = None
    quality: dict[str, Any] = Field(default_factory=dict)
    sample: FilterSample | None = None
    engine: Literal["local", "ray"] = "local"
    ray_address: str | None = None
    ray_cpus: float = Field(default=1, ge=0)
    ray_gpus: float = Field(default=0, ge=0)
    workers: int | None = Field(default=None, ge=1)


@dataclass(frozen=True)
class FilterRun:
    """A run file turned into rules that are ready to work; ``loaded`` is what stood in it."""

    file: FilterFile
    filter: ArticleFilter
    loaded: Mapping[str, Any]


def load_filter(path: Path | str) -> ArticleFilter:
    """The rules of a run file; a ``ConfigError`` lists every problem of the file."""
    return load_filter_run(Path(path)).filter


def load_filter_run(path: Path | None, changes: Mapping[str, Mapping[str, Any]] | None = None) -> FilterRun:
    """The run of a run file, with the options of a command line put into its sections."""
    loaded = {} if path is None else load_yaml(path)
    for section, options in (changes or {}).items():
        given = {name: value for name, value in options.items() if value not in (None, [])}
        if section == "":
            loaded |= given
        elif given:
            old = loaded.get(section)
            loaded[section] = (old if isinstance(old, dict) else {}) | given
    return filter_run(loaded, None if path is None else str(path))


def filter_run(loaded: dict[str, Any], name: str | None = None) -> FilterRun:
    """The run of sections that are given as a mapping; ``name`` is their file's, for messages."""
    problems: list[str] = []
    loaded = loaded | {"rules": _with_null(loaded.get("rules") or [])}
    file = validate(FilterFile, loaded, problems)
    specs = loaded["rules"]
    built = _rules(specs, "rules", problems) if isinstance(specs, list) else ()
    evaluator = _evaluator(loaded, built, problems)
    if file is not None and evaluator is not None and file.sample is not None:
        problems += _not_sampled(evaluator)
    if problems or file is None or evaluator is None:
        raise ConfigError(listed(name, problems))
    sampling = None if file.sample is None else file.sample.sampling
    stages = Stages(built, evaluator, _always(file, evaluator), file.every_rule, sampling)
    return FilterRun(file, ArticleFilter(stages, file.output.add), loaded)


def _with_null(value: Any) -> Any:
    """YAML takes the option ``null`` for the value of that name."""
    if isinstance(value, dict):
        return {"null" if key is None else key: _with_null(inner) for key, inner in value.items()}
    return [_with_null(inner) for inner in value] if isinstance(value, list) else value


def _rules(specs: Sequence[Any], place: str, problems: list[str]) -> tuple[Rule, ...]:
    """The rules that ``specs`` name, those inside of others first."""
    inner = [_with_parts(spec, f"{place}[{number}]", problems) for number, spec in enumerate(specs)]
    return build(rules, inner, place, problems)


def _with_parts(spec: Any, place: str, problems: list[str]) -> Any:
    """A compound rule's ``of`` as rules: a list of them, or a list for each language."""
    parts = (
        spec.get("of")
        if isinstance(spec, dict) and spec.get("name") in ("all", "any", "by_language")
        else None
    )
    if isinstance(parts, list):
        return {**spec, "of": _rules(parts, f"{place}.of", problems)}
    if isinstance(parts, dict):
        built = {
            tag: _rules(found if isinstance(found, list) else [found], f"{place}.of.{tag}", problems)
            for tag, found in parts.items()
        }
        return {**spec, "of": built}
    return spec


def _evaluator(loaded: Mapping[str, Any], built: Sequence[Rule], problems: list[str]) -> Evaluator | None:
    """What works out all that the rules need; what is not needed is left out."""
    needs = joined(rule.needs() for rule in built)
    if not (needs.scores or needs.categories):
        # Components that nobody names are not even imported.
        loaded = {"score": [], "detect": [], **{k: v for k, v in loaded.items() if v is not None}}
    whole = evaluator_of(loaded, problems)
    if whole is None:
        return None
    problems += _unknown(needs, whole, loaded)
    scores = needs.scores | (set(PARTS) if QUALITY in needs.scores else set())
    chosen = whole.scorers
    if not isinstance(loaded.get("score"), list):
        chosen = tuple(scorer for scorer in whole.scorers if scorer.gives in scores)
    return Evaluator(chosen, _detectors(needs, whole, loaded), whole.quality)


def _detectors(needs: Needs, whole: Evaluator, loaded: Mapping[str, Any]) -> tuple[Any, ...]:
    """Those that rules need, and those that set aside what is no part of an article."""
    if isinstance(loaded.get("detect"), list) or needs.categories & {ANY_CATEGORY} or QUALITY in needs.scores:
        return whole.detectors
    if not needs.categories and not needs.scores and not isinstance(loaded.get("score"), list):
        return ()
    by_name = {detector.name: detector for detector in whole.detectors}
    extra = [
        detectors.get(name)()
        for name in sorted(needs.categories)
        if name in set(detectors.names()) - set(by_name)
    ]
    return (*(d for d in whole.detectors if d.excludes or d.name in needs.categories), *extra)


def _unknown(needs: Needs, whole: Evaluator, loaded: Mapping[str, Any]) -> list[str]:
    given = {QUALITY, *(scorer.gives for scorer in whole.scorers)}
    named = isinstance(loaded.get("detect"), list)
    found = {d.name for d in whole.detectors} if named else set(detectors.names())
    hint = " Add it to 'score'." if isinstance(loaded.get("score"), list) else ""
    return [
        *(f"rules: no score is called {n!r}.{nearest(n, given)}{hint}" for n in sorted(needs.scores - given)),
        *(
            f"rules: no detector {'of this run ' if named else ''}is called {n!r}.{nearest(n, found)}"
            for n in sorted(needs.categories - found - {ANY_CATEGORY})
        ),
    ]


def _not_sampled(evaluator: Evaluator) -> list[str]:
    """A problem if a sample would be drawn for nobody."""
    if not all(isinstance(scorer, Whole) for scorer in evaluator.scorers):
        return []
    whole = ", ".join(["issues", *(scorer.gives for scorer in evaluator.scorers)])
    return [
        f"sample: nothing of this run is scored by a sample ({whole} always see whole articles); remove it"
    ]


def _always(file: FilterFile, evaluator: Evaluator) -> Needs:
    """What is worked out of every article because the run file names it."""
    gives = {scorer.gives for scorer in evaluator.scorers} if file.score is not None else set()
    quality = {QUALITY} if gives >= set(PARTS) and file.detect is not None else set()
    categories = {detector.name for detector in evaluator.detectors} if file.detect is not None else set()
    return Needs(categories=frozenset(categories), scores=frozenset(gives | quality))

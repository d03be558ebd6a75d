"""A YAML run file, checked as a whole: every problem at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mtqe.detectors.base import detectors
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator, default_detectors, default_scorers
from mtqe.quality import Quality
from mtqe.readers.base import readers
from mtqe.registry import Registry, nearest
from mtqe.scorers.base import scorers
from mtqe.text.languages import is_language
from mtqe.writers.base import writers

T = TypeVar("T")

# A component: its name, or a mapping of its name and options.
Spec = str | dict[str, Any]


def _language(tag: str) -> str:
    if not is_language(tag):
        raise ValueError(f"{tag!r} is not a BCP 47 language code, such as 'fr' or 'pt-BR'")
    return tag


def _reader(name: str) -> str:
    return _known_in(readers, name)


def _writer(name: str) -> str:
    return _known_in(writers, name)


def _known_in(registry: Registry[Any], name: str) -> str:
    if name not in registry.names():
        known = nearest(name, registry.names()).rstrip(".")
        raise ValueError(f"no {registry.kind} is called {name!r}.{known}")
    return name


def _not_a_dash(path: Path) -> Path | None:
    """Standard output, of which "-" is a name as well."""
    return None if str(path) == "-" else path


Language = Annotated[str, AfterValidator(_language)]
InputFormat = Annotated[str, AfterValidator(_reader)]
OutputFormat = Annotated[str, AfterValidator(_writer)]

# Every score is from 0 to 100.
Gate = Annotated[float, Field(ge=0, le=100)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSection(_Section):
    """What is read. Paths are relative to the working directory, as on a command line."""

    paths: list[Path] = Field(min_length=1)
    source: Path | None = None
    reference: Path | None = None
    source_lang: Language | None = None
    target_lang: Language | None = None
    format: InputFormat | None = None
    encoding: str | None = None
    skip_bad: bool = False
    rejects: Path = Path("rejects.jsonl")


class OutputSection(_Section):
    """Where reports go: a file or folder (standard output if not given), and in which format."""

    path: Annotated[Path, AfterValidator(_not_a_dash)] | None = None
    format: OutputFormat | None = None


class RunFile(_Section):
    """The sections of a run file; ``score`` and ``detect`` name the defaults when left out.

    ``workers`` is the number of processes that share the articles.
    """

    task: Literal["report"] = "report"
    input: InputSection
    output: OutputSection = OutputSection()
    score: list[Spec] | None = None
    detect: list[Spec] | None = None
    quality: dict[str, Any] = Field(default_factory=dict)
    fail_below: dict[str, Gate] = Field(default_factory=dict)
    workers: int = Field(default=1, ge=1)


@dataclass(frozen=True)
class Run:
    """A run file turned into objects that are ready to work."""

    file: RunFile
    evaluator: Evaluator


def load_run(path: Path) -> Run:
    """The run that ``path`` describes; a ConfigError lists every problem of the file."""
    return _run(_load_yaml(path), str(path))


def run_from_options(**sections: Any) -> Run:
    """The run of a command line's options, given as the sections of a run file."""
    return _run({name: value for name, value in sections.items() if value is not None}, None)


def _run(sections: dict[str, Any], name: str | None) -> Run:
    problems: list[str] = []
    file = _validate(RunFile, sections, problems)
    evaluator = _evaluator(sections, problems)
    if file is not None and evaluator is not None:
        problems += _unknown_gates(file, evaluator)
    if problems or file is None or evaluator is None:
        raise ConfigError(_list(name, problems))
    return Run(file, evaluator)


def _unknown_gates(file: RunFile, evaluator: Evaluator) -> list[str]:
    given = ["quality", *(scorer.gives for scorer in evaluator.scorers)]
    return [
        f"fail_below: no score is called {name!r}; this run has {', '.join(given)}"
        for name in file.fail_below
        if name not in given
    ]


def build(registry: Registry[T], specs: Sequence[Spec], section: str, problems: list[str]) -> tuple[T, ...]:
    """The components that ``specs`` name; what is wrong with them is added to ``problems``."""
    built = (_component(registry, spec, f"{section}[{i}]", problems) for i, spec in enumerate(specs))
    return tuple(component for component in built if component is not None)


def _load_yaml(path: Path) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(loaded, dict):
        raise ConfigError(f"{path}: must be a mapping of sections: {', '.join(RunFile.model_fields)}")
    return loaded


def _evaluator(loaded: Mapping[str, Any], problems: list[str]) -> Evaluator | None:
    score, detect, quality = (loaded.get(name) for name in ("score", "detect", "quality"))
    built_scorers = build(scorers, score, "score", problems) if isinstance(score, list) else default_scorers()
    built_detectors = (
        build(detectors, detect, "detect", problems) if isinstance(detect, list) else default_detectors()
    )
    options = quality if isinstance(quality, dict) else {}
    built_quality = _options(Quality, options, "quality", problems)
    if problems or built_quality is None:
        return None
    try:
        return Evaluator(built_scorers, built_detectors, built_quality)
    except ConfigError as error:
        problems.append(str(error))
        return None


def _component(registry: Registry[T], spec: Spec, place: str, problems: list[str]) -> T | None:
    options = {"name": spec} if isinstance(spec, str) else spec
    if not isinstance(options, dict) or not isinstance(options.get("name"), str):
        problems.append(
            f"{place}: needs the name of a {registry.kind}, alone or as 'name:' beside its options"
        )
        return None
    name = options["name"]
    if name not in registry.names():
        problems.append(
            f"{place} {name}: no {registry.kind} is called that.{nearest(name, registry.names())}"
        )
        return None
    rest = {key: value for key, value in options.items() if key != "name"}
    return _options(registry.get(name), rest, f"{place} {name}", problems)


def _options(cls: type[T], options: Mapping[str, Any], place: str, problems: list[str]) -> T | None:
    known = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # components are dataclasses
    unknown = [name for name in options if name not in known]
    problems += [f"{place}: unknown option {name!r};{_did_you_mean(str(name), known)}" for name in unknown]
    try:
        built: T = TypeAdapter(cls).validate_python({k: v for k, v in options.items() if k in known})
    except ValidationError as error:
        problems += [f"{place}: {_where(e['loc'])}{e['msg'].lower()}" for e in error.errors()]
        return None
    return None if unknown else built


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    return nearest(name, known).replace(" Did", " did") if known else " it has no options"


def _validate(model: type[RunFile], loaded: dict[str, Any], problems: list[str]) -> RunFile | None:
    try:
        return model.model_validate(loaded)
    except ValidationError as error:
        problems += [_problem(dict(found)) for found in error.errors()]
        return None


def _problem(error: dict[str, Any]) -> str:
    *above, last = error["loc"]
    if error["type"] != "extra_forbidden":
        return f"{_where(error['loc'])}{error['msg'].removeprefix('Value error, ')}"
    known = _known(above)
    kind = f"option in {above[-1]!r}:" if above else "section"
    return f"unknown {kind} {str(last)!r};{_did_you_mean(str(last), known)}"


def _known(above: Sequence[Any]) -> list[str]:
    sections: dict[str, type[_Section]] = {"input": InputSection, "output": OutputSection}
    section = sections.get(str(above[0])) if above else RunFile
    return list(section.model_fields) if section else []


def _where(location: Sequence[Any]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    return f"{path}: " if path else ""


def _list(name: str | None, problems: Sequence[str]) -> str:
    """All problems: below the file's name, or in one line for a command's options."""
    if name is None:
        return "; ".join(problems)
    count = f"{len(problems)} problem" + ("s" if len(problems) != 1 else "")
    return "\n".join([f"{name}: {count}", *(f"  {problem}" for problem in problems)])

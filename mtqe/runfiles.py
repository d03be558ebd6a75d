"""What every run file shares: sections that are checked as a whole, components built by name.

Every problem of a file is found at once, each with its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from mtqe.errors import ConfigError
from mtqe.readers.base import readers
from mtqe.registry import Registry, nearest
from mtqe.text.languages import is_language
from mtqe.writers.base import writers

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

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
OutputPath = Annotated[Path, AfterValidator(_not_a_dash)]


class Section(BaseModel):
    """A section of a run file: an unknown option is a problem."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def build(registry: Registry[T], specs: Sequence[Spec], section: str, problems: list[str]) -> tuple[T, ...]:
    """The components that ``specs`` name; what is wrong with them is added to ``problems``."""
    built = (_component(registry, spec, f"{section}[{i}]", problems) for i, spec in enumerate(specs))
    return tuple(component for component in built if component is not None)


def load_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; a ``ConfigError`` names the file if there is none."""
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(loaded, dict):
        raise ConfigError(f"{path}: must be a mapping of sections, such as 'input:'")
    return loaded


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
    return options_of(registry.get(name), rest, f"{place} {name}", problems)


def options_of(cls: type[T], options: Mapping[str, Any], place: str, problems: list[str]) -> T | None:
    """The dataclass ``cls`` with these options; what is wrong is added to ``problems``."""
    known = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # components are dataclasses
    unknown = [name for name in options if name not in known]
    problems += [f"{place}: unknown option {name!r};{_did_you_mean(str(name), known)}" for name in unknown]
    try:
        built: T = TypeAdapter(cls).validate_python({k: v for k, v in options.items() if k in known})
    except ValidationError as error:
        problems += [f"{place}: {_wrong_option(dict(found))}" for found in error.errors()]
        return None
    return None if unknown else built


def _wrong_option(error: dict[str, Any]) -> str:
    if error["type"] == "missing":
        return f"needs the option {error['loc'][-1]!r}; run files give options"
    return f"{_where(error['loc'])}{_said(error)}"


# What pydantic says in the words of Python, in those of a run file.
_WORDS = {
    **dict.fromkeys(("tuple_type", "list_type"), "should be a list, such as [a, b]"),
    **dict.fromkeys(("model_type", "dict_type", "dataclass_type"), "should be options, as in 'name: value'"),
}


def _said(error: Mapping[str, Any]) -> str:
    message: str = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return _WORDS.get(error["type"], message[:1].lower() + message[1:])


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    return nearest(name, known).replace(" Did", " did") if known else " it has no options"


def validate(model: type[M], loaded: Mapping[str, Any], problems: list[str]) -> M | None:
    """The run file as ``model``, whose fields are its sections; what is wrong is added to ``problems``."""
    try:
        return model.model_validate(loaded)
    except ValidationError as error:
        problems += [_problem(model, dict(found)) for found in error.errors()]
        return None


def _problem(model: type[BaseModel], error: dict[str, Any]) -> str:
    *above, last = error["loc"]
    if error["type"] != "extra_forbidden":
        return f"{_where(error['loc'])}{_said(error)}"
    known = _known(model, above)
    kind = f"option in {above[-1]!r}:" if above else "section"
    return f"unknown {kind} {str(last)!r};{_did_you_mean(str(last), known)}"


def _known(model: type[BaseModel], above: Sequence[Any]) -> list[str]:
    """The options of the section at a place of the file, as far as models say."""
    for part in above:
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)


def _where(location: Sequence[Any]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    return f"{path}: " if path else ""


def listed(name: str | None, problems: Sequence[str]) -> str:
    """All problems: below the file's name, or in one line for a command's options."""
    if name is None:
        return "; ".join(problems)
    count = f"{len(problems)} problem" + ("s" if len(problems) != 1 else "")
    return "\n".join([f"{name}: {count}", *(f"  {problem}" for problem in problems)])

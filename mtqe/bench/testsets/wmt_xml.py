"""WMT's XML (since 2021): sources, references and systems by document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.testset import TestSet, Texts
from mtqe.bench.testsets.base import test_set_readers
from mtqe.errors import InputError
from mtqe.readers.files import open_bytes

_KEYS = {"ref": "translator", "hyp": "system"}


@test_set_readers.register
@dataclass(frozen=True)
class WmtXml:
    """A file with ``<doc>``s of ``<src>``, ``<ref translator=...>`` and ``<hyp system=...>``.

    A reference that some documents lack is left out, with a note.
    """

    __test__: ClassVar[bool] = False
    name: ClassVar[str] = "wmt_xml"
    suffixes: ClassVar[tuple[str, ...]] = (".xml",)

    path: Path

    def read(self) -> TestSet:
        """The test set of all documents; an ``InputError`` names document and segment that don't fit."""
        root = self._root()
        documents = list(root.iter("doc"))
        if not documents:
            raise InputError(f"{self.path}: has no <doc>; is it WMT's XML?")
        parts = [self._document(document) for document in documents]
        references = self._side(parts, "ref", documents, needed=False)
        lost = sorted({name for part in parts for name in part["ref"]} - set(references))
        return TestSet(
            systems=self._side(parts, "hyp", documents, needed=True),
            sources=tuple(text for part in parts for text in part["src"].values()),
            references=tuple(references.values()),
            documents=tuple(d.get("id", "") for d, p in zip(documents, parts, strict=True) for _ in p["src"]),
            domains=_domains(documents, parts),
            source_lang=_language(root, "src"),
            target_lang=_language(root, "ref") or _language(root, "hyp"),
            files=(str(self.path),),
            notes=tuple(f"reference {name} left out: some documents lack it" for name in lost),
        )

    def _root(self) -> Any:
        from lxml import etree  # type: ignore[import-untyped]

        # Files come from strangers: no entities, no network.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        with open_bytes(str(self.path)) as stream:
            try:
                return etree.parse(stream, parser).getroot()
            except etree.XMLSyntaxError as error:
                raise InputError(f"{self.path}:{error.lineno}: is not XML: {error.msg}") from error

    def _document(self, document: Any) -> dict[str, Any]:
        sources = next(iter(document.iter("src")), None)
        if sources is None:
            raise InputError(f"{self._place(document)} has no <src>")
        found: dict[str, Any] = {"src": _segments(sources), "ref": {}, "hyp": {}}
        for kind, key in _KEYS.items():
            for number, side in enumerate(document.iter(kind)):
                found[kind][side.get(key) or f"{kind}{number or ''}"] = _segments(side)
        return found

    def _side(
        self, parts: list[dict[str, Any]], kind: str, documents: list[Any], needed: bool
    ) -> dict[str, Texts]:
        """The texts of each translator or system, if all documents and segments have them."""
        names = list(dict.fromkeys(name for part in parts for name in part[kind]))
        found: dict[str, Texts] = {}
        for name in names:
            gaps = [
                f"{self._place(document)}: {_KEYS[kind]} {name!r} lacks segment {absent}"
                for document, part in zip(documents, parts, strict=True)
                for absent in _absent(part, kind, name)
            ]
            if gaps and needed:
                raise InputError(gaps[0])
            if not gaps:
                found[name] = tuple(part[kind][name][key] for part in parts for key in part["src"])
        return found

    def _place(self, document: Any) -> str:
        return f"{self.path}:{document.sourceline}: document {document.get('id')!r}"


def _absent(part: dict[str, Any], kind: str, name: str) -> Iterator[str]:
    return (key for key in part["src"] if key not in part[kind].get(name, {}))


def _segments(side: Any) -> dict[str, str]:
    return {
        segment.get("id") or str(number): "".join(segment.itertext()).strip()
        for number, segment in enumerate(side.iter("seg"), 1)
    }


def _domains(documents: list[Any], parts: list[dict[str, Any]]) -> Texts | None:
    if not all(document.get("domain") for document in documents):
        return None
    return tuple(d.get("domain") for d, part in zip(documents, parts, strict=True) for _ in part["src"])


def _language(root: Any, kind: str) -> str | None:
    return next((side.get("lang") for side in root.iter(kind) if side.get("lang")), None)

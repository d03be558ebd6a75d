"""mtqe: translation-quality evaluation for sentences and whole articles.

>>> import mtqe
>>> article = mtqe.Article("a", "The council met met on Monday.", target_lang="en")
>>> report = next(mtqe.Evaluator().evaluate([article]))
>>> [issue.text for issue in report.issues]
['met']

``read`` makes articles of files, ``Evaluator`` makes reports of articles, ``write`` makes files
of reports. Everything is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mtqe.config import load_run
    from mtqe.data import Article, ArticleReport, Issue, Score, Segment
    from mtqe.errors import ConfigError, ContractError, InputError, ModelError, MtqeError
    from mtqe.evaluate import Evaluator
    from mtqe.execute import execute
    from mtqe.readers import ReadOptions, Rejects, read
    from mtqe.writers import write

_HOMES = {
    "mtqe.config": ("load_run",),
    "mtqe.data": ("Article", "ArticleReport", "Issue", "Score", "Segment"),
    "mtqe.errors": ("ConfigError", "ContractError", "InputError", "ModelError", "MtqeError"),
    "mtqe.evaluate": ("Evaluator",),
    "mtqe.execute": ("execute",),
    "mtqe.readers": ("ReadOptions", "Rejects", "read"),
    "mtqe.writers": ("write",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Article",
    "ArticleReport",
    "ConfigError",
    "ContractError",
    "Evaluator",
    "InputError",
    "Issue",
    "ModelError",
    "MtqeError",
    "ReadOptions",
    "Rejects",
    "Score",
    "Segment",
    "execute",
    "load_run",
    "read",
    "write",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'mtqe' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__

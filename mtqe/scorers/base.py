"""What a scorer is, and where scorers are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from mtqe.data import Article, Score
from mtqe.registry import Registry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Scorer(Protocol):
    """Gives every segment of an article a number.

    A scorer is a frozen dataclass: its fields are its options. ``gives`` is the name that its
    scores have in the report; two scorers of a run never give the same. A score's value is
    None where the scorer can't judge (no source, a language without a model), with a note.
    ``default`` scorers run when a run names none. A scorer with weights has a ``revision``, a
    property that names them in signatures.
    """

    name: ClassVar[str]
    gives: ClassVar[str]
    default: ClassVar[bool]

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article, in order.

        Articles come in batches for speed alone: a segment's score does not depend on what
        else is in the batch. Segments with ``excluded`` set get a null score with that note.
        """
        ...

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """The article's score from those of its segments; see ``mtqe.pooling``."""
        ...


@runtime_checkable
class Licensed(Protocol):
    """A scorer or detector whose model may come with terms of use; reports then say so."""

    def terms(self) -> str | None:
        """A note for the report, such as that commercial use is forbidden; None where nothing is."""
        ...


@runtime_checkable
class Whole(Protocol):
    """A scorer that is not given a sample of an article's segments: it needs them all, or is as quick."""

    whole_article: ClassVar[bool]


@runtime_checkable
class ReadsAhead(Protocol):
    """A scorer whose model reads sentences and has, on the way, the vectors that they are aligned by."""

    def read_ahead(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of sentences that will be scored, a row for each; what was read is kept for ``score``."""
        ...


scorers: Registry[Scorer] = Registry("scorer", "mtqe.scorers")

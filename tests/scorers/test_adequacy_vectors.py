"""Adequacy: what it sees, what it must not fall for, and what it can't judge."""

from __future__ import annotations

import pytest

from mtqe.data import Article, Score, Segment
from mtqe.scorers.adequacy_vectors import AdequacyVectors

SOURCE = "Der Bürgermeister eröffnete am Montag die neue Brücke, die 40 Millionen Euro gekostet hat."
GOOD = "On Monday the mayor opened the new bridge, which cost 40 million euros."


def score(
    target: str, source: str | None = SOURCE, pair: tuple[str, str] = ("de", "en"), **sides: str | None
) -> Score:
    """The score of one segment."""
    segment = Segment(0, 0, (0, len(target)), target, source=source, **sides)  # type: ignore[arg-type]
    article = Article("a", target, source_lang=pair[0], target_lang=pair[1], segments=(segment,))
    return AdequacyVectors().score([article])[0][0]


def value(target: str, source: str = SOURCE, **sides: str | None) -> float:
    """A score that must be there."""
    found = score(target, source, **sides).value
    assert found is not None
    return found


@pytest.mark.parametrize(
    "worse",
    [
        "On Monday the mayor opened the new bridge.",
        "On Monday the mayor opened the new bridge, which cost 90 million euros.",
        "On Monday the mayor opened.",
        "The cat sleeps on the sofa, which is red and very old, all day long.",
        f"{GOOD} He then sang for an hour in the rain.",
    ],
)
def test_what_is_missing_changed_or_added_costs(worse: str) -> None:
    """Against the right translation."""
    assert value(worse) < value(GOOD)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (SOURCE, "copied"),
        ("Vorgestern wurde ein Bauwerk eingeweiht, das sehr viel teurer war als geplant.", "language"),
        ("", "empty"),
        ("…", "empty"),
    ],
)
def test_what_is_no_translation_is_near_the_bottom_and_says_why(target: str, why: str) -> None:
    """Sentence vectors take a copy for perfect."""
    found = score(target)
    assert found.value is not None
    assert found.value < 5
    assert why in str(found.note)


def test_half_a_copy_is_not_better_than_a_translation() -> None:
    """The trap of half-translated text."""
    assert value("On Monday the mayor eröffnete die neue Brücke, die 40 Millionen Euro gekostet hat.") < 20


def test_names_and_numbers_may_be_copied() -> None:
    """They are the same in both languages."""
    source = "Anna Schmidt, Peter Weber und Max Huber trafen 2019 in Berlin Julia Braun und Karl Lang."
    assert (
        value(
            "Anna Schmidt, Peter Weber and Max Huber met Julia Braun and Karl Lang in Berlin in 2019.", source
        )
        > 40
    )


def test_a_reference_stands_in_for_the_source() -> None:
    """And the note says so."""
    found = score(
        GOOD, None, reference="The mayor opened the new bridge on Monday; it cost 40 million euros."
    )
    assert found.value is not None
    assert found.value > 50
    assert found.note == "against the reference"


@pytest.mark.parametrize(
    ("source", "pair", "note"),
    [
        (None, ("de", "en"), "no source given"),
        ("Habari za asubuhi.", ("sw", "en"), "no adequacy model for 'sw-en'"),
        ("…", ("de", "en"), "no words in the source"),
    ],
)
def test_what_cannot_be_judged_is_null_with_the_reason(
    source: str | None, pair: tuple[str, str], note: str
) -> None:
    """Never 0, never a guess."""
    found = score(GOOD, source, pair)
    assert (found.value, found.note) == (None, note)


def test_components_have_their_ranges_and_directions() -> None:
    """So that nobody has to guess what is good."""
    components = score(GOOD).components
    measured = {"distance", "length_surprise", "numbers_lost", "copied"}
    network = {"net_total", "net_accuracy", "net_spoilt", "net_machine"}
    assert {"accuracy_penalty", *measured, *network} == set(components)
    assert not any(component.higher_is_better for component in components.values())


def test_a_model_whose_file_is_damaged_says_so(tmp_path: object) -> None:
    """And how to mend it."""
    from mtqe.errors import ModelError
    from mtqe.models.sentence_encoder import encoder_revision

    with pytest.raises(ModelError, match="install mtqe again"):
        encoder_revision(tmp_path)  # type: ignore[arg-type]


def test_with_a_source_and_a_reference_it_is_the_mean_of_both() -> None:
    """Each sees what the other does not; the measurements shown are those beside the source."""
    reference = "The mayor opened the new bridge on Monday; it cost 40 million euros."
    both, source, other = (
        score(GOOD, SOURCE, reference=reference),
        score(GOOD, SOURCE),
        score(GOOD, None, reference=reference),
    )
    penalties = [one.components["accuracy_penalty"].value for one in (source, other)]
    assert both.components["accuracy_penalty"].value == pytest.approx(
        sum(penalty or 0.0 for penalty in penalties) / 2
    )
    assert both.components["source_penalty"].value == pytest.approx(penalties[0])
    assert both.components["distance"].value == pytest.approx(source.components["distance"].value)
    assert both.note is None


def test_text_copied_from_the_source_is_near_the_bottom_beside_a_reference_too() -> None:
    """Its vector is that of a perfect translation."""
    found = score(SOURCE, SOURCE, reference=GOOD)
    assert found.value is not None
    assert found.value < 5

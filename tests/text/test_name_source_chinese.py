"""Names that were spelt by the sound of a Chinese source; all names are invented."""

import pytest

from mtqe.text.name_source_chinese import Doubt, doubtful_names, known_renderings
from mtqe.text.names import NameWord


def words(text: str) -> list[NameWord]:
    """The words of a name, with their places."""
    found, start = [], 0
    for word in text.split():
        found.append(NameWord(word, (start, start + len(word))))
        start += len(word) + 1
    return found


def reasons(name: str, source: str) -> list[tuple[str, str, str]]:
    """Each doubt with its characters and its reason."""
    return [(doubt.text, doubt.characters, doubt.reason) for doubt in doubtful_names(words(name), source)]


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("Ruan Wenlin", "阮文林首先发言。", ("Ruan Wenlin", "阮文林", "own_spelling")),
        ("Lin Wenhong", "香港商人林文宏说。", ("Lin Wenhong", "林文宏", "own_spelling")),
        ("Songchuan", "日本的松川说。", ("Songchuan", "松川", "abroad")),
        ("Boerdafu", "博尔达夫在说话。", ("Boerdafu", "博尔达夫", "read")),
        ("Dergatsov", "教练感谢德尔加佐夫。", ("Dergatsov", "德尔加佐夫", "heard")),
        ("Wenhong", "林文宏说。", ("Wenhong", "文宏", "mainland")),
    ],
)
def test_what_speaks_against_a_name(name: str, source: str, expected: tuple[str, str, str]) -> None:
    """Every reason has its kind of name."""
    assert expected in reasons(name, source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Zhang Wei", "张伟在深圳工作。"),
        ("Shenzhen", "香港人去深圳。"),
        ("Putin", "普京说。"),
        ("Flexibike", "一辆Flexibike来了。"),
        ("Goldstream", "金溪公司的林先生。"),
        ("Lin", "香港的林先生。"),
    ],
)
def test_what_is_left_alone(name: str, source: str) -> None:
    """Names that English knows, copies, and English compounds."""
    assert reasons(name, source) == []


def test_a_place_of_the_mainland_is_read_in_mandarin() -> None:
    """What follows the name says that it is one."""
    assert reasons("Gelin", "他住在格林县。") == []


def test_only_a_rare_name_is_no_grounded_doubt() -> None:
    """Mandarin readings of mainland people are right."""
    (rare,) = doubtful_names(words("Wenhong"), "林文宏说。")
    assert rare.rare
    assert not rare.grounded


def test_a_mark_points_into_the_source() -> None:
    """Its place is counted from the start of the whole source."""
    (doubt,) = doubtful_names(words("Dergatsov"), "教练感谢德尔加佐夫。")
    mark = doubt.mark(10, "Dergachov")
    assert (mark.start, mark.end, mark.suggestion) == (0, 9, "Dergachov")
    assert mark.source_span == (14, 19)
    assert doubt.mark(None, None).source_span is None


def test_a_known_name_for_the_same_characters_is_the_better_rendering() -> None:
    """It is what the translator meant."""
    doubt = Doubt("Merkol", (0, 6), "默克尔", (0, 3), "heard", True)
    names = [(words("Merkol"), "默克尔说。"), (words("Angela Merkel"), "安格拉·默克尔说。")]
    assert known_renderings([doubt], names) == {"默克尔": "Merkel"}
    assert known_renderings([], names) == {}

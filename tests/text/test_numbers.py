"""Numbers of a text by value, whatever they are written with."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.text.numbers import find_numbers, implied_values, may_have_numbers
from mtqe.text.numbers_compare import is_converted, is_rounded, slip_of
from mtqe.text.numbers_format import format_number

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "zh", "ja")

READINGS = [
    ("en", "It cost 1,234.5 dollars", "1234.5"),
    ("de", "Es kostete 1.234,5 Dollar", "1234.5"),
    ("fr", "Cela coûta 1 234,5 dollars", "1234.5"),
    ("en", "an estate of 12,34,567 rupees", "1234567"),
    ("ja", "１２３人が集まった", "123"),
    ("en", "about 3.5 million people", "3500000"),
    ("de", "rund 3,5 Millionen Menschen", "3500000"),
    ("zh", "约350万人", "3500000"),
    ("zh", "三千五百万人", "35000000"),
    ("zh", "2.8亿元", "280000000"),
    ("zh", "3万亿元", "3000000000000"),
    ("zh", "100多万人", "1000000"),
    ("zh", "二〇一八年", "2018"),
    ("ja", "1億2000万円", "120000000"),
    ("zh", "两万五", "25000"),
    ("en", "three hundred and five guests", "305"),
    ("en", "one million two hundred thousand", "1200000"),
    ("en", "the twenty-first guest", "21"),
    ("de", "dreiundzwanzig Gäste", "23"),
    ("de", "zweihundertfünfzigtausend Euro", "250000"),
    ("de", "der einunddreißigste Gast", "31"),
    ("fr", "quatre-vingt-douze invités", "92"),
    ("fr", "soixante-et-onze invités", "71"),
    ("fr", "dix-huit mois", "18"),
    ("es", "treinta y cinco invitados", "35"),
    ("es", "5 mil millones de euros", "5000000000"),
    ("es", "un billón de euros", "1000000000000"),
    ("it", "ventitré ospiti", "23"),
    ("it", "trecentomila euro", "300000"),
    ("pt", "trinta e cinco mil pessoas", "35000"),
    ("ru", "двадцать три гостя", "23"),
    ("ru", "3,5 млн рублей", "3500000"),
    ("ru", "тридцать пятый гость", "35"),
]


@pytest.mark.parametrize(("language", "text", "value"), READINGS)
def test_a_number_is_read_by_its_value(language: str, text: str, value: str) -> None:
    """Digits, words and Han numerals, with their scales."""
    assert Decimal(value) in find_numbers(text, language)[0].readings


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "a billion", 10**9),
        ("de", "eine Billion", 10**12),
        ("fr", "un billion", 10**12),
        ("pt", "um bilhão", 10**9),
    ],
)
def test_a_billion_is_what_the_language_calls_so(language: str, text: str, value: int) -> None:
    """False friends differ by a thousand."""
    assert find_numbers(text, language)[-1].value == value


def test_an_ambiguous_point_has_both_readings() -> None:
    """The language's own comes first."""
    assert find_numbers("1.234", "de")[0].readings == (Decimal(1234), Decimal("1.234"))
    assert find_numbers("1.234", "en")[0].readings == (Decimal("1.234"), Decimal(1234))


def test_a_date_is_a_row_of_numbers() -> None:
    """12.03.2018 is no decimal."""
    assert [n.value for n in find_numbers("am 12.03.2018", "de")] == [12, 3, 2018]


def test_two_numbers_with_scales_stay_two() -> None:
    """A joiner joins hundreds and tens, but no two numbers."""
    found = find_numbers("three million and five million", "en")
    assert [n.value for n in found] == [3_000_000, 5_000_000]


def test_names_with_digits_are_identifiers_and_prices_are_not() -> None:
    """G20 and COVID-19 are names; RMB280 is money."""
    text = "The G20 spoke of COVID-19, of 5G and of RMB280 million at 3pm"
    found = {text[n.start : n.end]: n.identifier for n in find_numbers(text, "en")}
    assert found == {"20": True, "19": True, "5": True, "280 million": False, "3": False}


def test_what_stands_around_a_number_belongs_to_it() -> None:
    """Currency with its place, unit, sign and percent."""
    price, cold, share = find_numbers("US$5, -7 °C and 9%", "en")
    assert (price.currency, price.currency_span) == ("US$", (0, 3))
    assert (cold.negative, cold.unit) == (True, "C")
    assert share.percent


def test_a_range_shares_its_scale() -> None:
    """5 to 10 million starts at five million."""
    assert Decimal(5_000_000) in find_numbers("5 to 10 million", "en")[0].said


def test_addresses_have_no_numbers() -> None:
    """They are copied, or not."""
    assert find_numbers("see www.example.com/24 or mail a7@example.org", "en") == []


def test_words_imply_values() -> None:
    """Months, halves, dozens, Roman numerals, eras and the starts of compounds."""
    assert {Decimal(3), Decimal("0.5"), Decimal(12), Decimal(14)} <= implied_values(
        "In March half a dozen saw Louis XIV", "en"
    )
    assert Decimal(250_000) in implied_values("a quarter of a million", "en")
    assert Decimal(3) in implied_values("das dreijährige Kind", "de")
    assert Decimal(2020) in implied_values("令和2年", "ja")


def test_conversions_agree_within_rounding() -> None:
    """60 miles are 97 kilometres, and not 60."""
    (miles,) = find_numbers("60 miles", "en")
    (right,), (wrong,) = find_numbers("97 Kilometer", "de"), find_numbers("60 Kilometer", "de")
    assert is_converted(miles, [right])
    assert not is_converted(miles, [wrong])
    assert is_converted(find_numbers("90 °F", "en")[0], find_numbers("32° C", "de"))


def test_only_large_numbers_are_rounded() -> None:
    """1,234,567 is 1.2 million; 2022 is not 2020."""
    (short,) = find_numbers("1.2 million", "en")
    assert is_rounded(short, find_numbers("1,234,567", "en"))
    assert not is_rounded(find_numbers("2020", "en")[0], find_numbers("2022", "en"))


def test_a_slip_is_one_digit_or_two_that_changed_places() -> None:
    """What a typist does."""
    (number,) = find_numbers("1856", "en")
    for text, slip in (("1858", True), ("1865", True), ("1568", False), ("185", False)):
        assert (slip_of(number, find_numbers(text, "en")) is not None) == slip


@given(
    value=st.decimals(min_value=0, max_value=10**13, places=2, allow_nan=False, allow_infinity=False)
    | st.integers(0, 10**13).map(Decimal),
    language=st.sampled_from(LANGUAGES),
)
def test_a_number_is_read_back_as_it_was_written(value: Decimal, language: str) -> None:
    """Formatting and reading agree in every language."""
    (number,) = find_numbers(format_number(value, language), language)
    assert value in number.readings


@given(text=st.text(max_size=200), language=st.sampled_from((*LANGUAGES, "xx")))
def test_numbers_lie_in_the_text_in_order(text: str, language: str) -> None:
    """Ranges are not empty and do not overlap."""
    end = 0
    for number in find_numbers(text, language):
        assert end <= number.start < number.end <= len(text)
        end = number.end


@pytest.mark.parametrize(("language", "text", "value"), READINGS)
def test_the_quick_look_never_loses_a_number(language: str, text: str, value: str) -> None:
    """What it leaves out is not read at all."""
    assert may_have_numbers(text, language), value


@pytest.mark.parametrize(
    "run", ["1" * 100_000, "1," * 50_000, "万" * 50_000, "million " * 20_000, "drei" * 20_000]
)
@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_long_runs_are_read_in_linear_time(run: str, language: str) -> None:
    """Nobody's page hangs the reader; a quadratic pass over these would take minutes."""
    find_numbers(run, language)

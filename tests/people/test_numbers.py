"""Identity numbers, as people type them. Only official test numbers (see test-personnummer.txt)."""

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knutpunkten.people.numbers import WrongNumber, age_on, birth_date, kind_of, parse_number, show_number

TODAY = datetime.date(2026, 11, 17)
OFFICIAL = [
    line
    for line in Path(__file__).with_name("test-personnummer.txt").read_text().split("\n")
    if line and not line.startswith("#")
]
COORDINATION = ["195705749959", "197306749982"]


def parsed(typed, today=TODAY):
    return parse_number(typed, today=today).digits


def sentence(typed, today=TODAY):
    with pytest.raises(WrongNumber) as wrong:
        parse_number(typed, today=today)
    return wrong.value.sentence


def test_every_official_test_number_is_accepted():
    assert len(OFFICIAL) == 540
    assert [parsed(number) for number in OFFICIAL] == OFFICIAL


@pytest.mark.parametrize(
    "typed",
    [
        "197804112386",
        "19780411-2386",
        "780411-2386",
        "7804112386",
        " 1978 04 11 - 2386 ",
        "1978-04-11-2386",
        "19780411–2386",
        "780411\u00a0\u22122386",
    ],
)
def test_the_same_person_however_it_is_typed(typed):
    assert parsed(typed) == "197804112386"


def test_a_coordination_number_has_its_own_kind_and_the_real_birth_date():
    number = parse_number("19730674-9982", today=TODAY)
    assert number.kind == "samordningsnummer"
    assert number.birth_date == datetime.date(1973, 6, 14)
    assert str(number) == "19730674-9982"
    assert parsed("570574-9959") == COORDINATION[0]


def test_a_personal_number_says_so():
    assert kind_of("197804112386") == "personnummer"
    assert show_number("197804112386") == "19780411-2386"
    assert birth_date("197804112386") == datetime.date(1978, 4, 11)


def test_plus_names_the_person_who_has_turned_a_hundred():
    later = datetime.date(2078, 1, 1)
    assert parsed("780411+2386", today=later) == "197804112386"
    assert parsed("780411-2386", today=datetime.date(2077, 12, 31)) == "197804112386"


def test_ten_digits_with_a_dash_never_become_someone_over_a_hundred():
    assert "framåt i tiden" in sentence("780411-2386", today=datetime.date(2078, 4, 10))


def test_ten_digits_without_a_separator_mean_the_past_rather_than_the_future():
    assert parsed("7804112386", today=datetime.date(2078, 4, 10)) == "197804112386"


def test_someone_born_today_is_accepted_and_tomorrow_is_not():
    assert parsed("197804112386", today=datetime.date(1978, 4, 11)) == "197804112386"
    assert "framåt i tiden" in sentence("197804112386", today=datetime.date(1978, 4, 10))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Skriv personnumret"),
        ("   ", "Skriv personnumret"),
        ("1978041123", "Födelsedatumet i numret finns inte"),
        ("19780411238", "du har skrivit 11."),
        ("1", "du har skrivit 1."),
        ("1978041123861", "du har skrivit 13."),
        ("1978+0411-2386", "med siffror, till exempel 19121212-1212"),
        ("780411++2386", "med siffror, till exempel 19121212-1212"),
        ("nummer", "med siffror, till exempel 19121212-1212"),
        ("19780411-238O", "med siffror, till exempel 19121212-1212"),
        ("١٩٧٨٠٤١١٢٣٨٦", "med siffror, till exempel 19121212-1212"),
        ("197813112386", "finns inte"),
        ("197802302386", "finns inte"),
        ("197800112386", "finns inte"),
        ("197804602386", "finns inte"),
        ("000004112386", "finns inte"),
        ("177804112386", "Födelseåret kan inte stämma"),
        ("198707049996", "Kontrollera siffrorna: numret stämmer inte"),
        ("197804110006", "numret stämmer inte"),
    ],
)
def test_each_wrong_input_says_what_is_wrong(typed, says):
    assert says in sentence(typed)


@pytest.mark.parametrize("letter", "TRSUWXJKLMNP")
def test_an_interim_number_is_recognised_and_registered_as_unknown(letter):
    for typed in (f"850101-{letter}123", f"19850101{letter.lower()}123"):
        assert f"bokstaven {letter}" in sentence(typed)
        assert "okänt nummer" in sentence(typed)


@pytest.mark.parametrize(
    ("day", "age"), [("2026-04-10", 47), ("2026-04-11", 48), ("2026-12-31", 48), ("1978-04-11", 0)]
)
def test_age_changes_on_the_birthday(day, age):
    assert age_on("197804112386", datetime.date.fromisoformat(day)) == age


def test_age_of_a_coordination_number_counts_from_the_real_day():
    assert age_on("197306749982", datetime.date(2026, 6, 13)) == 52
    assert age_on("197306749982", datetime.date(2026, 6, 14)) == 53


@given(
    number=st.sampled_from(OFFICIAL + COORDINATION), position=st.integers(8, 11), digit=st.sampled_from("0123456789")
)
def test_one_mistyped_digit_among_the_last_four_is_always_noticed(number, position, digit):
    typed = number[:position] + digit + number[position + 1 :]
    if typed != number:
        assert "stämmer inte" in sentence(typed)


@given(number=st.sampled_from(OFFICIAL + COORDINATION))
def test_what_is_shown_can_be_typed_again(number):
    assert parsed(show_number(number)) == number
    separator = "-" if 2026 - int(number[:4]) < 100 else "+"
    assert parsed(f"{number[2:8]}{separator}{number[8:]}") == number


@given(typed=st.text(max_size=40))
def test_anything_typed_gives_a_number_or_a_sentence(typed):
    try:
        digits = parsed(typed)
    except WrongNumber as wrong:
        assert wrong.sentence.endswith(".")
    else:
        assert len(digits) == 12

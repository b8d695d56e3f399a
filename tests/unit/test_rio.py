"""The RIO: reading, key, check and the suggestion for a confused O and 0."""

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.france.rio import KEY_ALPHABET, Rio, RioError, RioKind, check_rio, parse_rio, rio_key

LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

VECTORS = [
    ("01", "P", "123456", "0612345678", "36Q"),
    ("02", "P", "ABC123", "0698765432", "WM4"),
    ("03", "E", "7K9M2Q", "0711223344", "+YL"),
    ("04", "P", "000000", "0600000000", "MZE"),
    ("04", "E", "ZZZZZZ", "0799999999", "5OS"),
]

numbers = st.one_of(
    st.from_regex(r"\A\+33[67][0-9]{8}\Z"),  # 10 national digits
    st.from_regex(r"\A\+33700[0-9]{10}\Z"),  # 14, a machine's
)
rios_with_number = st.builds(
    lambda operator, kind, reference, msisdn: (Rio.of(operator, kind, reference, msisdn), msisdn),
    st.text(LATIN, min_size=2, max_size=2),
    st.sampled_from("PE"),
    st.text(LATIN, min_size=6, max_size=6),
    numbers,
)


def refused(text: str, msisdn: str) -> RioError:
    with pytest.raises(RioError) as caught:
        check_rio(parse_rio(text), msisdn)
    return caught.value


@pytest.mark.parametrize(("operator", "kind", "reference", "number", "key"), VECTORS)
def test_the_key_is_the_published_one(operator, kind, reference, number, key):
    assert rio_key(operator, kind, reference, number) == key


@pytest.mark.parametrize(("operator", "kind", "reference", "number", "key"), VECTORS)
def test_a_right_rio_is_taken_apart_and_passes(operator, kind, reference, number, key):
    rio = parse_rio(operator + kind + reference + key)
    check_rio(rio, "+33" + number[1:])
    assert (rio.operator_code, rio.kind, rio.contract_reference, rio.key) == (operator, RioKind(kind), reference, key)
    assert rio.text == operator + kind + reference + key


@pytest.mark.parametrize("typed", ["01p12345636q", " 01 P 123456 36Q ", "01P12 3456 36q"])
def test_case_and_plain_spaces_do_not_matter(typed):
    assert parse_rio(typed).text == "01P12345636Q"


def test_a_swapped_digit_in_the_rio_is_refused():
    assert "key does not fit" in refused("01P12435636Q", "+33612345678").reason


def test_another_lines_number_is_refused():
    assert refused("01P12345636Q", "+33612345679").suggestion is None


@given(rios_with_number)
def test_a_rio_made_for_a_number_survives_the_round_trip(made):
    rio, msisdn = made
    check_rio(parse_rio(rio.text), msisdn)
    assert parse_rio(rio.text.lower()) == rio


@given(rios_with_number, st.integers(0, 11), st.sampled_from(KEY_ALPHABET))
def test_every_single_substitution_in_the_rio_is_caught(made, place, character):
    rio, msisdn = made
    assume(rio.text[place] != character)
    with pytest.raises(RioError):
        check_rio(parse_rio(rio.text[:place] + character + rio.text[place + 1 :]), msisdn)


@given(rios_with_number, st.integers(0, 7), st.sampled_from("0123456789"))
def test_every_single_substitution_in_the_number_is_caught(made, place, digit):
    rio, msisdn = made
    at = len(msisdn) - 1 - place
    assume(msisdn[at] != digit)
    with pytest.raises(RioError):
        check_rio(rio, msisdn[:at] + digit + msisdn[at + 1 :])


@given(rios_with_number, st.integers(0, 10))
def test_every_adjacent_transposition_in_the_rio_is_caught(made, place):
    rio, msisdn = made
    text = rio.text
    assume(text[place] != text[place + 1])
    with pytest.raises(RioError):
        check_rio(parse_rio(text[:place] + text[place + 1] + text[place] + text[place + 2 :]), msisdn)


@given(rios_with_number, st.integers(0, 6))
def test_every_adjacent_transposition_in_the_number_is_caught(made, place):
    rio, msisdn = made
    at = len(msisdn) - 2 - place
    assume(msisdn[at] != msisdn[at + 1])
    with pytest.raises(RioError):
        check_rio(rio, msisdn[:at] + msisdn[at + 1] + msisdn[at] + msisdn[at + 2 :])


def test_zero_and_the_letter_o_are_never_swapped_silently_but_suggested():
    error = refused("O1P12345636Q", "+33612345678")
    assert error.suggestion == "01P12345636Q"


def test_a_suggestion_also_mends_the_key():
    assert refused("04EZZZZZZ50S", "+33799999999").suggestion == "04EZZZZZZ5OS"


def test_a_suggestion_mends_several_confusions_at_once():
    assert refused("O4P0O0O00MZE", "+33600000000").suggestion == "04P000000MZE"


def test_there_is_no_suggestion_beyond_three_confusions():
    assert refused("O4POOO000MZE", "+33600000000").suggestion is None


def test_there_is_no_suggestion_where_two_would_fit_as_well():
    for fitting in ("01P8296840O0", "O1P829684O0O"):
        check_rio(parse_rio(fitting), "+33639983778")
    assert refused("01P82968400O", "+33639983778").suggestion is None  # two swaps away from either


def test_a_rio_full_of_zeros_is_refused_quickly():
    rio = parse_rio("00P000000000")
    started = time.process_time()
    with pytest.raises(RioError):
        check_rio(rio, "+33600000001")
    assert time.process_time() - started < 0.25


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "empty"),
        ("01P12345636", "too short"),
        ("01P12345636QQ", "too long"),
        ("01P12345636Q" * 10_000, "far too long"),
        ("01X12345636Q", "neither consumer nor enterprise"),
        ("F1F12345636Q", "a fixed line's indicator"),
        ("01P12+45636Q", "plus outside the key"),
        ("О1P12345636Q", "Cyrillic O"),
        ("01Р12345636Q", "Cyrillic Er"),  # looks like P
        ("01P12345636Ｑ", "full-width letter"),
        ("０1P12345636Q", "full-width digit"),
        ("٠1P12345636Q", "Arabic-Indic digit"),
        ("01P12345636ſ", "long s, which upper-cases to S"),
        ("01P1234563ıQ", "dotless i, which upper-cases to I"),
        ("01P123456\u00a036Q", "no-break space"),
        ("01P123456\t36Q", "tab"),
        ("01P12345636Q\n", "line end"),
        ("01P123456\x0036Q", "NUL"),
        ("\u202e01P12345636Q", "direction override"),
        ("01P-123456-36Q", "hyphens"),
    ],
)
def test_what_is_not_a_rio_is_refused_with_a_stable_code(typed, why):
    with pytest.raises(RioError) as caught:
        parse_rio(typed)
    assert caught.value.code == "rio_invalid", why


def test_no_error_text_and_no_print_shows_the_rio():
    error = refused("O1P12345636Q", "+33612345678")
    rio = parse_rio("O1P12345636Q")
    for text in (str(error), error.reason, repr(error), repr(rio), str(rio), f"{rio}"):
        assert "123456" not in text
        assert "36Q" not in text


def test_the_key_of_an_overseas_number_is_computed_over_its_national_digits():
    assert Rio.of("01", "P", "123456", "+262692123456").key == rio_key("01", "P", "123456", "0692123456")


def test_a_key_over_foreign_characters_is_a_rio_error():
    with pytest.raises(RioError):
        rio_key("01", "P", "12345é", "0612345678")

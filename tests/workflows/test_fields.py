"""What people type: read into one canonical text, or refused with the reason."""

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.builders import a_bag, a_lot, a_therapy, codes, decided, facts
from tests.performer import a_request
from workflows.facts import IdentityCheck, NewSubject
from workflows.fields import MOST_CHARACTERS, Unreadable, is_number, read, read_time
from workflows.model import Field, FieldKind

ACCEPTED = facts(a_bag("accepted"))
FILLING = facts(a_therapy("manufacturing"), a_lot("formulated"))
RECEIVED = facts(a_therapy("released"), a_bag("received"))


def a_field(kind, **limits):
    """Give a field of a kind."""
    return Field("field", "Field", kind, on="product", unit="mL", **limits)


@pytest.mark.parametrize(
    ("kind", "typed", "recorded"),
    [
        (FieldKind.DECIMAL, "12.5", "12.5"),
        (FieldKind.DECIMAL, " 12.50 ", "12.50"),
        (FieldKind.DECIMAL, "-150", "-150"),
        (FieldKind.INTEGER, "7", "7"),
        (FieldKind.INTEGER, "007", "7"),
        (FieldKind.TEXT, "  Two words ", "Two words"),
        (FieldKind.TEXT, "e\N{COMBINING ACUTE ACCENT}", "é"),
        (FieldKind.TEXT, "می\N{ZERO WIDTH NON-JOINER}خواهم", "می\N{ZERO WIDTH NON-JOINER}خواهم"),
        (FieldKind.DATE, "2026-11-30", "2026-11-30"),
        (FieldKind.DATE, "20261130", "2026-11-30"),
        (FieldKind.TIME, "2026-11-30T09:15+01:00", "2026-11-30T08:15:00.000000Z"),
        (FieldKind.TIME, "2026-11-30T08:15:00Z", "2026-11-30T08:15:00.000000Z"),
        (FieldKind.TIME, "2026-11-30T23:30-05:00", "2026-12-01T04:30:00.000000Z"),
        (FieldKind.YES_NO, "Yes", "yes"),
        (FieldKind.YES_NO, "NO", "no"),
        (FieldKind.UNIT, " north-ward ", "north-ward"),
    ],
)
def test_one_thing_has_one_text(kind, typed, recorded):
    """However it was typed, the same thing is recorded alike."""
    assert read(a_field(kind), typed) == recorded


def test_a_hash_is_recorded_with_what_it_is_of_or_is_kept_apart():
    """Alone it would read as the record's own hash of a text that is kept apart, and is gone."""
    told, apart = "SHA-256 " + "0a" * 32, a_field(FieldKind.TEXT, confidential=True)

    assert read(a_field(FieldKind.TEXT), told) == told
    assert read(apart, "0a" * 32) == "0a" * 32


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        *((kind, text) for kind in FieldKind for text in ("", "  ", "\u00a0")),
        *((FieldKind.DECIMAL, text) for text in ("1,5", "1e3", "+1", ".5", "5.", "1 000", "1_0")),
        *((FieldKind.DECIMAL, text) for text in ("NaN", "Infinity", "--1", "0x10", "½", "twelve")),
        *(
            (FieldKind.DECIMAL, text)
            for text in ("\u0661\u0662", "\uff11\uff12", "1\N{MINUS SIGN}")
        ),
        *((FieldKind.DECIMAL, text) for text in ("1" * 13, "1." + "1" * 10, "9" * 5000)),
        *((FieldKind.INTEGER, text) for text in ("1.0", "1e3", "\u0663", "", "NaN")),
        *(
            (FieldKind.DATE, text)
            for text in ("30.11.2026", "2026-02-30", "tomorrow", "0000-01-01")
        ),
        *((FieldKind.TIME, text) for text in ("2026-11-30T09:15", "09:15Z", "2026-11-30T25:00Z")),
        *((FieldKind.TIME, text) for text in ("0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00")),
        *((FieldKind.YES_NO, text) for text in ("y", "true", "1", "ja", "yes no")),
        (FieldKind.TEXT, "0a" * 32),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(kind, typed):
    """Nobody guesses what was meant."""
    with pytest.raises(Unreadable) as refusal:
        read(a_field(kind), typed)

    assert str(refusal.value)
    assert len(str(refusal.value)) < MOST_CHARACTERS + 200


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\n", "\r", "\t", "\x1b", "\x7f", "\x85"),  # controls
        *("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"),  # directions
        *("\u2028", "\u2029"),  # lines
        *("\u200b", "\u2060", "\u00ad", "\U000e0041"),  # not seen
        *("\ud800", "\udfff"),  # half a character
        *("\ue000", "\U000f0000"),  # anybody's own
        *("\uffff", "\U0003ffff"),  # no character at all
    ],
)
def test_a_hostile_character_is_refused_by_its_number(character):
    """Nothing invisible, nothing that turns the line around, reaches a page or a label."""
    number = f"U\\+{ord(character):04X}"

    with pytest.raises(Unreadable, match=number):
        read(a_field(FieldKind.TEXT), f"before{character}after")


@pytest.mark.parametrize(
    "text", ["<b>bold</b>", "'; DROP TABLE", "=1+1", "50 % DMSO", "Łódź", "😀"]
)
def test_a_text_that_can_be_seen_is_taken_as_it_is(text):
    """Whoever shows it escapes it; nothing is removed in silence."""
    assert read(a_field(FieldKind.TEXT), text) == text


def test_a_text_is_not_endless():
    """Two thousand characters, and not one more."""
    field = a_field(FieldKind.TEXT)

    assert read(field, "x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS
    with pytest.raises(Unreadable, match="is 2001 characters long"):
        read(field, "x" * (MOST_CHARACTERS + 1))


@pytest.mark.parametrize("kind", [FieldKind.DECIMAL, FieldKind.INTEGER])
@pytest.mark.parametrize(("text", "reason"), [("1", "below"), ("11", "above")])
def test_a_number_beyond_what_is_possible_is_refused_with_the_limit(kind, text, reason):
    """A slip of the finger is told with the limit and its unit."""
    with pytest.raises(Unreadable, match=rf"{text} mL is {reason} the (least|most) possible"):
        read(a_field(kind, low=Decimal(2), high=Decimal(10)), text)


@pytest.mark.parametrize("text", ["2", "10", "10.0"])
def test_the_limits_themselves_are_possible(text):
    """A limit is the last possible value."""
    assert read(a_field(FieldKind.DECIMAL, low=Decimal(2), high=Decimal(10)), text) == text


def test_a_choice_is_one_of_the_words():
    """In the definition's spelling."""
    field = a_field(FieldKind.CHOICE, choices=("ACD-A", "heparin"))

    assert read(field, " heparin") == "heparin"
    with pytest.raises(Unreadable, match="none of: ACD-A, heparin"):
        read(field, "Heparin")


@given(st.sampled_from(FieldKind), st.text(max_size=40))
@example(FieldKind.TIME, "2026-11-30T24:00Z")
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(kind, text):
    """No text breaks the reader, and a canonical text is its own."""
    field = a_field(kind, choices=("yes",))
    try:
        once = read(field, text)
    except Unreadable:
        return

    assert read(field, once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once.strip() == once


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_is_the_same_moment_in_utc(moment):
    """Whatever the zone, the moment stays."""
    if not 2 < moment.year < 9998:
        return
    text = moment.isoformat()

    try:
        found = read_time(text)
    except Unreadable:  # a historic zone with seconds in its offset is read too, or refused
        return

    assert found == datetime.fromisoformat(text)
    assert found.tzinfo is UTC


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    )
)
def test_a_plain_decimal_is_a_number(number):
    """Digits and a point."""
    assert is_number(f"{number:f}")


# -- the fields of a request -----------------------------------------------------------------------


def refusals(told, action, **values):
    """Give the codes with these values over the valid ones."""
    request = a_request(told, action)
    merged = {**request.values, **values}
    return codes(decided(a_request(told, action, values=merged), told))


def test_a_missing_field_is_refused_by_its_title():
    """The person reads what the form calls it."""
    request = a_request(RECEIVED, "accept_product", values={"container_intact": "yes"})

    (refusal,) = decided(request, RECEIVED).refusals

    assert refusal.code == "FIELD_MISSING"
    assert refusal.sentence == "Temperature on arrival is missing"
    assert refusal.next_step == "Give arrival_celsius"


def test_every_bad_field_is_told_at_once():
    """One correction for the whole form."""
    found = refusals(FILLING, "fill", volume_ml="a lot", cells_e6="", expires_at="soon")

    assert found == [
        *("FIELD_UNREADABLE", "FIELD_MISSING", "FIELD_UNREADABLE", "EXPIRY_IMPLAUSIBLE"),
    ]


def test_a_name_that_the_action_does_not_record_is_refused():
    """A slip of the name must not vanish silently."""
    request = a_request(RECEIVED, "accept_product")
    request.values["arrival_celcius"] = "-150"

    (refusal,) = decided(request, RECEIVED).refusals

    assert refusal.code == "FIELD_UNKNOWN"
    assert "arrival_celsius" in refusal.next_step


@pytest.mark.parametrize(
    ("values", "code"),
    [({"volume_ml": "huge"}, "FIELD_UNREADABLE"), ({"volume_ml": ""}, "FIELD_MISSING")],
)
def test_the_own_values_of_each_newborn_are_read(values, code):
    """The second bag's slip is found, whatever the first bag says."""
    births = (NewSubject("product"), NewSubject("product", values))

    request = a_request(FILLING, "fill", births=births)

    assert codes(decided(request, FILLING)) == [code]


def test_an_unknown_name_in_a_newborn_is_refused():
    """As in the request itself."""
    births = (NewSubject("product", {"colour": "red"}),)

    assert codes(decided(a_request(FILLING, "fill", births=births), FILLING)) == ["FIELD_UNKNOWN"]


def test_a_field_may_be_given_by_the_newborns_alone():
    """Each bag says its own volume; the request says none."""
    request = a_request(FILLING, "fill")
    own = {"volume_ml": request.values.pop("volume_ml")}

    births = (NewSubject("product", own), NewSubject("product", own))

    assert decided(
        a_request(FILLING, "fill", births=births, values=request.values), FILLING
    ).allowed


def test_a_receiver_is_named_only_where_something_is_handed_over():
    """Whoever names one means another step; the name does not vanish."""
    told = facts(a_bag("accepted"))

    decision = decided(a_request(told, "thaw", consignee="ward"), told)

    assert codes(decision) == ["CONSIGNEE_UNEXPECTED"]


def test_identifiers_are_stated_only_where_the_patient_is_identified():
    """They are about a person: where nobody asks for them, they are not taken."""
    told = facts(a_bag("accepted"))
    check = IdentityCheck("person-theo", "patient", frozenset({"birth_date"}), frozenset())

    decision = decided(a_request(told, "thaw", identity_checks=(check,)), told)

    assert codes(decision) == ["IDENTIFIERS_UNEXPECTED"]

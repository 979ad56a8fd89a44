"""What a scanner sends is understood as one thing, with the symbol it came from."""

from random import Random

import pytest

from labels.codes.aim import strip_aim
from labels.errors import NotACode
from labels.identifiers import (
    KINDS,
    Scan,
    bag_payload,
    issue_coi,
    issue_serial,
    parse_scan,
    split_payload,
)
from tests.labels.builders import VECTORS, a_coi, a_serial


@pytest.mark.parametrize("vector", VECTORS["aim"], ids=lambda vector: vector["meaning"])
def test_the_symbology_identifier_is_taken_off(vector):
    """An AIM identifier is told apart from the text that follows it."""
    assert strip_aim(vector["id"] + "M9S3") == (vector["id"], "M9S3")


@pytest.mark.parametrize("raw", ["M9S3", "", "]", "]d", "x]d1", "]\x001M9S3", "]é1"])
def test_what_is_no_symbology_identifier_stays(raw):
    """Without a whole AIM identifier at its front the text is given back as it was."""
    assert strip_aim(raw) == ("", raw)


def test_a_bag_payload_is_split_into_serial_and_coi():
    """The symbol of a bag label names the label and the therapy."""
    payload = bag_payload(a_serial(), a_coi())

    assert payload == f"{a_serial().text}/{a_coi().text}"
    assert split_payload(payload) == (a_serial(), a_coi())


def test_a_scanned_bag_label_names_serial_and_coi():
    """A scan keeps the raw text and the symbology beside what it names."""
    raw = "]d1" + bag_payload(a_serial(), a_coi())

    assert parse_scan(raw) == Scan(raw, "]d1", a_serial(), a_coi())


def test_what_is_read_as_it_was_printed_is_what_is_read_by_forgiving():
    """A symbol is read the quick way, the same in lower case the long one: they say the same."""
    draw = Random(3).randbytes
    for kind in KINDS:
        serial, coi = issue_serial(kind, "TEST", draw), issue_coi("TEST", draw)

        assert parse_scan(serial.text) == parse_scan(serial.text.lower())
        assert parse_scan(coi.text) == parse_scan(coi.text.lower())
        assert parse_scan(serial.text).serial == serial
        assert parse_scan(coi.text).coi == coi


def test_no_character_of_a_bag_label_can_be_another_one():
    """Both check characters are asked for, the serial's and the COI's."""
    payload = bag_payload(a_serial(), a_coi())
    others = [
        f"{payload[:at]}{'7' if old != '7' else '8'}{payload[at + 1 :]}"
        for at, old in enumerate(payload)
        if old.isalnum()
    ]

    for other in others:
        with pytest.raises(NotACode):
            parse_scan(f"]d1{other}")


def test_a_scanned_wristband_names_its_serial():
    """A wristband's scan holds a serial and no COI."""
    raw = "]Q1" + a_serial("W").text

    assert parse_scan(raw) == Scan(raw, "]Q1", a_serial("W"), None)


def test_a_typed_coi_is_a_scan_without_symbology():
    """What is typed has no symbology, and the raw text stays as typed."""
    assert parse_scan("m9s3 46q3d25v a") == Scan("m9s3 46q3d25v a", "", None, a_coi())


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "EMPTY"),
        ("]d1", "EMPTY"),
        ("/", "EMPTY"),
        (f"{a_coi().text}/{a_serial().text}", "WRONG_LENGTH"),
        (f"{a_serial().text}/{a_serial().text}", "WRONG_LENGTH"),
        (f"{a_serial('W').text}/{a_coi().text}", "UNKNOWN_KIND"),
        (f"{a_serial().text}/{a_coi().text}/", "BAD_CHARACTER"),
        (f"{a_serial().text}/", "EMPTY"),
        (f"]d1]d1{a_coi().text}", "BAD_CHARACTER"),
        (f"]d1{a_coi().text}\x1d", "CONTROL_CHARACTERS"),
        (f"{a_coi().text}{' ' * 60}", "TOO_LONG"),
    ],
)
def test_a_scan_of_anything_else_is_refused(raw, code):
    """A scan that names no code, or names them in a way we never print, is refused."""
    with pytest.raises(NotACode) as caught:
        parse_scan(raw)

    assert caught.value.code == code

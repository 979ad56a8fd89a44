"""Scanning: a code is what it is, or it is nothing; hostile ones are written down harmlessly."""

import pytest

from coi.errors import DataRefused
from coi.services.scanning import Code, as_recorded, drift_of, printable, resolve
from workflows.facts import Order


def scanned(clinic, raw, how="scanned"):
    """What a code means."""
    return clinic.installation.read(lambda tx: resolve(tx, Code(raw, how)))


def test_an_order_is_known_by_its_coi(clinic, coi):
    """The code on the order leads to its therapy, typed carelessly or read with its prefix."""
    assert scanned(clinic, coi).means == Order(coi)
    assert scanned(clinic, coi.lower().replace("-", "")).means == Order(coi)
    assert scanned(clinic, f"]d1{coi}\r\n").means == Order(coi)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "hello",
        "\x0f\x1b[2J",
        "A" * 5000,
        "B-TEST-00000000-0",
        "\u0410-TEST-00000000-0",
        "' OR 1=1 --",
        "\ud800",
    ],
)
def test_everything_else_means_nothing(clinic, raw):
    """Control keys, homoglyphs, endless and unknown codes mean nothing, and raise nothing."""
    assert scanned(clinic, raw).means is None


def test_a_hostile_reading_is_written_down_harmlessly(clinic):
    """Invisible characters are spelt out; what is no code of ours is kept apart."""
    scan = scanned(clinic, "\x1b[2J\u202eabc" + "x" * 500)

    assert printable(scan.raw).startswith("\\u001b[2J\\u202eabc")
    assert len(printable(scan.raw)) < 100
    assert as_recorded(scan) == {"raw": "-", "how": "scanned", "device": "-", "means": "unknown"}


def test_a_code_says_how_it_was_entered():
    """Only the three known ways can be told."""
    with pytest.raises(DataRefused):
        Code("x", how="guessed")


@pytest.mark.parametrize(
    ("claimed", "drift"),
    [
        ("", ""),
        ("2026-11-25T09:00:00Z", "was 3 days, 0:00:00 ahead"),
        ("2026-11-22T09:59:00+01:00", "was 0:01:00 behind"),
        ("2026-11-22T09:00:00.4Z", "was right"),
    ],
)
def test_the_drift_of_a_device_is_told(claimed, drift):
    """Against the time of the record; where nothing is claimed nothing is told (CL-01)."""
    assert drift_of({"device_time": claimed}, "2026-11-22T09:00:00.000000Z") == drift

"""What a scan costs before anything is looked up: one code of each dialect, read into its parts."""

from collections.abc import Iterator
from statistics import median

from benchmarks.measure import Row, cpu_ms, per_second
from labels.codes.scans import Dialects, IsbtTables, read_scan
from labels.identifiers import Coi, Serial, bag_payload

AT_ONCE = 500
ROUNDS = 9
ALL = Dialects(isbt128=IsbtTables(), gs1=True)
BAG = bag_payload(Serial("B", "TEST", "7KFT02XH"), Coi("TEST", "46Q3D25V"))
SCANS = (
    ("a wristband of ours", "]Q1" + Serial("W", "TEST", "7KFT02XH").text, 50_000),
    ("a bag label of ours, serial and COI", "]d1" + BAG, 50_000),
    ("ISBT 128, a donation number", "]C0=A99992612345600", 20_000),
    (
        "ISBT 128, a message of four",
        "]d1=+04000=A99992612345600=<S25981A0&>0263312359&/CHA999926A00123",
        20_000,
    ),
    ("GS1, product, expiry, lot and serial", "]d201095212345432131727123110A\x1d21B", 1_000),
    ("GS1, the same as a Digital Link", "https://id.gs1.org/01/09521234543213/10/A/21/B", 1_000),
)


def rows(calibration: float) -> Iterator[Row]:
    """Scans read a second, of each dialect."""
    for what, raw, wanted in SCANS:
        assert read_scan(raw, ALL)
        each = median(cpu_ms(lambda raw=raw: _reads(raw)) for _ in range(ROUNDS)) / AT_ONCE
        here, there = per_second(each, calibration)
        told = f"{here:,.0f}/s here, {there:,.0f}/s scaled"
        yield Row(f"read {what}", told, f"{wanted:,}/s scaled", there >= wanted)


def _reads(raw: str) -> None:
    for _ in range(AT_ONCE):
        read_scan(raw, ALL)

"""What a scan costs before anything is looked up: codes of each dialect, read into their parts."""

from collections.abc import Iterator, Sequence
from random import Random
from statistics import median

from benchmarks.measure import Row, cpu_ms, per_second
from labels.codes.scans import Dialects, IsbtTables, read_scan
from labels.identifiers import bag_payload, issue_coi, issue_serial

AT_ONCE = 2_000
ROUNDS = 9
ALL = Dialects(isbt128=IsbtTables(), gs1=True)
DRAW = Random(5).randbytes
# Each is another one, and there are more of them than anything would remember.
BANDS = ["]Q1" + issue_serial("W", "TEST", DRAW).text for _ in range(AT_ONCE)]
BAGS = [
    "]d1" + bag_payload(issue_serial("B", "TEST", DRAW), issue_coi("TEST", DRAW))
    for _ in range(AT_ONCE)
]
DONATIONS = [f"]C0=A999926{number:06}00" for number in range(AT_ONCE)]
MESSAGES = [
    f"]d1=+04000=A999926{number:06}00=<S25981A0&>0263312359&/CHA999926A{number:05}"
    for number in range(AT_ONCE)
]
ITEMS = [f"]d201095212345432131727123110A{number}\x1d21B" for number in range(AT_ONCE)]
LINKS = [f"https://id.gs1.org/01/09521234543213/10/A/21/{number}" for number in range(AT_ONCE)]
SCANS = (
    ("wristbands of ours", BANDS, 50_000),
    ("bag labels of ours, serial and COI", BAGS, 50_000),
    ("ISBT 128, donation numbers", DONATIONS, 20_000),
    ("ISBT 128, messages of four codes", MESSAGES, 20_000),
    ("GS1, product, expiry, lot and serial", ITEMS, 1_000),
    ("GS1, Digital Links", LINKS, 1_000),
)


def rows(calibration: float) -> Iterator[Row]:
    """Scans read a second by one core, of each dialect."""
    for what, raws, wanted in SCANS:
        each = median(_milliseconds(raws) for _ in range(ROUNDS)) / AT_ONCE
        here, there = per_second(each, calibration)
        told = f"{here:,.0f}/s here, {there:,.0f}/s scaled"
        yield Row(f"read {what}", told, f"{wanted:,}/s scaled", there >= wanted)


def _milliseconds(raws: Sequence[str]) -> float:
    def reads() -> None:
        for raw in raws:
            read_scan(raw, ALL)

    return cpu_ms(reads)

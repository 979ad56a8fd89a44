"""By chance and by malice: every text is read as what it is, or refused; quickly.

What a check proves is proven here too. A typed number of ISBT 128, a registry donor, a donation
with flags of the third type, every key of GS1 and every code of ours survive no wrong character. Of
the other structures no content proves it: there the symbol itself does, by its own check.
"""

from collections.abc import Callable, Iterator
from random import Random
from time import process_time

import pytest

from labels.codes.donations import ChainId, Din
from labels.codes.isbt128 import IsbtCodes, message
from labels.codes.scans import Reading, read_scan, read_typed
from labels.errors import NotACode
from labels.identifiers import Scan, bag_payload, issue_coi, issue_serial
from tests.labels.builders import a_serial
from tests.labels.codes.builders import ALL, GS1, ISBT128

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabciloz=&<>%*#;+,/\\-]?:._ \x00\x1d\n\u0410\u0661"
SYMBOLS = ["", "]C0", "]C1", "]C4", "]d1", "]d2", "]Q1", "]Q3", "]d7", "]X0"]
SEEDS = [
    *(vector["raw"] for part in ("structures", "messages") for vector in ISBT128[part]),
    *("]d2" + one["raw"].strip("^").replace("^", "\x1d") for one in GS1["element_strings"]),
    *(vector["uri"] for vector in GS1["links"] if vector["valid"]),
    "]d2010952123454321317271231" + "10LOT42\x1d21SN0001",
]


def understood(read: Callable[..., Reading], raw: str) -> Reading | None:
    """Read a text; None when it is refused, and an error when anything else happens."""
    try:
        return read(raw, ALL)
    except NotACode:
        return None


def read_or_refused(many: int) -> int:
    """Read damaged and random texts; count those that were read, each of which is written again."""
    random = Random(128)
    seeds = [*SEEDS, bag_payload(_serial(random), issue_coi("M9S3", random.randbytes))]
    reads = 0
    for _ in range(many):
        raw = _damaged(random.choice(seeds), random) if random.random() < 0.8 else _any(random)
        for read in (read_scan, read_typed) if random.random() < 0.1 else (read_scan,):
            reading = understood(read, raw)
            reads += reading is not None
            assert reading is None or _written_again(reading) == reading
    return reads


def _serial(random: Random):
    return issue_serial("B", "M9S3", random.randbytes)


def _damaged(text: str, random: Random) -> str:
    """Replace, drop, double or cut at one or two places; sometimes with another symbol before."""
    for _ in range(random.randint(1, 2)):
        at = random.randrange(len(text) + 1)
        text = random.choice(
            [
                text[:at] + random.choice(CHARACTERS) + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + text[at:] * 2,
                text[:at] + chr(random.randrange(0xD800)) + text[at:],
                random.choice(SYMBOLS) + text,
            ]
        )
    return text


def _any(random: Random) -> str:
    start = random.choice(SYMBOLS) + random.choice(["", "=", "&", "=+02000", "01", "https://a/01/"])
    return start + "".join(random.choices(CHARACTERS, k=random.randrange(30)))


def _written_again(reading: Reading) -> Reading:
    """What is written of a reading, read."""
    if isinstance(reading, Scan):
        parts = [one.text for one in (reading.serial, reading.coi) if one]
        return read_scan("/".join(parts), ALL)
    if isinstance(reading, IsbtCodes):
        return read_scan(message(reading.structures), ALL)
    return read_scan("]d2" + reading.data, ALL)


def test_damaged_and_random_texts_are_read_or_refused():
    """Of 100,000 texts none raises anything but a refusal; what is read is written the same."""
    assert 1_000 < read_or_refused(100_000) < 50_000


@pytest.mark.soak
def test_very_many_texts_are_read_or_refused():
    """Of a million texts none raises anything but a refusal."""
    assert read_or_refused(1_000_000)


PROVEN = [
    (read_scan, "=G12341765432170"),
    (read_scan, "&:9990A1B2C3D4E5F6G06"),
    (read_typed, Din("A9999", "26", "123456").text),
    (read_typed, ChainId.of("A9999", "26", "A00123").text),
    (read_scan, "]d200106141412345678908"),
    (read_scan, "]d20109521234543213"),
    (read_scan, "]C18017123456789012345675"),
    (read_scan, "]C18018123456789012345675"),
    (read_scan, "]d24149521321000018"),
    (read_scan, "]d2800309521321000018"),
    (read_scan, "]d280131987654Ad4X4bL5ttr2310c2K"),
    (read_scan, "https://id.gs1.org/01/09521234543213"),
]


def wrong_characters(text: str) -> Iterator[str]:
    """Every text that differs in one character, behind what says which symbol it was."""
    for at in range(3 if text.startswith("]") else 0, len(text)):
        for other in CHARACTERS:
            if other != text[at]:
                yield text[:at] + other + text[at + 1 :]


@pytest.mark.parametrize(("read", "text"), PROVEN, ids=[text for _, text in PROVEN])
def test_no_wrong_character_gives_another_code_of_the_same_kind(read, text):
    """What has a check of its own is read as itself or as nothing of its kind."""
    right = read(text, ALL)
    kind = _kind(right)

    others = {understood(read, wrong) for wrong in wrong_characters(text)} - {None, right}

    assert [other for other in others if _kind(other) == kind and not _is_told(other, right)] == []


def _kind(reading: Reading) -> tuple[type, ...]:
    """What sort of things a reading names."""
    if isinstance(reading, IsbtCodes):
        return tuple(type(one) for one in reading.structures)
    return tuple(getattr(one, "identifier", type(one)) for one in getattr(reading, "elements", ()))


def _is_told(other: Reading, right: Reading) -> bool:
    """The other has given up its check: flags that say nothing of the number prove nothing."""
    din, its = (one.one(Din) if isinstance(one, IsbtCodes) else None for one in (other, right))
    return bool(din and its and int(its.flags) >= 60 > int(din.flags))


@pytest.mark.parametrize(("read", "text"), PROVEN[2:4], ids=["donation", "chain"])
def test_no_swap_of_neighbours_gives_another_typed_number(read, text):
    """Two characters that changed places are noticed, or were the same."""
    swaps = (text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1))

    assert {understood(read, swap) for swap in swaps} <= {None, read(text, ALL)}


@pytest.mark.parametrize(
    ("raw", "fewest"),
    [
        ("]d1" + a_serial().text, 10_000),
        ("]C0=A99992612345600", 4_000),
        (ISBT128["messages"][3]["raw"], 2_000),
        ("]d2010952123454321317271231" + "10LOT42\x1d21SN0001", 200),
        ("https://id.gs1.org/01/09521234543213/10/LOT42/21/SN0001?17=271231", 200),
    ],
)
def test_reading_is_fast(raw, fewest):
    """A fifth of what is promised of each dialect is read even on a busy machine."""
    begun = process_time()
    for _ in range(500):
        understood(read_scan, raw)

    assert 500 / (process_time() - begun) > fewest

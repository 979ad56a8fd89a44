"""Codes are issued, printed, mistyped by people, and read back as what they were."""

from itertools import pairwise

import pytest

from labels.check_character import check_character, silent_swaps
from labels.errors import NotACode, NothingIssued
from labels.identifiers import (
    CROCKFORD,
    KINDS,
    LONGEST,
    Coi,
    Serial,
    issue_coi,
    issue_serial,
    parse_code,
    require_issuer,
)
from tests.labels.builders import VECTORS, a_coi, a_draw, a_serial

ISSUED = [vector for vector in VECTORS["coi"] if vector["issued"]]
NEVER_ISSUED = [vector for vector in VECTORS["coi"] if not vector["issued"]]


def refusal(raw: str) -> str:
    """Give the code with which a text is refused."""
    with pytest.raises(NotACode) as caught:
        parse_code(raw)
    assert caught.value.sentence
    assert caught.value.next_step
    return caught.value.code


@pytest.mark.parametrize("vector", ISSUED, ids=lambda vector: vector["body"])
def test_a_coi_is_printed_with_hyphens_and_check_character(vector):
    """A COI's text is prefix, body and check character, and is read back as the same COI."""
    coi = Coi(vector["issuer"], vector["body"])

    assert coi.text == f"{vector['issuer']}-{vector['body']}-{vector['check']}"
    assert parse_code(coi.text) == coi


@pytest.mark.parametrize("vector", NEVER_ISSUED, ids=lambda vector: vector["body"])
def test_a_coi_with_an_ambiguous_check_character_cannot_be_made(vector):
    """A body whose check character would be I, L, O or U makes no COI."""
    with pytest.raises(NotACode, match="never issued"):
        Coi(vector["issuer"], vector["body"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_serial_is_read_back_with_its_kind(kind):
    """A serial of each kind is read back as the same serial, in capitals and in lower case."""
    serial = issue_serial(kind, "M9S3", a_draw())

    assert serial.text.startswith(f"{kind}-M9S3-")
    assert parse_code(serial.text) == serial
    assert parse_code(serial.text.lower()) == serial


def test_the_check_character_of_a_serial_covers_its_kind():
    """Another kind letter with the same prefix and body has another check character."""
    ends = {kind: check_character(f"{kind}M9S37KFT02XH") for kind in KINDS}

    assert len(set(ends.values())) == len(KINDS)


@pytest.mark.parametrize(
    "typed",
    [
        "m9s3-46q3d25v-a",
        "M9S346Q3D25VA",
        "  M9S3 46Q3 D25V A ",
        "M9S3 - 46Q3D25V - A",
        "M9S3-46Q3-D25V-A",
    ],
)
def test_case_hyphens_and_spaces_are_forgiven(typed):
    """A COI is understood in lower case, without hyphens, and with spaces between its groups."""
    assert parse_code(typed) == Coi("M9S3", "46Q3D25V")


def test_look_alike_letters_are_forgiven():
    """O is read as 0, I and L as 1."""
    coi = Coi("A110", "00110ABD")

    assert parse_code(coi.text.replace("0", "O").replace("1", "I")) == coi
    assert parse_code(coi.text.replace("0", "o").replace("1", "l")) == coi


def test_the_kind_letter_is_never_mended():
    """L stays a location; 1 and I in its place are no kind."""
    location = a_serial("L")

    assert parse_code(location.text.lower()) == location
    assert refusal("1" + location.text[1:]) == "UNKNOWN_KIND"
    assert refusal("I" + location.text[1:]) == "UNKNOWN_KIND"


def test_a_serial_without_its_kind_letter_is_no_coi():
    """Losing the kind letter never turns a serial into a valid COI."""
    texts = [issue_serial(kind, "M9S3", a_draw(n)).text for kind in KINDS for n in range(200)]

    assert {refusal(text[2:]) for text in texts} == {"WRONG_CHECK_CHARACTER"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "EMPTY"),
        ("   ", "EMPTY"),
        ("-", "WRONG_LENGTH"),
        ("A" * 65, "TOO_LONG"),
        ("M9S3-46Q3D25V-A\n", "CONTROL_CHARACTERS"),
        ("M9S3-46Q3D25V\x00-A", "CONTROL_CHARACTERS"),
        ("M9S3-46Q3D25V-A\u202e", "CONTROL_CHARACTERS"),
        ("M9S3\u200b-46Q3D25V-A", "CONTROL_CHARACTERS"),
        ("M9S3-46Q3D25-A", "WRONG_LENGTH"),
        ("B-M9S3-46Q3D25V-AA", "WRONG_LENGTH"),
        ("M9-S346Q3D25V-A", "WRONG_LENGTH"),
        ("-M9S3-46Q3D25V-A", "WRONG_LENGTH"),
        ("M9S3-46Q3D25U-A", "BAD_CHARACTER"),
        ("M9S3-46Q3D25V-U", "BAD_CHARACTER"),
        ("M9S3_46Q3D25V_A", "BAD_CHARACTER"),
        ("M9S3-46Q3D25V-\N{CYRILLIC CAPITAL LETTER A}", "BAD_CHARACTER"),
        ("M9S3-46Q3D25V-\N{FULLWIDTH LATIN CAPITAL LETTER A}", "BAD_CHARACTER"),
        ("M\N{ARABIC-INDIC DIGIT NINE}S3-46Q3D25V-A", "BAD_CHARACTER"),
        ("M9\N{LATIN SMALL LETTER LONG S}3-46Q3D25V-A", "BAD_CHARACTER"),
        ("M9S3\N{NO-BREAK SPACE}46Q3D25V-A", "BAD_CHARACTER"),
        ("M9S3-46Q3D25V-B", "WRONG_CHECK_CHARACTER"),
        ("BM-9S37-KFT02XH3", "WRONG_LENGTH"),
        ("Z-M9S3-7KFT02XH-3", "UNKNOWN_KIND"),
        ("U-M9S3-7KFT02XH-3", "UNKNOWN_KIND"),
        ("3-M9S3-7KFT02XH-3", "UNKNOWN_KIND"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(raw, code):
    """Whatever is no code is refused, with a code for programs and sentences for people."""
    assert refusal(raw) == code


def test_a_refusal_does_not_repeat_what_was_scanned():
    """The sentences of a refusal hold nothing of a hostile text."""
    with pytest.raises(NotACode) as caught:
        parse_code("<script>alert(1)</script>")

    assert "script" not in f"{caught.value} {caught.value.sentence} {caught.value.next_step}"


def test_draws_are_thrown_away_until_the_code_is_safe():
    """No issued code has an ambiguous check character or neighbours that may swap unnoticed."""
    issued = [issue_coi("M9S3", a_draw(seed)) for seed in range(2_000)]

    packed = [coi.text.replace("-", "") for coi in issued]

    assert all(text[-1] in CROCKFORD for text in packed)
    assert all(silent_swaps(text[:-1]) == [] for text in packed)


def test_every_character_of_a_body_is_equally_likely():
    """32 divides 256, so a byte of the random source gives no character more often."""
    bodies = [issue_coi("M9S3", a_draw(seed)).body for seed in range(4_000)]

    counts = [sum(body.count(character) for body in bodies) for character in CROCKFORD]

    assert min(counts) > 850
    assert max(counts) < 1150


def test_a_broken_random_source_issues_nothing():
    """A random source that repeats an unsafe draw, or gives too little, is found out."""
    unsafe = bytes(CROCKFORD.index(character) for character in "DWA7N360")

    with pytest.raises(NothingIssued, match="random source"):
        issue_coi("S3C4", lambda _: unsafe)
    with pytest.raises(NothingIssued, match="random source"):
        issue_coi("M9S3", lambda _: b"short")


@pytest.mark.parametrize("issuer", ["", "M9S", "M9S33", "m9s3", "M9SU", "M9S\n", "ÀBCD"])
def test_a_prefix_that_is_no_prefix_issues_nothing(issuer):
    """An issuer prefix is exactly four Crockford characters; nothing is forgiven."""
    with pytest.raises(NotACode):
        issue_coi(issuer, a_draw())


def test_a_prefix_in_which_a_swap_goes_unnoticed_issues_nothing():
    """Such a prefix is refused when it is chosen, not when labels are in use."""
    hiding = next(
        prefix for prefix in _neighbouring_prefixes() if any(at < 3 for at in silent_swaps(prefix))
    )

    with pytest.raises(NothingIssued, match="swapped"):
        require_issuer(hiding)


def test_an_unknown_kind_is_not_issued():
    """A serial has one of the known kinds."""
    with pytest.raises(NotACode) as caught:
        issue_serial("Q", "M9S3", a_draw())

    assert caught.value.code == "UNKNOWN_KIND"


def test_codes_are_values():
    """Two equal codes are one key, and a code cannot be changed."""
    assert {a_coi(), a_coi()} == {a_coi()}
    with pytest.raises(AttributeError):
        a_coi().body = "00000000"  # type: ignore[misc]


def test_a_serial_of_wrong_parts_cannot_be_made():
    """Parts that do not make a code make no serial."""
    with pytest.raises(NotACode):
        Serial("B", "M9S3", "7KFT02X")
    with pytest.raises(NotACode):
        Serial("b", "M9S3", "7KFT02XH")


def _neighbouring_prefixes():
    return (
        first + left + right + last
        for first in CROCKFORD
        for left, right in pairwise(CROCKFORD)
        for last in CROCKFORD
    )


def test_the_longest_text_that_is_looked_at_has_64_characters():
    """One character more is refused before anything is read of it."""
    assert refusal("A" * LONGEST) == "WRONG_LENGTH"
    assert refusal("A" * (LONGEST + 1)) == "TOO_LONG"


@pytest.mark.parametrize("invisible", ["\x1d", "\u200b", "\ud800", "\u2028", "\u2029"])
def test_whatever_cannot_be_seen_is_refused_as_such(invisible):
    """Controls, formats, halves of letters, and the ends of lines and paragraphs."""
    assert refusal(f"7K2M-4F9X{invisible}2HQB-5") == "CONTROL_CHARACTERS"


def test_spaces_do_not_count_as_characters_of_a_code():
    """A code that is too short is said to be too short, with spaces in it too."""
    assert refusal("7K2M 4F9X") == "WRONG_LENGTH"
    assert refusal("7K2M 4F9X 2HQU 5") == "BAD_CHARACTER"


@pytest.mark.parametrize(("issuer", "body"), [("7K2", "4F9X2HQB"), ("7K2M", "4F9X2HQ")])
def test_a_coi_of_wrong_parts_cannot_be_made(issuer, body):
    """A good prefix does not make up for a bad body, nor a good body for a bad prefix."""
    with pytest.raises(NotACode) as refused:
        Coi(issuer, body)

    assert refused.value.code == "BAD_CHARACTER"


def test_a_code_is_refused_by_what_is_wrong_with_it():
    """A prefix by its characters or by its swaps, a code by its check character."""
    codes = []
    for make in (lambda: require_issuer("7K2U"), lambda: require_issuer("0045"), an_ambiguous_coi):
        with pytest.raises((NotACode, NothingIssued)) as refused:
            make()
        codes.append(refused.value.code)

    assert codes == ["BAD_CHARACTER", "ISSUER_SWAPS", "WRONG_CHECK_CHARACTER"]


def an_ambiguous_coi():
    """Make a code whose check character could be read as another one."""
    return Coi(NEVER_ISSUED[0]["issuer"], NEVER_ISSUED[0]["body"])


def test_a_broken_random_source_is_named():
    """Who gets nothing issued is told that the source of bytes is at fault."""
    with pytest.raises(NothingIssued) as refused:
        issue_coi("7K2M", lambda _: b"")

    assert refused.value.code == "RANDOM_SOURCE"


def test_a_swap_at_the_end_of_a_prefix_does_not_forbid_it():
    """The last character of a prefix has a neighbour in the body, which is drawn anew."""
    leads = [kind + "0040" for kind in ("", *KINDS)]

    assert {at - len(lead) for lead in leads for at in silent_swaps(lead)} == {-1}
    require_issuer("0040")


def test_an_unknown_kind_is_answered_with_the_known_ones():
    """The refusal lists every letter with which a serial can start."""
    with pytest.raises(NotACode) as refused:
        issue_serial("Q", "7K2M", a_draw())

    listed = "B (bag label), W (wristband), L (location), S (staff badge), X (shipper)"
    assert listed in refused.value.sentence

"""Whatever a symbol holds, reading it ends in a code or in a refusal, quickly."""

from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.errors import NotACode
from labels.identifiers import (
    CROCKFORD,
    KINDS,
    Coi,
    Scan,
    Serial,
    bag_payload,
    issue_coi,
    issue_serial,
    parse_code,
    parse_scan,
)
from tests.labels.builders import a_draw

REPLACEMENTS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabiloz -/]\x00\x1d\n_é\u0410\uff21\u202e"

seeds = st.integers(min_value=0, max_value=2**64)
kinds = st.sampled_from(["", *KINDS])
lately = settings(deadline=None, max_examples=200)


def issued(kind: str, seed: int) -> Coi | Serial:
    """Issue a COI, or a serial if a kind is given."""
    draw = a_draw(seed)
    return issue_serial(kind, "M9S3", draw) if kind else issue_coi("M9S3", draw)


def understood(raw: str) -> Coi | Serial | None:
    """Read a code; None when it is refused."""
    try:
        return parse_code(raw)
    except NotACode:
        return None


def scanned(raw: str) -> Scan | None:
    """Read a scan; None when it is refused."""
    try:
        return parse_scan(raw)
    except NotACode:
        return None


@given(kind=kinds, seed=seeds)
@lately
def test_every_issued_code_is_read_back(kind, seed):
    """What is issued and printed is read back as the same code."""
    code = issued(kind, seed)

    assert understood(code.text) == code
    assert understood(code.text.replace("-", "")) == code


@given(kind=kinds, seed=seeds)
@lately
def test_every_single_wrong_character_is_refused_or_forgiven(kind, seed):
    """One wrong character anywhere never gives another code."""
    code = issued(kind, seed)

    read = {
        understood(code.text[:at] + other + code.text[at + 1 :])
        for at in range(len(code.text))
        for other in REPLACEMENTS
    }

    assert read <= {None, code}


@given(kind=kinds, seed=seeds)
@lately
def test_every_swap_of_neighbours_is_refused_or_forgiven(kind, seed):
    """Two swapped neighbours anywhere never give another code."""
    code = issued(kind, seed)

    for text in (code.text, code.text.replace("-", "")):
        swaps = [
            text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)
        ]

        assert {understood(swap) for swap in swaps} <= {None, code}


@given(raw=st.text(max_size=80))
@settings(deadline=None, max_examples=2_000)
def test_any_text_is_read_or_refused(raw):
    """Reading any text at all raises nothing but a refusal."""
    scanned(raw)


@given(raw=st.text(alphabet=REPLACEMENTS + CROCKFORD, min_size=12, max_size=18))
@settings(deadline=None, max_examples=2_000)
def test_any_text_of_likely_characters_is_read_or_refused(raw):
    """What is read from nearly a code is printed as a code that reads the same."""
    code = understood(raw)

    assert code is None or understood(code.text) == code


def test_mutated_payloads_are_read_or_refused():
    """2,000 damaged scans raise nothing but refusals."""
    assert misread(2_000) <= 2


@pytest.mark.soak
def test_very_many_mutated_payloads_are_read_or_refused():
    """100,000 damaged scans raise nothing but refusals."""
    assert misread(100_000) <= 100


def misread(many: int) -> int:
    """Damage scans in up to four places; count those that are read as some other code."""
    random = Random(26)
    wrong = 0
    for _ in range(many):
        whole = bag_payload(
            issue_serial("B", "M9S3", random.randbytes), issue_coi("M9S3", random.randbytes)
        )
        found, right = scanned(damaged(whole, random)), parse_scan(whole)
        if found and {found.serial, found.coi} - {right.serial, right.coi, None}:
            wrong += 1
    return wrong


def damaged(text: str, random: Random) -> str:
    """Replace, drop, double or cut at one to four random places."""
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(text) + 1)
        text = random.choice(
            [
                text[:at] + random.choice(REPLACEMENTS) + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + text[at:] * 2,
                text[:at] + chr(random.randrange(0xD800)) + text[at:],
                "]d1" + text,
            ]
        )
    return text


def test_reading_is_fast():
    """At least 50,000 codes a second are read; a tenth of that even on a busy machine."""
    texts = [issued("B", seed).text for seed in range(100)]

    begun = process_time()
    for text in texts * 20:
        parse_code(text)
    rate = len(texts) * 20 / (process_time() - begun)

    assert rate > 5_000

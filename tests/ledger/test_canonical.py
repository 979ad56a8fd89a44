"""One value, one text, one hash (TL-04)."""

import json
import sys
import unicodedata

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as some

from coi.ledger.canonical import CannotBeCanonical, canonical, nfc, read
from coi.ledger.entry import content_hash

COMPOSED, DECOMPOSED = "Jos\u00e9", "Jose\u0301"

texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=20).map(nfc)
keys = some.text(some.characters(max_codepoint=127), max_size=12)
leaves = texts | some.booleans() | some.integers(-(2**53) + 1, 2**53 - 1)
values = some.recursive(
    leaves,
    lambda inner: some.lists(inner, max_size=6) | some.dictionaries(keys, inner, max_size=6),
    max_leaves=40,
)


@settings(max_examples=2_000)
@given(values)
def test_what_is_written_reads_back_and_is_what_rfc_8785_says(value: object):
    """Decoding undoes encoding, and another implementation writes the same bytes."""
    _reads_back(value)


@pytest.mark.soak
@settings(max_examples=100_000)
@given(values)
def test_what_is_written_reads_back_100_000_times(value: object):
    """The same for as many values as TL-04 asks."""
    _reads_back(value)


def _reads_back(value: object) -> None:
    text = canonical(value)

    assert read(text) == value
    assert text.encode() == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_both_spellings_of_a_name_have_one_hash():
    """A name typed on two keyboards enters in one spelling."""
    hashes = {content_hash(canonical({"note": nfc(name)})) for name in (COMPOSED, DECOMPOSED)}

    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        ({"name": DECOMPOSED}, "name", "normal form C"),
        ({"a": [{"b": 1.0}]}, "a[0].b", "float"),
        ({"a": None}, "a", "NoneType"),
        ([1, [2**53]], "[1][0]", "2^53"),
        (-(2**53), "", "2^53"),
        (float("nan"), "", "float"),
        ({"a": {"é": 1}}, "a", "keys are ASCII"),
        ({1: "a"}, "", "keys are ASCII"),
        ("\ud800", "", "surrogate"),
        ({"a": b"bytes"}, "a", "bytes"),
        ({"a": {1, 2}}, "a", "set"),
    ],
)
def test_what_has_no_canonical_text_is_refused_with_its_place(
    value: object, path: str, reason: str
):
    """A refusal says where in the value the fault lies, and why it is one."""
    with pytest.raises(CannotBeCanonical, match=reason.replace("^", r"\^")) as refused:
        canonical(value)

    assert refused.value.path == path


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"b":1,"a":1}',
        '{"a": 1}',
        '{"a":1}\n',
        "1.0",
        "1e3",
        "-0",
        "null",
        "NaN",
        "-Infinity",
        '"\\u00e9"',
        '"\\/"',
        '"\\u001F"',
        f'"{DECOMPOSED}"',
        '"\\ud800"',
        "",
        "{",
        "'a'",
        "1" * 5_000,
        "[" * 100_000,
        str(2**53),
    ],
)
def test_text_in_another_form_is_not_read(text: str):
    """Equal meaning is not enough: only the one canonical text is read."""
    with pytest.raises(CannotBeCanonical):
        read(text)


def test_too_deep_a_value_is_refused():
    """Nesting beyond what can be written is a refusal, not a crash."""
    value: list[object] = []
    for _ in range(sys.getrecursionlimit() * 2):
        value = [value]

    with pytest.raises(CannotBeCanonical, match="too deeply"):
        canonical(value)


def test_a_mark_after_an_escape_is_no_false_alarm():
    """A combining mark after a line feed composes with nothing, also where the escape ends in n."""
    text = canonical("\n\u0303")

    assert unicodedata.normalize("NFC", text) != text
    assert json.loads(text) == "\n\u0303"


def test_tuples_are_written_as_arrays():
    """A caller's immutable lists need not be copied."""
    assert canonical({"a": ("b", 1)}) == '{"a":["b",1]}'

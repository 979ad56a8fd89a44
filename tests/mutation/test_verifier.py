"""The verifier that lies in each export is broken in each place, and each time a test notices."""

import subprocess
import sys
from ast import unparse
from pathlib import Path

import pytest

from coi.reports.offline import verify
from tests.mutation.broken import broken
from tests.mutation.listed import verifier

SOURCE = Path(verify.__file__).read_text(encoding="utf-8")
SEVERAL = ("root_over", "digest_of")
"""Functions that stand for the others where there is little time."""


def judged(*functions):
    """What the judge says of some functions, or of all; and what it ends with."""
    command = [sys.executable, "-m", "tests.mutation.verifier", *functions]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout[-4_000:], done.returncode


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("a == b", {"a == b → a != b"}),
        ("a < b", {"a < b → a >= b", "a < b → a <= b"}),
        ("a in b", {"a in b → a not in b"}),
        (
            "a == b == c",
            {
                *("a == b == c → a != b == c", "a == b == c → a == b != c"),
                *("a == b == c → a == b", "a == b == c → b == c"),
            },
        ),
        (
            "(a, b) == (c, d)",
            {
                *("(a, b) == (c, d) → (a, b) != (c, d)",),
                *("(a, b) == (c, d) → (b,) == (d,)", "(a, b) == (c, d) → (a,) == (c,)"),
            },
        ),
        ("a and b", {"a and b → a or b", "a and b → a", "a and b → b"}),
        ("not a", {"not a → a"}),
        ("require(a)", {"require(a) → pass"}),
        ("if a: b", {"if a → if True", "if a → if False"}),
        ("[a for a in b if c]", {"(it for a in b if c) → (it for a in b)"}),
        ("any(a)", {"any(a) → all(a)", "any(a) → pass"}),
        ("7", {"7 → 8"}),
        ("f'{a == b}'", set()),
    ],
)
def test_whatever_decides_is_broken(text, changes):
    """Each comparison, each part of a condition, each demand and each number; no sentence."""
    assert {one.change for one in broken(text)} == changes


def test_what_is_broken_stands_in_the_whole_text():
    """One place is another, and all else is as it was."""
    text = "def f(a):\n    return a == 1\nb = 2"

    told = {(one.where, one.is_in_function): one for one in broken(text)}

    assert {*told} == {("f", True), ("(module)", False)}
    assert "b = 3" in unparse(told["(module)", False].whole(text))
    assert "return a == 1" in unparse(told["(module)", False].whole(text))


def test_what_is_listed_can_be_broken():
    """The list in docs/mutation.md speaks of the verifier as it is."""
    known = {(one.where, one.change) for one in broken(SOURCE)}

    assert [row for row in verifier() if (row.where, row.change) not in known] == []


def test_some_functions_cannot_be_broken_unnoticed():
    """The short form: each place in a few functions."""
    said, status = judged(*SEVERAL)

    assert status == 0, said
    assert ", 0 not listed." in said


@pytest.mark.soak
def test_nothing_in_the_verifier_can_be_broken_unnoticed():
    """Each place in it, with the tests of its pieces, and then with those of whole records."""
    said, status = judged()

    assert status == 0, said

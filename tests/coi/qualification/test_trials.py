"""What could not be tried is never taken as passed."""

import pytest

from coi.errors import DataRefused
from coi.qualification.trials import NotAsExpected, Trial, outcomes

TRIAL = Trial("a trial", ("TL-12",), "that it holds")


def raising(error):
    """A trial that ends with this error."""

    def make():
        raise error

    return make


def test_what_was_seen_is_told():
    """A trial that returns has passed."""
    (made,) = outcomes([(TRIAL, lambda: "it holds")])

    assert (made.trial, made.passed, made.seen) == (TRIAL, True, "it holds")


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (NotAsExpected("it was accepted"), "it was accepted"),
        (DataRefused([]), "Broke off, DATA_REFUSED: "),
        (KeyError("Anna O'Brien"), "Broke off: KeyError"),
    ],
)
def test_what_ends_otherwise_has_failed(error, seen):
    """Whatever was raised; the text of what nobody foresaw may quote a name, and is not told."""
    (made,) = outcomes([(TRIAL, raising(error))])

    assert not made.passed
    assert made.seen.startswith(seen)
    assert "Brien" not in made.seen


def test_one_that_breaks_off_ends_no_other():
    """Each is made."""
    made = outcomes([(TRIAL, raising(ValueError())), (TRIAL, lambda: "it holds")])

    assert [one.passed for one in made] == [False, True]

"""`coi review` signs for the audit trail of a therapy, up to the entry that was read."""

import re

import pytest


@pytest.fixture
def last(collected):
    """The last entry, as `coi therapy` shows it."""
    return re.search(r"the last entry: (\S+)", collected.run("therapy", collected.coi).stdout)[1]


def test_it_is_signed_up_to_the_entry_that_was_read(collected, last):
    """By quality assurance that took no part (A11d-12.6); the answer says how far."""
    words = ("review", collected.coi, "--read", last, "--as")

    signed = collected.run(*words, "queenie", passwords=1)

    assert signed.exit_code == 0, signed.output
    assert f"up to entry {last.partition(':')[0]}." in signed.stdout


@pytest.mark.parametrize(
    ("read", "by", "code"),
    [
        ("{last}", "nina", "ROLE_LACKING"),
        ("1:" + "0" * 64, "queenie", "TRAIL_MOVED_ON"),
        ("1", "queenie", "not written as ENTRY:HASH"),
    ],
)
def test_what_does_not_count_is_refused(collected, last, read, by, code):
    """Whoever reviews no trails, another entry, and what is no entry at all."""
    words = ("review", collected.coi, "--read", read.format(last=last), "--as", by)

    answer = collected.run(*words, passwords=1)

    assert (answer.exit_code, code in answer.stderr) == (1, True), answer.stderr

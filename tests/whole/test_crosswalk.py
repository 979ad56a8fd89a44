"""docs/crosswalk.md says of each word of ALCOA+ and HIPAA which test shows it (DI-15, SEC-32)."""

import pytest

from tests.whole.crosswalk import DOCUMENT, crosswalk, with_tables
from tests.whole.requirements import known_tests, requirements

ASKED = {one.number: one for one in requirements()}
WORDS = [(word, numbers) for words in crosswalk().values() for word, numbers in words.items()]


def test_the_document_is_what_is_written():
    """`python -m tests.whole.crosswalk` would change nothing."""
    text = DOCUMENT.read_text("utf-8")

    assert with_tables(text) == text


def test_no_word_is_left_out():
    """Nine of ALCOA+; the eight technical safeguards of 45 CFR 164.312."""
    assert [len(words) for words in crosswalk().values()] == [9, 8]


@pytest.mark.parametrize(("word", "numbers"), WORDS, ids=[word for word, _ in WORDS])
def test_each_word_is_shown_by_a_test(word, numbers):
    """By one that exists, of something that is asked; one of them at least is proven in part."""
    told = [ASKED[number] for number in numbers]
    tests = [test for one in told for test in one.tests]

    assert tests, word
    assert [test for test in tests if test not in known_tests()] == []

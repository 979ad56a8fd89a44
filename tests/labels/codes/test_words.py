"""What a code of another system names is told in words, and a patient is not named by them."""

import pytest

from labels.codes.words import named_by
from tests.labels.codes.builders import read


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("=A99992612345600", "ISBT 128: donation number A9999 26 123456 T"),
        (
            "&/CHA999926A00123",
            "ISBT 128: chain of identity identifier CHA9999 26 A00123 5",
        ),
        (
            "]C4=A99992612345600=<S25981A0",
            "ISBT 128: donation number A9999 26 123456 T, product code",
        ),
        ("&#0108MRN12345", "ISBT 128: patient number"),
        ("]d20109521234543213", "GS1: a product"),
        ("]d2010952123454321321SN0001", "GS1: one item of a product"),
        ("]d28018123456789012345675", "GS1: a patient"),
        ("]d2400ORDER1", "GS1: details"),
    ],
)
def test_a_code_is_told_in_words(raw, words):
    """Numbers of donations and chains are told, all else only by its kind."""
    assert named_by(read(raw)) == words

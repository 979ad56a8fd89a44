"""Text is composed as Unicode says, and no text takes long."""

from time import process_time
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from workflows import composed
from workflows.composed import nfc

MARKS = st.sampled_from("aé\u0301\u0323\u0344\u0f71\u0f72\u0f73\u3099가\u1161\u11a8 x")


@given(st.text(st.one_of(MARKS, st.characters(codec="utf-8")), max_size=60))
def test_it_is_what_unicode_says(text):
    """The way of long texts leads to the same as that of short ones."""
    assert normalize("NFC", "".join(composed._in_order(text))) == nfc(text)  # noqa: SLF001
    assert nfc(text) == normalize("NFC", text)


def test_a_hundred_thousand_marks_stop_nobody():
    """Nor do half of them below behind half of them above."""
    began = process_time()

    nfc("a" + "\u0301" * 50_000 + "\u0323" * 50_000)

    assert process_time() - began < 2

"""docs/alarms.md says of each alarm what the product does."""

from tests.whole.alarm_kinds import DOCUMENT, table, written
from workflows.alarms import KINDS, Rings


def test_the_document_lists_every_kind():
    """With its times, its next step and what ends it; written by `tests.whole.alarm_kinds`."""
    text = DOCUMENT.read_text("utf-8")

    assert written(text) == text
    assert set(KINDS) == set(Rings)
    assert len([*table()]) == len(Rings) + 2

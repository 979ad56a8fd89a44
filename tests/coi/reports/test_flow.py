"""What stands together on a page, and where the next one begins."""

import pytest

from coi.reports.flow import Column, Row, Section, Table, Text, Words, set_pages

WIDE, TALL = 400.0, 600.0
WHAT = tuple(Text(f"line {number}") for number in range(8))
TITLED = Table((Column("When", 60), Column("What", 80)), (Row(((Text("now"),), WHAT)),))


def words_of(page) -> list[str]:
    """Everything that is written on a page, from its top."""
    return [mark.line for mark in page if isinstance(mark, Words)]


@pytest.mark.parametrize("lines", range(1, 60))
def test_a_heading_is_never_left_alone_at_the_foot_of_a_page(lines):
    """Its page also has the titles of the table below it and the first row."""
    above = [Text("above")] * lines

    pages = set_pages([*above, Section("Timeline"), TITLED], WIDE, TALL)

    (page,) = (words_of(page) for page in pages if "Timeline" in words_of(page))
    assert page[page.index("Timeline") + 1 :][:3] == ["When", "What", "now"]

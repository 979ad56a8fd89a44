"""A freezer is counted with a scanner, one label right after the other."""

import re
from itertools import count
from random import Random

import pytest
from playwright.sync_api import expect

from coi.services.stock_takes import WHOLE_UNIT, begin_stock_take
from coi.services.therapies import look
from labels.identifiers import issue_serial

MANY = 100
KEYS = count()
IS_COUNTED = re.compile(r"last=")
ANSWER, SO_FAR = ".counted", "#so-far"


@pytest.fixture(scope="session")
def house(sqlite_house):
    """Who counts does it alike over either database."""
    return sqlite_house


@pytest.fixture
def leo(house, someone):
    """A technologist at a stock-take that has just begun."""
    leo = someone(house, "leo")
    proven, key = house.performer.proven["leo"], f"browser-{next(KEYS)}"
    take = begin_stock_take(house.installation, proven, "north-lab", WHOLE_UNIT, key=key)
    leo.open(f"/stock-takes/{take}")
    return leo


@pytest.fixture
def label(house):
    """The label of a bag that the laboratory has in hand."""
    coi = house.cois["mixed up"]
    return f"{look(house.installation, coi).labels[f'{coi}/7.1'][-1]}/{coi}"


def scan(person, code):
    """Read a label, and wait for what it is found to be."""
    with person.page.expect_response(IS_COUNTED) as answer:
        person.read_code(code)
    answer.value.finished()


def test_what_is_scanned_twice_counts_once_and_is_told(leo, label):
    """The field has the focus again each time; nobody touches a key."""
    scan(leo, label)
    first = leo.page.locator(ANSWER).inner_text()
    scan(leo, label)

    expect(leo.page.locator(ANSWER)).to_contain_text("It was scanned before, and counts once.")
    expect(leo.page.locator(SO_FAR)).to_have_text("1 scanned so far")
    assert first.startswith("RIGHT.")
    assert "scanned before" not in first
    expect(leo.page.locator("#code")).to_be_focused()


@pytest.mark.parametrize(
    "code", ["01095212345432131727112210LOT42", "https://id.gs1.org/01/09521234543213", "<b>x</b>"]
)
def test_a_code_of_others_is_not_known_and_stands_nowhere(leo, code):
    """It may be anything, a name too: the page tells that it was none of ours, and not what."""
    scan(leo, code)

    expect(leo.page.locator(ANSWER)).to_contain_text("NOT KNOWN")
    expect(leo.page.locator(ANSWER)).to_contain_text("cannot be read as a code of ours")
    assert code not in leo.page.locator("main").inner_text()


def test_a_hundred_labels_are_scanned_one_after_the_other(leo, label):
    """Each is answered before the next, none is counted twice, and none is lost."""
    drawn = Random(7).randbytes
    known = {issue_serial("B", "TEST", drawn).text for _ in range(MANY)}

    for serial in sorted(known):
        scan(leo, serial)
        expect(leo.page.locator(ANSWER)).to_contain_text(serial)
    scan(leo, label)

    expect(leo.page.locator(ANSWER)).to_contain_text("RIGHT.")
    expect(leo.page.locator(SO_FAR)).to_have_text(f"{len(known) + 1} scanned so far")


def test_who_scans_faster_than_pages_come_loses_no_label(leo, label):
    """What is scanned while a page is on its way waits, however much it is, and is scanned."""
    drawn = Random(8).randbytes
    known = sorted(issue_serial("B", "TEST", drawn).text for _ in range(9))

    for serial in [*known, label]:
        leo.read_code(serial)

    expect(leo.page.locator(SO_FAR)).to_have_text(f"{len(known) + 1} scanned so far")
    expect(leo.page.locator(ANSWER)).to_contain_text("RIGHT.")
    leo.open(leo.page.url.partition("?")[0] + "/result")
    assert "typed" not in leo.page.inner_text("main")

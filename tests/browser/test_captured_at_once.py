"""A device without a line loses nothing of what happens at one moment (F-12)."""

from secrets import token_bytes

import pytest

from labels.identifiers import issue_serial
from tests.browser.line import captures_without_a_line, with_a_line

_SCANNED_MEANWHILE = """async ([first, second]) => {
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  let isAt, goOn;
  const at = new Promise((now) => { isAt = now; }), goesOn = new Promise((now) => { goOn = now; });
  crypto.subtle.digest = async (...told) => { isAt(); await goesOn; return digest(...told); };
  await Queue.hold(first, "scanned");
  const done = Queue.complete("moved");
  await at;
  const held = Queue.hold(second, "scanned");
  await Promise.race([held, new Promise((late) => setTimeout(late, 300))]);
  goOn();
  await done;
  const codes = (all) => all.map((one) => one.raw);
  const became = await held;
  const [captured] = await Queue.waiting();
  return [became, codes(captured.codes), codes(await Queue.inHand())];
}"""
"""While the first code becomes a capture, the second is read."""

_TOLD_LATE = """async (code) => {
  const before = await Queue.chain();
  await Queue.hold(code, "scanned");
  await Queue.complete("moved");
  const [one] = await Queue.waiting(), { device } = before;
  await Queue.handedIn(device, { seq: one.seq, hash: one.hash, kept: [one.hash] });
  await Queue.handedIn(device, { seq: before.seq, hash: before.hash, kept: [] });
  return [(await Queue.chain()).hash, one.hash];
}"""
"""The answer to another tab, from before a capture, comes after the one to it."""


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a browser keeps does not depend on the database."""
    return sqlite_house


@pytest.fixture
def page(at_device):
    """The page without a line, of a device that captures what is scanned."""
    leo = at_device("leo", "north-lab")
    captures_without_a_line(leo)
    yield leo.page
    with_a_line(leo)


def a_code():
    """The serial of a bag."""
    return issue_serial("B", "TEST", token_bytes).text


def test_a_code_that_is_read_while_a_handoff_is_captured_stays_in_hand(page):
    """It was said to be kept: it is of the next handoff."""
    first, second = a_code(), a_code()

    told = page.evaluate(_SCANNED_MEANWHILE, [first, second])

    assert told == ["kept", [first], [second]]


def test_an_answer_that_comes_late_sets_nothing_back(page):
    """Two tabs of one device hand in at once: the next capture goes on from the last (F-13)."""
    now, last = page.evaluate(_TOLD_LATE, a_code())

    assert now == last

"""A label at a raw connection: of it is never said more than what is known (LB-03, LB-04)."""

import ssl
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coi.interop.addresses import Allowed
from coi.interop.printers import raw, zebra
from coi.interop.printers.outcome import Became, Condition, Trouble
from coi.interop.printers.reach import Reach, read_address
from tests.printer9100 import State, a_printer, one_that_is_off

LABEL = b"^XA^FO20,20^FDTEST-B-0001^FS^XZ"
PATIENT = Reach(
    Allowed.of(["127.0.0.1"]),
    ssl.create_default_context(),
    connect_seconds=20,
    answer_seconds=20,
    between_seconds=0.01,
)
"""A printer that answers is waited for, however busy the machine is."""

HASTY = replace(PATIENT, answer_seconds=0.5, print_seconds=1.0)
"""Whoever says nothing is not waited for."""

NOT_FOR_LONG = replace(PATIENT, print_seconds=20.5)
"""Each answer is waited for, and half a second for the one that it is done."""


def sent_to(printer, content=LABEL, reach=PATIENT):
    """What becomes of a label that is sent to this printer, in two words."""
    return sent_at(printer.address, content, reach)


def sent_at(address, content=LABEL, reach=PATIENT):
    """The same, by its address."""
    outcome = raw.send(read_address(address), content, reach)
    return outcome.became, outcome.why


def test_a_label_is_printed_where_the_printer_says_so():
    """It comes out once, byte for byte, after the printer said twice that nothing is left."""
    with a_printer(busy_answers=3) as printer:
        became = sent_to(printer)

    assert became == (Became.PRINTED, None)
    assert printer.printed == [LABEL]


@pytest.mark.parametrize(
    ("lamps", "why"),
    [
        ({"paper_out": 1}, Trouble.PAPER_OUT),
        ({"head_open": 1}, Trouble.HEAD_OPEN),
        ({"paused": 1}, Trouble.PAUSED),
        ({"buffer_full": 1}, Trouble.BUFFER_FULL),
        ({"ribbon_out": 1}, Trouble.RIBBON_OUT),
        ({"hot": 1}, Trouble.TEMPERATURE),
        ({"corrupt": 1}, Trouble.FAULTY),
        ({"formats": 1}, Trouble.BUSY),
        ({"remaining": 2}, Trouble.BUSY),
        ({"partial": 1}, Trouble.BUSY),
        ({"waiting": 1}, Trouble.BUSY),
    ],
)
def test_a_printer_that_is_not_ready_is_sent_nothing(lamps, why):
    """What is in the way is named, and it is safe to try again."""
    with a_printer(before=State(**lamps)) as printer:
        became = sent_to(printer)
        asked = raw.ask(read_address(printer.address), PATIENT)

    assert became == (Became.HELD, why)
    assert asked == Condition((why,))
    assert printer.received == b""


@pytest.mark.parametrize(
    ("manners", "why"),
    [
        ({"closes_first": True}, Trouble.BROKEN_OFF),
        ({"silent_first": True}, Trouble.NO_ANSWER),
        ({"drips": 0.02}, Trouble.NO_ANSWER),
        ({"garbage_first": b"HTTP/1.1 400 Bad Request\r\n\r\n\n"}, Trouble.UNREADABLE),
        ({"garbage_first": b"x" * 900}, Trouble.UNREADABLE),
    ],
)
def test_whoever_does_not_say_that_it_is_ready_is_sent_nothing(manners, why):
    """No answer, a slow one and nonsense hold the label."""
    reach = HASTY if why is Trouble.NO_ANSWER else PATIENT
    with a_printer(**manners) as printer:
        became = sent_to(printer, reach=reach)

    assert became == (Became.HELD, why)
    assert printer.received == b""


@pytest.mark.parametrize(
    ("manners", "why"),
    [
        ({"after": State(paper_out=1, remaining=1)}, Trouble.PAPER_OUT),
        ({"after": State(head_open=1)}, Trouble.HEAD_OPEN),
        ({"after": State(partial=1)}, Trouble.HALF),
        ({"after": State(formats=1)}, Trouble.NOT_DONE),
        ({"closes_after": True}, Trouble.BROKEN_OFF),
        ({"reads_at_most": 12}, Trouble.BROKEN_OFF),
        ({"garbage_after": b"\x02030,0,0\x03\r\n\n\n"}, Trouble.UNREADABLE),
    ],
)
def test_a_label_of_which_nobody_says_that_it_came_out_is_unconfirmed(manners, why):
    """There may be none, one or two; that it was sent is never taken for printed (LB-04)."""
    with a_printer(**manners) as printer:
        became = sent_to(printer, reach=NOT_FOR_LONG)

    assert became == (Became.UNCONFIRMED, why)


def test_a_label_after_which_the_printer_is_silent_is_unconfirmed():
    """It was given time to answer before, and says nothing of what it was given (LB-04)."""
    with a_printer(silent_after=True) as printer:
        became = sent_to(printer, reach=replace(HASTY, answer_seconds=2, print_seconds=60))

    assert became == (Became.UNCONFIRMED, Trouble.NO_ANSWER)


@pytest.mark.parametrize("after", [State(paper_out=1, remaining=1), State(formats=1)])
def test_what_is_stuck_in_the_printer_is_cancelled(after):
    """It does not come out later, when somebody puts labels in."""
    with a_printer(after=after) as printer:
        sent_to(printer, reach=NOT_FOR_LONG)
        until = time.monotonic() + 20
        while not printer.cancelled and time.monotonic() < until:
            time.sleep(0.01)

    assert printer.cancelled == 1


def test_a_printer_that_prints_twice_is_sent_it_once():
    """That two came out no printer tells: the second one's scan does (LB-04)."""
    with a_printer(pieces=2) as printer:
        became = sent_to(printer)

    assert became == (Became.PRINTED, None)
    assert printer.received == LABEL


def test_a_printer_that_is_switched_off_is_sent_nothing():
    """Nobody listens there: the label is held."""
    with one_that_is_off() as address:
        assert sent_at(address) == (Became.HELD, Trouble.NO_CONNECTION)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.4", Trouble.FORMAT),
        (b"^XA^FDhalf", Trouble.FORMAT),
        (b"", Trouble.FORMAT),
        (b"^XA" + b"0" * 4 * 1024 * 1024 + b"^XZ", Trouble.TOO_LONG),
    ],
)
def test_what_is_no_whole_label_is_refused(content, why):
    """The printer never hears of it."""
    with a_printer() as printer:
        became = sent_to(printer, content)

    assert became == (Became.REFUSED, why)
    assert printer.received == b""


def test_a_printer_where_none_is_allowed_is_not_spoken_to():
    """The operator names the networks; loopback is none of them by itself (SEC-19)."""
    with a_printer() as printer:
        became = sent_to(printer, reach=replace(PATIENT, allowed=Allowed()))

    assert became == (Became.HELD, Trouble.ADDRESS)


def test_an_answer_is_read_to_its_last_character():
    """As the guide writes it, each flag where it stands."""
    told = zebra.read_status(State(paper_out=1, formats=12, ribbon_out=1, remaining=7).told())

    assert told is not None
    assert told.faults == (Trouble.PAPER_OUT, Trouble.RIBBON_OUT)
    assert (told.formats_waiting, told.labels_remaining, told.is_idle) == (12, 7, False)


@given(st.integers(0, len(State().told()) - 1))
def test_an_answer_that_lacks_one_character_is_none(at):
    """Wherever it was lost."""
    whole = State().told()

    assert zebra.read_status(whole[:at] + whole[at + 1 :]) is None


@given(st.binary(max_size=300))
def test_no_answer_is_an_error(answer):
    """Whatever comes, it is read or it is none."""
    assert zebra.read_status(answer) is None or answer.count(b"\x02") == 3

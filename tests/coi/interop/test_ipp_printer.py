"""A label at a printer of IPP: a real one, and one that answers what no printer should (LB-03)."""

import ssl
from dataclasses import replace
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coi.interop.addresses import Allowed, NotReached
from coi.interop.printers import ipp
from coi.interop.printers.ipp_wire import NotIpp, read
from coi.interop.printers.outcome import Became, Trouble
from coi.interop.printers.reach import Reach, read_address
from tests.ippeveprinter import PDF, ZPL, an_ipp_printer
from tests.receiver import answers_never, receiving, says

LABEL = b"%PDF-1.4\n%label TEST-B-0001\n%%EOF\n"
PATIENT = Reach(Allowed.of(["127.0.0.1"]), ssl.create_default_context(), between_seconds=0.05)
QUICK = replace(PATIENT, connect_seconds=0.3, answer_seconds=0.4, print_seconds=0.6)


@pytest.fixture(scope="module")
def printer():
    """The printer that CUPS brings for tests."""
    with an_ipp_printer() as there:
        yield there


def test_labels_arrive_byte_for_byte(printer):
    """A PDF and a label in ZPL; the printer says of both that they are printed."""
    target = read_address(printer.address)
    zpl = b"^XA^FDTEST^FS^XZ"

    became = [
        ipp.send(target, LABEL, PDF, "job-1", PATIENT).became,
        ipp.send(target, zpl, ZPL, "job-2", PATIENT).became,
    ]

    assert became == [Became.PRINTED, Became.PRINTED]
    assert printer.printed()[:2] == [LABEL, zpl]


def test_a_label_arrives_encrypted_at_a_printer_that_is_trusted(printer):
    """One whose certificate nobody vouches for is sent nothing."""
    target, named = read_address(printer.encrypted_address), Allowed.of(["127.0.0.1", "localhost"])
    nobodys = replace(PATIENT, allowed=named)
    before = len(printer.printed())

    refused = ipp.send(target, LABEL, PDF, "job-6", nobodys)
    trusting = ssl.create_default_context(cafile=printer.certificate)
    sent = ipp.send(target, LABEL, PDF, "job-7", replace(nobodys, tls=trusting))

    assert (refused.became, refused.why) == (Became.HELD, Trouble.CERTIFICATE)
    assert sent.became is Became.PRINTED
    assert printer.printed()[before:] == [LABEL]


def test_a_format_that_the_printer_does_not_take_is_refused(printer):
    """It is not sent at all."""
    before = len(printer.printed())
    outcome = ipp.send(read_address(printer.address), b"x", "image/tiff", "job-3", PATIENT)

    assert (outcome.became, outcome.why) == (Became.REFUSED, Trouble.FORMAT)
    assert len(printer.printed()) == before


def test_two_at_once_are_one_printed_and_one_held(printer):
    """The printer takes one job at a time; the other one was not sent, and can be tried again."""
    target, outcomes = read_address(printer.address), []

    def send(name):
        outcomes.append(ipp.send(target, LABEL, PDF, name, PATIENT))

    both = [Thread(target=send, args=(f"job-{n}",)) for n in (4, 5)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    became = {one.became for one in outcomes}
    assert Became.PRINTED in became
    assert became <= {Became.PRINTED, Became.HELD}


def test_a_printer_that_is_gone_is_sent_nothing():
    """Nobody listens there: the label is held."""
    outcome = ipp.send(read_address("ipp://127.0.0.1:8699/ipp/print"), LABEL, PDF, "x", QUICK)

    assert (outcome.became, outcome.why) == (Became.HELD, Trouble.NO_CONNECTION)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (answers_never, Trouble.NO_ANSWER),
        (says(200, body=b"Welcome to the printer of the ward"), Trouble.UNREADABLE),
        (says(404), Trouble.UNREADABLE),
        (says(200, body=b"\2\0\0\0\0\0\0\1\3"), Trouble.UNREADABLE),
        (says(200, body=b"x" * 100_000), Trouble.UNREADABLE),
    ],
)
def test_what_is_no_printer_is_sent_nothing(reply, why):
    """It is asked first, and only whoever answers as a printer does is given a label."""
    with receiving(reply) as receiver:
        target = replace(read_address("ipp://127.0.0.1:8600/"), port=receiver.port)
        outcome = ipp.send(target, LABEL, PDF, "x", QUICK)

    assert (outcome.became, outcome.why) == (Became.HELD, why)
    assert not any(LABEL in got.body for got in receiver.got)


def answers(*told):
    """A printer that says that it is ready, and to what comes then this, one after the other."""
    ready = (
        _number("printer-state", 3)
        + b"\x22\0\x19printer-is-accepting-jobs\0\1\1"
        + b"\x49\0\x19document-format-supported\0\x0fapplication/pdf"
    )
    left = iter([(0, ready), *told])

    def reply(handler):
        number = handler.server.receiver.got[-1].body[4:8]
        status, attributes = next(left, (None, b""))
        if status is None:
            handler.close_connection = True
            return
        body = b"\2\0" + status.to_bytes(2, "big") + number + b"\2" + attributes + b"\3"
        says(200, body=body)(handler)

    return reply


def _number(name, value):
    """A number as IPP writes it."""
    told = name.encode()
    return b"\x23" + len(told).to_bytes(2, "big") + told + b"\0\4" + value.to_bytes(4, "big")


def _word(reason):
    """Why a job stands as it stands, as IPP writes it."""
    return b"\x44\0\x11job-state-reasons" + len(reason).to_bytes(2, "big") + reason.encode()


JOB, DONE = _number("job-id", 7), _number("job-state", 9)


@pytest.mark.parametrize(
    ("told", "became", "why"),
    [
        ([], Became.UNCONFIRMED, Trouble.BROKEN_OFF),
        ([(0x0507, b"")], Became.HELD, Trouble.BUSY),
        ([(0x0506, b"")], Became.HELD, Trouble.BUSY),
        ([(0x040A, b"")], Became.REFUSED, Trouble.FORMAT),
        ([(0x0404, b"")], Became.REFUSED, Trouble.NOT_TAKEN),
        ([(0x0500, b"")], Became.UNCONFIRMED, Trouble.UNREADABLE),
        ([(0, b"")], Became.UNCONFIRMED, Trouble.UNREADABLE),
        ([(0, JOB)], Became.UNCONFIRMED, Trouble.BROKEN_OFF),
        ([(0, JOB), (0x0406, b"")], Became.UNCONFIRMED, Trouble.NOT_DONE),
        ([(0, JOB + _number("job-state", 7))], Became.UNCONFIRMED, Trouble.CANCELLED),
        ([(0, JOB + _number("job-state", 8))], Became.UNCONFIRMED, Trouble.NOT_DONE),
        ([(0, JOB), (0, _number("job-state", 9))], Became.PRINTED, None),
        ([(0, JOB), (0, DONE + _word("job-completed-successfully"))], Became.PRINTED, None),
        (
            [(0, JOB), (0, DONE + _word("job-completed-with-errors"))],
            *(Became.UNCONFIRMED, Trouble.NOT_DONE),
        ),
    ],
)
def test_what_a_printer_says_of_a_label_is_taken_for_no_more_than_it_is(told, became, why):
    """Busy held it, a wrong one was refused, and whatever leaves it open is unconfirmed (LB-04)."""
    with receiving(answers(*told)) as receiver:
        target = replace(read_address("ipp://127.0.0.1:8600/"), port=receiver.port)
        outcome = ipp.send(target, LABEL, PDF, "x", replace(PATIENT, between_seconds=0.01))

    assert (outcome.became, outcome.why) == (became, why)
    assert sum(LABEL in got.body for got in receiver.got) == 1


def test_a_label_that_is_not_done_in_time_is_cancelled():
    """The printer is told to forget the job, so that it does not come out later."""
    with receiving(answers((0, JOB), *[(0, _number("job-state", 6))] * 500)) as receiver:
        target = replace(read_address("ipp://127.0.0.1:8600/"), port=receiver.port)
        outcome = ipp.send(target, LABEL, PDF, "x", replace(QUICK, between_seconds=0.01))

    assert (outcome.became, outcome.why) == (Became.UNCONFIRMED, Trouble.NOT_DONE)
    assert receiver.got[-1].body[2:4] == b"\0\x08"


@pytest.mark.parametrize(
    "address",
    [
        *("http://10.1.2.3/", "socket://10.1.2.3:5432", "ipp://10.1.2.3:22/", "ipp://a@b/"),
        *("socket://10.1.2.3:9100/path", "socket://0x7f.1:9100", "ipp://10.1.2.3/?a=b", "ipp://"),
        *("socket://10.1.2.3:99999", "ipp://pr inter/", "ipp://drücker/"),
    ],
)
def test_what_is_no_address_of_a_printer_is_refused(address):
    """Another port than those of printers is somebody else's (SEC-19)."""
    with pytest.raises(NotReached):
        read_address(address)


@given(
    st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"\2\0\0\0\0\0\0\1" + tail)
)
def test_bytes_are_an_answer_or_are_none(answer):
    """Nothing that a printer says is an error of ours."""
    try:
        told = read(answer)
    except NotIpp:
        return
    assert told.number == int.from_bytes(answer[4:8], "big")

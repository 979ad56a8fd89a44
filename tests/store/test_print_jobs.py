"""What no print job can be, on either database; each is refused by the name of the constraint."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from benchmarks.clinic import an_installation
from coi.clock import SteppedClock
from coi.services import installing
from coi.store import print_jobs
from coi.store.engine import read, write
from coi.store.facts import ORGANISATION
from coi.store.print_jobs import JobRow

NOW, LATER = "2026-11-22T09:00:00.000000Z", "2026-11-22T09:03:00.000000Z"


@pytest.fixture
def waiting(engine):
    """A label that waits for a printer with nothing on its line."""
    ours = an_installation(engine, SteppedClock(datetime.now(UTC), timedelta(seconds=1)))
    installing.begin(ours, {}, "root", "Root")
    row = JobRow(
        id="one",
        chain=ORGANISATION,
        seq=0,
        printer="p",
        therapy="a therapy",
        labels=" B-1 ",
        media_type="application/pdf",
        sha256="abc",
        sealed="5ea1ed",
        state="queued",
        why="-",
        claim="-",
        made_at=NOW,
        due_at=NOW,
        ended_at="-",
    )
    with write(engine) as connection:
        print_jobs.open_line(connection, "p", NOW)
        print_jobs.keep(connection, row)
    return row


FORGERIES = (
    ({"id": "one"}, "pk_print_job"),
    ({"sha256": "abc"}, "uq_print_job_label"),
    ({"state": "lost"}, "ck_print_job_"),
    ({"sealed": "-"}, "ck_print_job_sealed"),
    ({"state": "sending", "claim": "somebody"}, "ck_print_job_sealed"),
    ({"state": "sending", "sealed": "-"}, "ck_print_job_claim"),
    ({"claim": "somebody"}, "ck_print_job_claim"),
    ({"state": "printed", "sealed": "-"}, "ck_print_job_ended"),
    ({"ended_at": LATER}, "ck_print_job_ended"),
    ({"state": "held"}, "ck_print_job_why"),
    ({"state": "unconfirmed", "sealed": "-", "ended_at": LATER}, "ck_print_job_why"),
    ({"made_at": "yesterday"}, "ck_print_job_made_at"),
    ({"due_at": "-"}, "ck_print_job_due_at"),
    (
        {"state": "printed", "sealed": "-", "ended_at": "soon"},
        "ck_print_job_ended_at",
    ),
    ({"seq": 4711}, "fk_print_job_entry"),
)
"""How a row differs from one that is right, and which constraint refuses it."""

UNTOLD = ("pk_print_job", "uq_print_job_label", "fk_print_job_entry")
"""What SQLite refuses without a name: it says which columns, or nothing."""


def test_what_no_print_job_can_be_is_refused_by_name(engine, waiting):
    """Sent, and still there to be sent again; held without saying why; printed by no entry."""
    told = []
    for changes, _name in FORGERIES:
        other = replace(waiting, **{"id": "two", "sha256": "def", **changes})
        with pytest.raises(DBAPIError) as caught, write(engine) as connection:
            print_jobs.keep(connection, other)
        told.append(str(caught.value.orig))

    unnamed = UNTOLD if engine.dialect.name == "sqlite" else ()
    missed = [
        (name, said)
        for (_changes, name), said in zip(FORGERIES, told, strict=True)
        if name not in said and name not in unnamed
    ]
    assert missed == []


def test_a_printer_has_one_line(engine, waiting):
    """Whoever wants to send takes it, and there is no second one."""
    with pytest.raises(DBAPIError), write(engine) as connection:
        print_jobs.open_line(connection, waiting.printer, NOW)


def test_a_line_is_since_some_moment(engine, waiting):
    """A word is none."""
    with pytest.raises(DBAPIError, match="ck_print_line_since"), write(engine) as connection:
        print_jobs.open_line(connection, f"{waiting.printer}2", "now")


def test_a_printer_is_sent_one_label_at_a_time(engine, waiting):
    """While one is being sent, nothing else is found that could be, and nothing can be taken."""
    other = replace(waiting, id="two", sha256="def")
    with write(engine) as connection:
        print_jobs.keep(connection, other)
        taken = print_jobs.take(connection, waiting, "-", "me", LATER)
        second = print_jobs.take(connection, other, waiting.therapy, "you", LATER)
        ready = print_jobs.ready(connection, LATER)

    assert (taken, second, ready) == (True, False, [])


def test_what_lies_at_the_printer_is_what_was_seen_there(engine, waiting):
    """Where the labels of another therapy came first, nothing is taken (LB-07)."""
    with write(engine) as connection:
        taken = print_jobs.take(connection, waiting, "another therapy", "me", LATER)
        line = print_jobs.line(connection, "p")

    assert not taken
    assert line.therapy == "-"


def test_labels_come_out_in_their_order(engine, waiting):
    """The oldest is the next one, and while it is not due the others wait behind it."""
    second = replace(waiting, id="two", sha256="def", made_at=LATER, due_at=NOW)
    with write(engine) as connection:
        print_jobs.keep(connection, second)
        first = print_jobs.ready(connection, NOW)
        print_jobs.hold(connection, waiting, "paused", LATER)
        held = print_jobs.ready(connection, NOW)
        print_jobs.hold(connection, waiting, "paused", print_jobs.NEVER)
        left = print_jobs.ready(connection, NOW)

    assert [[row.id for row in rows] for rows in (first, held, left)] == [["one"], [], ["two"]]
    assert first == [waiting]


def test_nothing_that_waits_in_a_record_that_was_put_back_is_sent(engine, waiting):
    """It may have come out since: its bytes are gone, and it is to be told as left (LB-04)."""
    with write(engine) as connection:
        other = replace(waiting, id="two", sha256="def")
        print_jobs.keep(connection, other)
        print_jobs.take(connection, waiting, "-", "me", LATER)
        print_jobs.give_up_every_one(connection, LATER)
        rows = [print_jobs.job(connection, name) for name in ("one", "two")]
        line = print_jobs.line(connection, "p")
        left = [row.id for row in print_jobs.left_behind(connection, LATER)]

    assert [(row.state, row.sealed) for row in rows] == [("sending", "-")] * 2
    assert sorted(left) == ["one", "two"]
    assert line.job == "-"


def test_a_label_that_was_moved_meanwhile_is_not_taken(engine, waiting):
    """And the printer is free for the next one."""
    with write(engine) as connection:
        stays = {"state": "queued", "sealed": waiting.sealed, "why": "-"}
        times = {"due_at": NOW, "ended_at": "-"}
        print_jobs.change(connection, "one", {"printer": "q", **stays, **times})
        taken = print_jobs.take(connection, waiting, "-", "me", LATER)
        line = print_jobs.line(connection, "p")

    assert not taken
    assert line.job == "-"


def test_only_who_took_a_label_tells_its_end(engine, waiting):
    """Whoever comes late finds what others wrote down, and the printer is free after the first."""
    ended = {"state": "printed", "sealed": "-", "due_at": NOW, "why": "-", "ended_at": LATER}
    with write(engine) as connection:
        print_jobs.take(connection, waiting, "-", "me", LATER)
        told = [print_jobs.settle(connection, "one", by, ended) for by in ("you", "me", "me")]
    with read(engine) as connection:
        line = print_jobs.line(connection, "p")

    assert told == [False, True, False]
    assert (line.job, line.therapy) == ("-", waiting.therapy)

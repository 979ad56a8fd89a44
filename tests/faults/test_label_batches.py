"""A server that is killed amidst a batch of labels: the next one goes on, each comes out once.

What was on its way to the printer at such a moment is asked of a person, and never sent again:
`test_printing` kills whoever sends it. Here the first server prints nothing, so that all are left.
Each run asks it of SQLite; `make soak` of PostgreSQL too.
"""

import os
import signal
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coi.clock import SystemClock
from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, filled, play
from coi.services.drawing import PDF
from coi.services.label_batches import AskedBatch, batch_view, begin_batch
from coi.services.label_printing import ready_labels
from coi.services.printers import About
from coi.services.registering_printers import register_printer
from coi.settings import Settings
from coi.store.print_jobs import PRINTED
from tests.ippeveprinter import an_ipp_printer
from tests.journeys.worlds import Databases, build_world, verdict_of, whole_copy_of
from tests.serving import environ_of, serving

BAGS, BATCH = 6, "batch-of-the-killed"
_PATIENCE = 120  # seconds: whoever was killed counts as alive for half a minute


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.soak)])
def performer(request, migrated_file, tmp_path):
    """Everybody, in a world of this test's own that began some hours ago."""
    server = None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
    databases = Databases(migrated_file, server)
    begins = datetime.now(UTC) - timedelta(hours=6)
    (tmp_path / "world").mkdir()
    (tmp_path / "copy").mkdir()
    built = build_world(databases, tmp_path / "world", begins)
    with whole_copy_of(databases, built, tmp_path / "copy") as acting:
        yield acting


def a_batch(performer, address):
    """Begun by Mia, and left before its first label: its serials."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(BAGS)[0]))
    allow = Settings.from_environment({"COI_PRINTER_ALLOW": "127.0.0.1"}).printer_allow
    ours = replace(performer.installation, clock=SystemClock())
    ours = replace(ours, settings=replace(ours.settings, printer_allow=allow))
    performer.installation = ours
    serials = tuple(one.serial for _step, one in ours.read(lambda tx: ready_labels(tx, ours, coi)))
    queenie = performer.proven["queenie"]
    about = About("Desk", address, PDF, 300, 100, 100)
    printer = register_printer(ours, queenie, "works-production", about, key="printer")
    begin_batch(ours, performer.proven["mia"], AskedBatch(serials, printer, BATCH))
    return serials


def looked_at(performer):
    """How the batch stands."""
    return batch_view(performer.installation, performer.proven["mia"], BATCH)


def wait_until(performer, holds):
    """Look at the batch until this holds of it."""
    until = time.monotonic() + _PATIENCE
    while not holds(view := looked_at(performer)):
        assert time.monotonic() < until, view
        time.sleep(0.05)
    return view


def is_amidst(view):
    """Some are in the queue, and the next one is drawn."""
    return any(one.is_sent for one in view.labels) and any(one.is_to_be_sent for one in view.labels)


def test_a_server_that_is_killed_amidst_a_batch_is_gone_on_for(performer, tmp_path):
    """Nobody presses anything: what was not sent is sent by the next server, and nothing twice."""
    with an_ipp_printer() as printer:
        serials = a_batch(performer, printer.address)
        environ = environ_of(performer.installation.settings)
        environ["COI_PRINTER_ALLOW"] = "127.0.0.1"
        silent = {**environ, "COI_PRINT_SEND": "off"}
        with serving(silent, tmp_path / "first", "serve") as served:
            wait_until(performer, is_amidst)
            os.killpg(served.process.pid, signal.SIGKILL)
            served.process.wait()
        killed = looked_at(performer)
        with serving(environ, tmp_path / "second", "serve"):
            done = wait_until(performer, lambda view: not view.is_under_way)
        printed = printer.printed()

    assert len(serials) == BAGS
    assert is_amidst(killed)
    assert [one.state for one in done.labels] == [PRINTED] * BAGS
    assert [*Counter(printed).values()] == [1] * BAGS


def test_labels_of_a_server_that_was_away_for_long_wait_for_a_person(performer, tmp_path):
    """After half an hour nobody expects them: they come out when somebody says so."""
    with an_ipp_printer() as printer:
        a_batch(performer, printer.address)
    ours = performer.installation
    with closing(ours.engine.raw_connection()) as database:
        database.cursor().execute(
            "UPDATE batch_run SET due_at = '2020-01-01T00:00:00.000000Z' WHERE kind = 'labels'"
        )
        database.commit()

    with serving(environ_of(ours.settings), tmp_path / "said", "serve"):
        time.sleep(8)
        view = looked_at(performer)

    assert view.can_go_on
    assert (view.waiting, view.printed) == (BAGS, 0)
    assert all(one.is_to_be_sent for one in view.labels)
    assert verdict_of(ours).findings == ()

"""`coi print` sends what waits for printers; `coi doctor` and `/metrics` tell what does not go."""

from datetime import timedelta

import pytest

from coi.services.checkup import Verdict
from coi.services.checkup_record import CHECKS
from coi.services.gauges import GAUGES
from tests.coi.cli.desk import Desk
from tests.coi.printing import a_ward
from tests.printer9100 import State, a_printer


@pytest.fixture
def ward(clinic):
    """Where labels are printed."""
    return a_ward(clinic)


def measured(ward, name):
    """What a gauge measures now."""
    (gauge,) = (one for one in GAUGES if one.name == name)
    return gauge.look(ward.installation)


def test_what_waits_is_sent(ward, quick):
    """Once for each label, and the command says how many it tried."""
    del quick  # it is in force
    with a_printer() as printer:
        ward.queue(ward.register(printer.address))
        said = Desk(ward.clinic).run("print", "--once", COI_PRINTER_ALLOW="127.0.0.1")

    assert said.stdout == "Tried: 1.\n"
    assert len(printer.printed) == 1


def test_a_label_that_waits_for_long_is_told(ward):
    """The check says so, and the measurements since when."""
    with a_printer(before=State(paper_out=1)) as printer:
        job = ward.queue(ward.register(printer.address))
        sound = CHECKS["printing"](ward.installation)[0]
        ward.send()
    ward.installation.clock.advance(timedelta(hours=1))

    verdict, told, _to_do = CHECKS["printing"](ward.installation)

    assert (sound, verdict) == (Verdict.OK, Verdict.LOOK)
    assert told.startswith("1 labels wait")
    assert measured(ward, "coi_print_jobs")["held"] == 1
    assert measured(ward, "coi_print_oldest_waiting_timestamp_seconds")[""] > 0
    assert ward.states(job) == ["held"]

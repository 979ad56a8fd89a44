"""`coi print` sends what waits for printers; `coi doctor` and `/metrics` tell what does not go."""

from datetime import timedelta

import pytest

from coi.services.checkup import Verdict
from coi.services.checkup_record import CHECKS
from coi.services.gauges import GAUGES
from tests.coi.cli.desk import Desk
from tests.coi.clinic import PASSWORD
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


def test_printers_are_listed_asked_and_tried(ward, quick):
    """What waits at each, what one says, and a test print that is no label."""
    del quick  # it is in force
    desk, allowed = Desk(ward.clinic), {"COI_PRINTER_ALLOW": "127.0.0.1"}
    with a_printer(before=State(paper_out=1)) as printer:
        at = ward.register(printer.address)
        ward.queue(at)
        ward.send()
        words = (at, "--as", "nina")

        listed = desk.run("printers", "list", **allowed).stdout
        asked = desk.run("printers", "status", *words, passwords=(PASSWORD,), **allowed).stdout
        tried = desk.run("printers", "test", *words, passwords=(PASSWORD,), **allowed).stdout

    assert listed == f"{at}  Desk, north-ward: {printer.address}, 1 waiting, line clear\n"
    assert asked.splitlines()[-2].endswith("Desk says: the labels are used up.")
    assert "held" in asked.splitlines()[-1]
    assert "It is no label: destroy it." in tried
    assert ward.waiting(at) == 2


def test_a_printer_is_asked_by_those_alone_who_print_there(ward, quick):
    """Nobody learns from it whether there is one."""
    del quick  # it is in force
    at = ward.register("socket://127.0.0.1:9199")
    ward.clinic.hire("mia", ("manufacturing_technician", "works-production"))

    said = Desk(ward.clinic).run("printers", "status", at, "--as", "mia", passwords=(PASSWORD,))

    assert (said.exit_code, "[UNKNOWN]" in said.stderr) == (1, True)

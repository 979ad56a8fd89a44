"""Printers: who says where labels come out, and what may be said of a printer."""

import json
from dataclasses import replace

import pytest

from coi.errors import DataRefused, KeyReused, Refused, Unknown
from coi.services import people
from coi.services.printers import DOWNLOAD, PDF, ZPL, About, every_printer, printers_seen
from coi.services.proofs import CannotSign, NotAllowed, person_of
from coi.services.registering_printers import change_printer, register_printer, retire_printer
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from tests.cast import WHY
from tests.coi.printing import UNIT, a_ward

DESK = About("Desk", "socket://127.0.0.1:9101", ZPL, 203, 100, 50)


@pytest.fixture
def ward(clinic):
    """Where labels are printed."""
    return a_ward(clinic)


def entries(ward, action):
    """What the site's chain tells of an action: its content, and who signed."""
    chain = ward.installation.read(lambda tx: list(entries_of(tx, "site:north")))
    told = [(json.loads(content), json.loads(signed)) for _hash, content, signed in chain]
    return [one for one in told if one[0]["action"] == action]


def why_not(ward, about):
    """Beside which field it is said what is wrong."""
    with pytest.raises(DataRefused) as caught:
        register_printer(ward.installation, ward.quentin, UNIT, about, key="k")
    return [problem.column for problem in caught.value.problems]


def test_a_printer_is_registered_by_a_signature(ward):
    """It stands in the chain of its site, with everything that is said of it, and who signed."""
    printer = register_printer(ward.installation, ward.quentin, UNIT, DESK, key="k")

    ((content, signed),) = entries(ward, "register_printer")
    (found,) = ward.installation.read(every_printer)
    assert (found.id, found.unit.id, found.about) == (printer, UNIT, DESK)
    assert content["attestations"][0]["about"] == printer
    assert [one["meaning"] for one in signed] == ["printer registered"]
    assert verify_record(ward.installation).findings == ()


def test_the_same_request_registers_one(ward):
    """Another one under its key is refused (SEC-04)."""
    first, again = (
        register_printer(ward.installation, ward.quentin, UNIT, DESK, key="k") for _ in "ab"
    )

    assert first == again
    with pytest.raises(KeyReused):
        register_printer(ward.installation, ward.quentin, UNIT, replace(DESK, dpi=300), key="k")


def test_whoever_does_not_answer_for_it_registers_none(ward):
    """A nurse is neither an administrator nor QA."""
    with pytest.raises(NotAllowed):
        register_printer(ward.installation, ward.nina, UNIT, DESK, key="k")


def test_whoever_cannot_sign_registers_none(ward):
    """Training that is not on record signs nothing."""
    vera = ward.clinic.hire("vera")
    people.grant_role(ward.installation, ward.clinic.root, "vera", "qa_reviewer", UNIT)

    with pytest.raises(CannotSign):
        register_printer(ward.installation, vera, UNIT, DESK, key="k")


def test_a_reviewer_keeps_the_printers_of_their_own_site(ward):
    """Those of another one are as unknown to them as those that are nowhere."""
    quirin = ward.clinic.hire("quirin", ("qa_reviewer", "south-ward"))
    here = ward.register("socket://127.0.0.1:9101")

    for unit in (UNIT, "nowhere"):
        with pytest.raises(Unknown):
            register_printer(ward.installation, quirin, unit, DESK, key="k")
    with pytest.raises(Unknown):
        retire_printer(ward.installation, quirin, here, why=WHY)


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"name": " "}, ["name"]),
        ({"address": "http://127.0.0.1/"}, ["address"]),
        ({"address": "socket://127.0.0.1:5432"}, ["address"]),
        ({"address": "socket://10.1.2.3"}, ["address"]),
        ({"address": "socket://169.254.169.254"}, ["address"]),
        ({"address": "socket://nobody.invalid"}, ["address"]),
        ({"media_type": PDF}, ["media_type"]),
        ({"media_type": "text/plain"}, ["media_type", "media_type"]),
        ({"dpi": 72, "width_mm": 1, "height_mm": 900}, ["dpi", "width_mm", "height_mm"]),
    ],
)
def test_what_a_printer_cannot_be_is_said_beside_its_field(ward, changes, columns):
    """Where the operator allows none, there is none (SEC-19)."""
    assert why_not(ward, replace(DESK, **changes)) == columns


def test_a_unit_has_one_printer_of_a_name(ward):
    """Capitals do not make another one; another unit may have it too."""
    ward.register("socket://127.0.0.1:9101")

    assert why_not(ward, replace(DESK, name="desk")) == ["name"]
    assert register_printer(ward.installation, ward.quentin, "north-apheresis", DESK, key="other")


def test_a_printer_that_is_changed_keeps_what_it_was(ward):
    """The new address is in force, the old one stays on record."""
    printer = ward.register("socket://127.0.0.1:9101")

    moved = replace(DESK, address="socket://127.0.0.1:9102")
    change_printer(ward.installation, ward.quentin, printer, moved, key="move", why=WHY)

    (found,) = ward.installation.read(every_printer)
    assert found.about == moved
    assert len(entries(ward, "register_printer") + entries(ward, "change_printer")) == 2


def test_a_printer_that_is_retired_is_none(ward):
    """Nobody changes it any more, and it prints nothing."""
    printer = ward.register("socket://127.0.0.1:9101")

    retire_printer(ward.installation, ward.quentin, printer, why=WHY)

    assert ward.installation.read(every_printer) == ()
    with pytest.raises(Unknown):
        change_printer(ward.installation, ward.quentin, printer, DESK, key="x", why=WHY)
    with pytest.raises(Unknown):
        ward.queue(printer)


def test_a_printer_for_which_labels_wait_is_not_retired(ward):
    """Nor is it given another format: they would wait for ever."""
    printer = ward.register(DOWNLOAD)
    ward.queue(printer)

    with pytest.raises(Refused):
        retire_printer(ward.installation, ward.quentin, printer, why=WHY)
    with pytest.raises(Refused):
        change_printer(
            ward.installation,
            ward.quentin,
            printer,
            replace(DESK, address=DOWNLOAD, media_type=PDF),
            key="x",
            why=WHY,
        )


@pytest.mark.parametrize("about", [{"dpi": 600}, {"width_mm": 51}, {"height_mm": 25}])
def test_a_printer_for_which_labels_wait_is_given_no_other_dots_and_no_other_paper(ward, about):
    """What waits was drawn for what was there, and would come out in another size."""
    printer = ward.register(DOWNLOAD, DESK.name)
    ward.queue(printer)
    other = replace(DESK, address=DOWNLOAD, **about)

    with pytest.raises(Refused) as refused:
        change_printer(ward.installation, ward.quentin, printer, other, key="x", why=WHY)

    assert [one.code for one in refused.value.refusals] == ["PRINTER_IN_USE"]


def test_the_printers_of_another_site_are_not_seen(ward):
    """Nina prints at the north."""
    quirin = ward.clinic.hire("quirin", ("qa_reviewer", "south-ward"))
    register_printer(ward.installation, quirin, "south-ward", DESK, key="south")
    here = ward.register("socket://127.0.0.1:9101", "Here")
    nina = ward.installation.read(lambda tx: person_of(tx, "nina")).person

    seen = ward.installation.read(lambda tx: printers_seen(tx, nina))

    assert [one.id for one in seen] == [here]

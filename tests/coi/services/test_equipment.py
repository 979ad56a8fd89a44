"""Equipment: registered, calibrated anew, out of service; and what a step makes of each."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from coi.errors import DataRefused, KeyReused, Refused, Unknown
from coi.services import equipment
from coi.services.concerned import Criterion, criteria, find
from coi.services.custody_events import event_of
from coi.services.custody_reading import read_custody
from coi.services.equipment_keeping import (
    About,
    Calibration,
    put_in_service,
    register_equipment,
    renew_calibration,
)
from coi.services.people import grant_role
from coi.services.permissions import EVERYWHERE
from coi.services.reasons import ReasonMissing
from coi.services.therapies import look
from coi.services.trail_changes import Known, changes_in
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from tests.cast import WHY
from tests.coi.line import UNIT, root_of
from workflows.facts import Mode

SITE = "site:works"
DAY = timedelta(days=1)


@pytest.fixture
def mia(line):
    """Who makes, and so keeps what is at production."""
    return line.performer.proven["mia"]


@pytest.fixture
def register(line, mia):
    """Register an incubator of production, calibrated for so many days."""

    def registered(number="INC-04", days=200, by=mia, unit=UNIT, key="", **changes):
        until = f"{line.installation.clock.now() + days * DAY:%Y-%m-%d}"
        about = About(number, "incubator", "Mia's, by the door", "SN 7741", until, "CAL-12")
        about = replace(about, **changes)
        return register_equipment(line.installation, by, unit, about, key=key or number)

    return registered


@pytest.fixture
def incubator(register):
    """The serial of a registered incubator."""
    return register()


def activate(line, number, **changes):
    """Activate the first lot in this incubator."""
    wanted, actor, signers = line.wanted(line.first, line.benches[0])
    wanted = replace(wanted, values={**wanted.values, "incubator": number}, **changes)
    return line.take(wanted, actor, signers)


def why_not(line, number, **changes):
    """The codes by which that is refused."""
    with pytest.raises(Refused) as caught:
        activate(line, number, **changes)
    return [reason.code for reason in caught.value.refusals]


def entries(line, action):
    """What the site's chain tells of an action."""
    chain = line.installation.read(lambda tx: list(entries_of(tx, SITE)))
    told = [json.loads(content) for _hash, content, _signed in chain]
    return [one for one in told if one["action"] == action]


def kept_by(line, username):
    """The numbers of the equipment that somebody keeps, in the order of the page."""
    found = equipment.equipment_of(line.installation, line.person(username))
    return [one.piece.number for one in found]


def in_(line, days):
    """A day so many days ahead, as it is typed."""
    return f"{line.installation.clock.now() + days * DAY:%Y-%m-%d}"


# -- the register ----------------------------------------------------------------------------------


def test_equipment_is_a_place_with_a_label_and_all_that_is_known_of_it(line, incubator):
    """One entry says what it is, until when it is calibrated, and by which certificate."""
    (entry,) = entries(line, "register_equipment")

    place, piece = entry["attestations"]
    assert (place["kind"], place["about"]) == ("place", incubator)
    assert place["detail"] == "INC-04, Mia's, by the door"
    assert (piece["kind"], piece["role"], piece["holds"]) == ("equipment", "incubator", 1)
    assert piece["valid_until"].endswith("T23:59:59.000000Z")
    assert json.loads(piece["detail"]) == {
        "certificate": "CAL-12",
        "maker_serial": "SN 7741",
        "name": "Mia's, by the door",
        "number": "INC-04",
    }


def test_the_same_request_registers_one(register, incubator):
    """Sent again it answers with the same serial; another under its key is refused."""
    assert register() == incubator
    with pytest.raises(KeyReused):
        register("INC-05", key="INC-04")


@pytest.mark.usefixtures("incubator")
@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"number": "inc-04"}, "number"),
        ({"number": ""}, "number"),
        ({"number": "x" * 31}, "number"),
        ({"number": "INC-05", "name": "a\u202eb"}, "name"),
        ({"number": "INC-05", "kind": "toaster"}, "kind"),
        ({"number": "INC-05", "maker_serial": ""}, "maker_serial"),
        ({"number": "INC-05", "certificate": "0a" * 32}, "certificate"),
        ({"number": "INC-05", "calibrated_until": "31.12.2027"}, "until"),
        ({"number": "INC-05", "calibrated_until": "2927-12-31"}, "until"),
    ],
)
def test_what_cannot_be_is_not_registered(register, changes, column):
    """The reason names its field; a number is given once."""
    with pytest.raises(DataRefused) as refused:
        register(key="another", **changes)

    assert [problem.column for problem in refused.value.problems] == [column]


def test_equipment_of_another_unit_is_unknown_like_what_does_not_exist(line, incubator):
    """Whoever works elsewhere neither reads nor changes it."""
    leo = line.performer.proven["leo"]

    for serial in (incubator, "L-TEST-00000000-0", "L\x00"):
        with pytest.raises(Unknown):
            equipment.history_of(line.installation, line.person("leo"), serial)
        with pytest.raises(Unknown):
            put_in_service(line.installation, leo, serial, in_service=False, why=WHY)
    assert kept_by(line, "leo") == []


def test_who_answers_for_quality_or_inspects_sees_all_of_a_site_and_changes_none(line, register):
    """Of every unit of their sites; an auditor of the organisation sees every one (SEC-07)."""
    store, root = line.performer.proven["mia"], root_of(line.installation)
    serial = register(by=store, unit="works-store")
    grant_role(line.installation, root, "abel", "auditor", EVERYWHERE)

    for username in ("queenie", "quentin", "abel"):
        by, person = line.performer.proven[username], line.person(username)
        seen = equipment.history_of(line.installation, person, serial)
        assert [one.known.piece.number for one in seen] == ["INC-04"]
        with pytest.raises(Unknown):
            put_in_service(line.installation, by, serial, in_service=False, why=WHY)


def test_nobody_registers_for_a_unit_where_they_do_not_work(line, register):
    """A unit that is not theirs is unknown to them."""
    with pytest.raises(Unknown):
        register(by=line.performer.proven["leo"])


def test_an_administrator_keeps_it_too(line, register):
    """Like places."""
    register(by=root_of(line.installation))

    assert kept_by(line, "mia") == ["INC-04"]


def test_a_calibration_is_entered_beside_the_one_before(line, mia, incubator):
    """The old one stays, with its certificate; the new one says why and by whom."""
    day = in_(line, 400)
    renew_calibration(line.installation, mia, incubator, Calibration(day, "CAL-13"), why="yearly")

    now, before = equipment.history_of(line.installation, line.person("mia"), incubator)
    assert (now.known.certificate, now.why, now.by) == ("CAL-13", "yearly", "Mia Maker")
    assert f"{now.known.piece.calibrated_until:%Y-%m-%d}" == day
    assert (before.known.certificate, before.why) == ("CAL-12", "")


@pytest.mark.parametrize(
    ("until", "certificate", "why", "error"),
    [
        (200, "CAL-12", WHY, DataRefused),
        (400, "", WHY, DataRefused),
        (400, "CAL-13", " ", ReasonMissing),
        (40_000, "CAL-13", WHY, DataRefused),
    ],
)
def test_a_calibration_that_cannot_be_is_not_entered(  # noqa: PLR0913, PLR0917 - a row each
    line, mia, incubator, until, certificate, why, error
):
    """Neither twice, nor without a certificate or a reason, nor for a hundred years."""
    new = Calibration(in_(line, until), certificate)

    with pytest.raises(error):
        renew_calibration(line.installation, mia, incubator, new, why=why)

    assert entries(line, "renew_calibration") == []


def test_out_of_service_and_back_are_entries_with_their_reasons(line, mia, incubator):
    """Nothing is overwritten: the history tells each, the newest first."""
    for in_service, why in ((False, "door does not close"), (True, "door mended")):
        put_in_service(line.installation, mia, incubator, in_service=in_service, why=why)

    found = equipment.history_of(line.installation, line.person("mia"), incubator)
    assert [one.why for one in found] == ["door mended", "door does not close", ""]
    assert [one.known.piece.in_service for one in found] == [True, False, True]


def test_what_is_out_of_service_is_not_taken_out_again(line, mia, incubator):
    """A second tab, which shows an old page, enters nothing."""
    put_in_service(line.installation, mia, incubator, in_service=False, why=WHY)

    with pytest.raises(DataRefused):
        put_in_service(line.installation, mia, incubator, in_service=False, why=WHY)
    assert len(entries(line, "put_equipment_out_of_service")) == 1


def test_the_same_request_enters_once(line, mia, incubator):
    """Pressed twice, a button does what it does once; another thing under its key is refused."""
    new = Calibration(in_(line, 400), "CAL-13")
    for _ in range(2):
        renew_calibration(line.installation, mia, incubator, new, key="a", why=WHY)
        put_in_service(line.installation, mia, incubator, in_service=False, key="b", why=WHY)

    assert len(entries(line, "renew_calibration")) == 1
    assert len(entries(line, "put_equipment_out_of_service")) == 1
    with pytest.raises(KeyReused):
        put_in_service(line.installation, mia, incubator, in_service=True, key="a", why=WHY)


def test_what_ends_first_stands_first_and_is_told_in_time(line, mia, register):
    """Thirty days before a calibration ends it is told; out of service it is told no more."""
    days = {"INC-01": 200, "INC-02": 29, "INC-03": -1, "INC-04": 30, "INC-05": 3}
    serials = {number: register(number, ahead) for number, ahead in days.items()}
    put_in_service(line.installation, mia, serials["INC-05"], in_service=False, why=WHY)

    soon = equipment.ending_soon(line.installation, line.person("mia"))

    assert kept_by(line, "mia") == ["INC-03", "INC-02", "INC-04", "INC-01", "INC-05"]
    assert [one.piece.number for one in soon] == ["INC-03", "INC-02"]
    now = line.installation.clock.now()
    assert [one.standing(now) for one in soon] == ["calibration over", "ends soon"]


def test_the_trail_tells_what_was_entered_in_words(line, mia, incubator):
    """The old certificate and the new one, and why."""
    new = Calibration(in_(line, 400), "CAL-13")
    renew_calibration(line.installation, mia, incubator, new, why="yearly")

    (entry,) = entries(line, "renew_calibration")
    before = {
        ("site:works", entry["seq"], "equipment", incubator): entry["attestations"][0][
            "detail"
        ].replace("CAL-13", "CAL-12")
    }
    (change,) = changes_in(entry, Known({}, {}, {}, replaced=before), None)

    told = "INC-04, Mia's, by the door, serial number SN 7741, certificate"
    assert change.old == f"{told} CAL-12"
    assert change.new == f"incubator, until {in_(line, 400)}, {told} CAL-13"


# -- at a step -------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["INC-04", "inc-04", "]C0INC-04", "label", "]d2 label", "LABEL"])
def test_what_was_used_stands_in_the_entry_with_the_end_of_its_calibration(line, incubator, named):
    """Typed, or read from either label with the scanner's mark: the record has its number."""
    marked = named.replace(" ", "").replace("label", incubator).replace("LABEL", incubator.lower())

    activate(line, marked)

    (value,) = [
        one
        for one in look(line.installation, line.first).history[-1].content["values"]
        if one["field"] == "incubator"
    ]
    assert value["content"] == "INC-04"
    assert value["limits"] == f"calibrated until {in_(line, 200)}"


def test_a_step_with_unfit_equipment_is_refused(line, mia, register, incubator):
    """Unknown, of another kind, out of service, or its calibration over: each has its code."""
    register("CF-01", kind="centrifuge")
    assert why_not(line, "INC-09", key="1") == ["EQUIPMENT_UNKNOWN"]
    assert why_not(line, "CF-01", key="2") == ["EQUIPMENT_OF_ANOTHER_KIND"]

    put_in_service(line.installation, mia, incubator, in_service=False, why=WHY)
    assert why_not(line, "INC-04", key="3") == ["EQUIPMENT_OUT_OF_SERVICE"]

    register("INC-06", days=-1)
    assert why_not(line, "INC-06", key="4") == ["CALIBRATION_OVER"]
    assert look(line.installation, line.first).history[-1].kind == "refused"


def test_equipment_of_another_unit_is_not_used_here(line, register):
    """Its number may be given elsewhere too: each unit works with its own."""
    root = root_of(line.installation)
    register("INC-07", by=root, unit="north-lab")

    assert why_not(line, "INC-07") == ["EQUIPMENT_UNKNOWN"]


def test_a_new_certificate_lets_it_be_used_again(line, mia, register):
    """From the moment at which it is entered."""
    serial = register("INC-06", days=-1)
    new = Calibration(in_(line, 300), "CAL-13")
    renew_calibration(line.installation, mia, serial, new, why="yearly")

    assert activate(line, "INC-06").action == "activate"


def test_a_late_fact_is_judged_by_the_register_of_its_time(line, mia, incubator):
    """What was taken out of service since then was in service when the step happened."""
    happened_at = line.installation.clock.now()
    line.installation.clock.advance(timedelta(hours=1))
    put_in_service(line.installation, mia, incubator, in_service=False, why=WHY)

    late = activate(line, "INC-04", mode=Mode.LATE, happened_at=happened_at)

    assert late.action == "activate"
    told = look(line.installation, line.first).history[-1].content["values"]
    assert not [one for one in told if "EQUIPMENT_OUT_OF_SERVICE" in one["content"]]


def test_the_record_with_equipment_verifies(line, mia, incubator):
    """Every entry follows from the one before, in the site's chain and in the therapy's."""
    activate(line, "INC-04")
    new = Calibration(in_(line, 400), "CAL-13")
    renew_calibration(line.installation, mia, incubator, new, why="yearly")

    assert verify_record(line.installation).findings == ()


@pytest.mark.usefixtures("incubator")
def test_all_that_was_made_with_it_can_be_stopped(line):
    """An incubator that failed: each therapy that was in it is found, and no other."""
    activate(line, "INC-04")

    quality = line.performer.proven["queenie"]
    asked = Criterion("incubator", "INC-04")
    found = find(line.installation, quality, asked, UNIT)

    assert ("incubator", "Incubator") in criteria(line.installation)
    assert [one.coi for one in found] == [line.first]


@pytest.mark.usefixtures("incubator")
def test_the_custody_record_says_until_when_it_was_calibrated(line):
    """Whoever reads the document needs no register."""
    activate(line, "INC-04")

    reading = line.installation.read(lambda tx: read_custody(tx, line.installation, line.first))
    event = event_of(reading, look(line.installation, line.first).history[-1])

    told = {value.title: value.content for value in event.values}
    assert told["Incubator"] == f"INC-04 (calibrated until {in_(line, 200)})"

"""At the bedside each wrong bag, wristband and signature is refused, with its reason, on record."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    CHECKED,
    INFUSED_WHOLE,
    LOOKED_INTO,
    RELEASED,
    Step,
    play,
    thawed,
    wait,
)
from coi.demo.performer import Wish
from coi.demo.stories import AT_SITE, CONDITIONED, FILLED, spoilt
from coi.errors import DataRefused, Refused
from coi.ledger.findings import Finding, Verdict
from coi.services import bell as ringing
from coi.services.bell import Bell, ring_all
from coi.services.doubt import accept_findings, in_doubt_since, note_verdict
from coi.services.hands import Reading
from coi.services.proofs import NotAllowed
from coi.services.scanning import Code
from coi.services.stepped import accept_clock, clock_in_doubt, note_step
from coi.services.therapies import look
from coi.services.untold import keep_untold, untold
from coi.store.engine import open_engine, write
from tests.journeys.asking import act, ids, newest, refused, state, states, values
from tests.journeys.worlds import World, copy_of, told_on, verdict_of
from tests.postgres import APP, OWNER
from workflows.alarms import CRITICAL_ESCALATES, AlarmDeed, Rings
from workflows.facts import Mode

ANISSA, DANAE = PATIENTS[:2]


def two_patients(performer):
    """Tell of two patients with a thawed bag each, and of the first one's other therapy."""
    other = performer.order(ANISSA)
    play(performer, other, FILLED)
    cois = {"a": performer.order(ANISSA), "b": performer.order(DANAE), "other": other}
    for name in ("b", "a"):
        play(performer, cois[name], (*AT_SITE, CONDITIONED))
    for name in ("b", "a"):
        play(performer, cois[name], thawed(bags=2))
    return cois


@pytest.fixture(scope="session")
def sqlite_ward(sqlite_databases, sqlite_world, tmp_path_factory) -> World:
    """The two patients on the ward, in SQLite."""
    return told_on(sqlite_databases, sqlite_world, tmp_path_factory.mktemp("ward"), two_patients)


@pytest.fixture(scope="session")
def postgres_ward(postgres_databases, postgres_world, tmp_path_factory) -> World:
    """The two patients on the ward, in PostgreSQL."""
    home = tmp_path_factory.mktemp("ward")
    return told_on(postgres_databases, postgres_world, home, two_patients)


@pytest.fixture
def ward(request, databases) -> World:
    """The two patients on the ward."""
    return request.getfixturevalue(f"{'postgres' if databases.server else 'sqlite'}_ward")


@pytest.fixture
def performer(databases, ward, tmp_path: Path):
    """Everybody on the ward, able to act."""
    with copy_of(databases, ward, tmp_path) as acting:
        yield acting
        assert verdict_of(acting.installation).findings == ()


@pytest.fixture
def a(ward) -> str:
    """The therapy in hand."""
    return ward.cois["a"]


@pytest.fixture
def b(ward) -> str:
    """The therapy of the other patient."""
    return ward.cois["b"]


@pytest.fixture
def other(ward) -> str:
    """Another therapy of the same patient, whose product is not released."""
    return ward.cois["other"]


def a_check(performer, coi, **changes):
    """Give the request for a bedside check of one bag, with changes."""
    bag = ids(performer, coi, "product", "thawed")[:1]
    wanted, actor, signers = performer.request(coi, "check_at_bedside", Wish(on=bag))
    return spoilt(wanted, **changes), actor, signers


def with_codes(performer, coi, **instead):
    """Give the request for a bedside check with another order, wristband or bag scanned."""
    wanted, actor, signers = a_check(performer, coi)
    codes = dict(zip(("order", "wristband", "bag"), wanted.codes, strict=True))
    codes |= {name: Code(raw) for name, raw in instead.items()}
    return spoilt(wanted, codes=tuple(codes.values())), actor, signers


def label_of(performer, coi, in_state):
    """Give what the scanner reads from the first bag of a therapy in this state."""
    bag = ids(performer, coi, "product", in_state)[0]
    return f"{look(performer.installation, coi).labels[bag][-1]}/{coi}"


def test_the_right_bag_for_the_right_patient_is_checked_and_infused(performer, a):
    """Nothing stands in the way of what is right."""
    play(performer, a, [CHECKED, *INFUSED_WHOLE[-1:]])

    assert states(performer, a, "product")["infused"] == 1


def test_another_patients_bag_is_refused_and_held(performer, a, b):
    """It stands recorded in both therapies; the strange bag is on hold, and nothing else moves."""
    strange = ids(performer, b, "product", "thawed")[0]

    with refused(performer, a, "WRONG_THERAPY") as caught:
        act(performer, with_codes(performer, a, bag=label_of(performer, b, "thawed")))
    view = look(performer.installation, b)

    assert "STOP" in caught.value.sentence
    assert "another patient" in caught.value.sentence
    assert newest(performer, b).kind == "incident"
    assert (values(performer, b, "class"), values(performer, b, "stops")) == (
        ["critical"],
        ["item"],
    )
    assert [s.id for s in view.subjects.values() if s.position.stops] == [strange]
    assert values(performer, a, "stops") == ["pairing"]


def rang(performer, coi):
    """What was put on record of critical exceptions of a therapy."""
    history = look(performer.installation, coi).history
    told = [event for event in history if event.action in set(AlarmDeed)]
    found = [event for event in told if event.content["document"]["alarm"] == Rings.CRITICAL]
    return [event.action for event in found]


def test_a_wrong_bag_rings_at_once_in_both_therapies_until_somebody_takes_it_on(performer, a, b):
    """Quality assurance need not open a list to hear of it (BD-03)."""
    with refused(performer, a, "WRONG_THERAPY"):
        act(performer, with_codes(performer, a, bag=label_of(performer, b, "thawed")))
    ring_all(performer.installation)
    at_once = rang(performer, a), rang(performer, b)
    play(performer, a, [Step("take_on_exception", "exception", "open")])
    performer.installation.clock.advance(CRITICAL_ESCALATES)
    ring_all(performer.installation)

    assert at_once == (["raise_alarm"], ["raise_alarm"])
    assert rang(performer, a) == ["raise_alarm", "end_alarm"]
    assert rang(performer, b) == ["raise_alarm", "escalate_alarm"]


def test_a_wrong_bag_waits_for_no_look_of_the_bell(performer, a, b, monkeypatch):
    """It rings at once after the scan, where others wait for the next look."""
    monkeypatch.setattr(ringing, "_LOOK", 600.0)
    bell, stop = Bell(performer.installation), threading.Event()
    thread = threading.Thread(target=bell.run, args=(stop,))
    thread.start()
    threading.Event().wait(1.5)  # its first look is over
    began = time.monotonic()
    try:
        with refused(performer, a, "WRONG_THERAPY"):
            act(performer, with_codes(performer, a, bag=label_of(performer, b, "thawed")))
        while not rang(performer, a) and time.monotonic() - began < 60:
            threading.Event().wait(0.05)
    finally:
        stop.set()
        bell.came.set()
        thread.join()

    assert rang(performer, a) == ["raise_alarm"]


def test_after_a_mismatch_two_others_check(performer, a, b):
    """The same pair may not check again; two others may, and the patient is treated."""
    wrong = with_codes(performer, a, bag=label_of(performer, b, "thawed"))
    with refused(performer, a, "WRONG_THERAPY"):
        act(performer, wrong)
    with refused(performer, a, "SAME_PAIR_AFTER_MISMATCH"):
        act(performer, a_check(performer, a))

    pair = [one.username for one in wrong[2]]
    play(performer, a, [Step("check_at_bedside", "product", "thawed", first=1, avoid=pair)])
    play(performer, a, [Step("infuse", "product", "checked", avoid=pair)])

    assert state(performer, a) == "treating"
    assert states(performer, a, "product")["infused"] == 1


def test_the_held_bag_goes_on_after_its_own_check(performer, a, b):
    """Quality assurance lifts its hold; then it is checked with its own patient."""
    with refused(performer, a, "WRONG_THERAPY"):
        act(performer, with_codes(performer, a, bag=label_of(performer, b, "thawed")))
    with refused(performer, b, "ON_HOLD", "EXCEPTION_OPEN"):
        act(performer, a_check(performer, b))

    play(performer, b, [*LOOKED_INTO, CHECKED])

    assert states(performer, b, "product")["checked"] == 1


def test_the_bag_of_the_patients_other_therapy_is_refused(performer, a, other):
    """The order counts, not the patient: one patient can have two therapies."""
    with refused(performer, a, "WRONG_THERAPY") as caught:
        act(performer, with_codes(performer, a, bag=label_of(performer, other, "frozen")))

    assert "another therapy of the same patient" in caught.value.sentence
    assert newest(performer, other).kind == "incident"


def test_an_order_of_another_therapy_is_refused(performer, a, other):
    """The session starts from the order."""
    with refused(performer, a, "WRONG_ORDER"):
        act(performer, with_codes(performer, a, order=other))


def test_an_unreleased_bag_is_refused(performer, a, other):
    """A bag that quality control has not done with is not checked, even in its own therapy."""
    wanted, actor, signers = a_check(performer, a)
    codes = (Code(other), wanted.codes[1], Code(label_of(performer, other, "frozen")))

    with refused(performer, other, "WRONG_STATE"):
        act(performer, (spoilt(wanted, coi=other, codes=codes), actor, signers))


def test_a_bag_of_a_rejected_lot_is_refused(performer, a):
    """Rejected while it lay thawed on the ward, it is not checked any more."""
    check = a_check(performer, a)
    play(performer, a, [Step("reject_lot")])

    with refused(performer, a, "WRONG_STATE"):
        act(performer, check)


@pytest.mark.parametrize(
    ("hours", "code"), [(1.2, "THAW_WINDOW_PASSED"), (320 * 24, "EXPIRED")], ids=str
)
def test_a_bag_past_its_time_is_refused(performer, a, hours, code):
    """Neither the thaw window nor the expiry may have passed."""
    wait(performer, hours)

    with refused(performer, a, code) as caught:
        act(performer, a_check(performer, a))

    assert "STOP" in caught.value.sentence


def test_a_held_bag_is_refused(performer, a):
    """A bag on hold is not checked; the other one is."""
    play(performer, a, [Step("hold", "product", "thawed", first=1)])

    with refused(performer, a, "ON_HOLD"):
        act(performer, a_check(performer, a))
    (free,) = ids(performer, a, "product", "thawed")[1:]
    performer.do(a, "check_at_bedside", Wish(on=(free,)))

    assert states(performer, a, "product")["checked"] == 1


def test_a_bag_that_is_not_scanned_is_refused(performer, a):
    """Nor does an unknown code, a damaged one, or a missing order stand in for a scan."""
    for raw, code in (("TEST-NOTHING", "UNKNOWN_CODE"), (a, "NOT_SCANNED")):
        with refused(performer, a, code):
            act(performer, renamed(with_codes(performer, a, bag=raw), raw))


def test_the_second_signature_is_a_second_persons(performer, a):
    """The same person does not check twice."""
    wanted, actor, (first, _) = a_check(performer, a)

    with refused(performer, a, "SAME_PERSON", "PATIENT_NOT_IDENTIFIED"):
        act(performer, (spoilt(wanted, stated=wanted.stated[:1]), actor, (first, first)))


def test_one_signature_is_not_two(performer, a):
    """Without the second signature nothing is checked."""
    wanted, actor, signers = a_check(performer, a)

    with refused(performer, a, "SIGNATURE_MISSING"):
        act(performer, (wanted, actor, signers[:1]))


def test_an_old_wristband_is_refused(performer, a):
    """Once the patient has a newer one, only that counts."""
    check = a_check(performer, a)
    play(performer, a, [Step("admit_patient")])

    with refused(performer, a, "OLD_WRISTBAND"):
        act(performer, check)


def test_another_patients_wristband_is_refused(performer, ward, a):
    """The bag is right and the patient is not."""
    stranger = look(performer.installation, ward.cois["b"]).therapy.patient
    band = performer.wristbands[stranger]

    with refused(performer, a, "WRONG_PATIENT") as caught:
        act(performer, with_codes(performer, a, wristband=band))

    assert "STOP" in caught.value.sentence


def test_a_patient_who_states_another_name_is_refused(performer, a):
    """What is stated is compared in full, by each of the two."""
    wanted, actor, signers = a_check(performer, a)
    stated = tuple(
        replace(one, identifiers={**one.identifiers, "birth_date": "1901-01-01"})
        for one in wanted.stated
    )

    with refused(performer, a, "IDENTITY_DIFFERS"):
        act(performer, (spoilt(wanted, stated=stated), actor, signers))


def test_nothing_is_infused_that_was_not_checked_a_short_while_ago(performer, a):
    """The check holds for half an hour."""
    play(performer, a, [CHECKED])
    wait(performer, 0.6)

    with pytest.raises(Refused) as caught:
        play(performer, a, INFUSED_WHOLE[-1:])

    assert [refusal.code for refusal in caught.value.refusals] == ["CHECK_TOO_OLD"]


SPOILT = Verdict(9, (Finding("move", "x/3/1", "x", 3, "says another holder"),), {}, {})
"""What a verification says that found a row which somebody changed."""


def test_nothing_is_infused_by_a_record_that_is_in_doubt(performer, a):
    """Until quality assurance has looked at what was found, and signed that work goes on."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    play(performer, a, [CHECKED])
    note_verdict(installation, SPOILT, whole=True)

    with refused(performer, a, "RECORD_IN_DOUBT") as caught:
        play(performer, a, INFUSED_WHOLE[-1:])
    found = accept_findings(installation, queenie, "A restored disk; the paper says the same.")
    note_verdict(installation, SPOILT, whole=False)
    play(performer, a, INFUSED_WHOLE[-1:])

    (refusal,) = caught.value.refusals
    assert "found that the record is not as it was recorded" in refusal.sentence
    assert found == 1
    assert states(performer, a, "product")["infused"] == 1


def test_nothing_is_infused_by_a_value_that_somebody_changed(performer, databases, a):
    """No verification has run since; what is in hand is compared with what was signed."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    play(performer, a, [CHECKED])
    change = "UPDATE value SET within = 'no' WHERE field = 'viability'"
    back = change.replace("'no'", "'yes'")

    by_hand(performer, databases, change)
    with refused(performer, a, "RECORD_IN_DOUBT") as caught:
        play(performer, a, INFUSED_WHOLE[-1:])
    faults = look(installation, a).faults
    note_verdict(installation, verdict_of(installation), whole=True)
    accept_findings(installation, queenie, "The certificate says that it was within its limits.")
    play(performer, a, INFUSED_WHOLE[-1:])
    by_hand(performer, databases, back)

    (refusal,) = caught.value.refusals
    assert [one.sort for one in faults] == ["value"]
    assert faults[0].what in refusal.sentence
    assert states(performer, a, "product")["infused"] == 1
    assert look(installation, a).faults == ()


def by_hand(performer, databases, statement):
    """Whoever owns the database changes it, past every lock."""
    url = performer.installation.settings.database_url
    if databases.server:
        url = url.replace(f"//{APP}@", f"//{OWNER}@")
    engine = open_engine(url)
    with write(engine) as connection:
        if databases.server:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS lock_value_update")
        assert connection.exec_driver_sql(statement).rowcount
    engine.dispose()


def test_what_is_found_anew_stops_it_again_and_a_whole_look_that_passes_ends_it(performer, a):
    """Somebody signed for what they saw, and for nothing else."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    other = replace(SPOILT, findings=(Finding("label", "x", "x", 1, "is missing"),))
    whole = replace(SPOILT, findings=())
    note_verdict(installation, SPOILT, whole=True)
    accept_findings(installation, queenie, "A restored disk; the paper says the same.")
    play(performer, a, [CHECKED])

    note_verdict(installation, other, whole=False)
    with refused(performer, a, "RECORD_IN_DOUBT"):
        play(performer, a, INFUSED_WHOLE[-1:])
    note_verdict(installation, whole, whole=False)
    still = installation.read(in_doubt_since)
    note_verdict(installation, whole, whole=True)
    play(performer, a, INFUSED_WHOLE[-1:])

    assert still
    assert states(performer, a, "product")["infused"] == 1


def test_nothing_is_released_by_a_record_that_is_in_doubt(performer, other):
    """What leads up to it goes on: results are recorded, bags are handed over."""
    note_verdict(performer.installation, SPOILT, whole=True)
    play(performer, other, RELEASED[:-1])

    with refused(performer, other, "RECORD_IN_DOUBT"):
        play(performer, other, RELEASED[-1:])

    assert "released" not in states(performer, other, "lot")


def test_nothing_is_infused_by_findings_that_nobody_could_write(performer, a):
    """They stop it as those on record do, and are on record once somebody signs (SEC-45)."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    play(performer, a, [CHECKED])
    keep_untold(installation, {"found"})

    with refused(performer, a, "RECORD_IN_DOUBT") as caught:
        play(performer, a, INFUSED_WHOLE[-1:])
    found = accept_findings(installation, queenie, "A restored disk; the paper says the same.")
    play(performer, a, INFUSED_WHOLE[-1:])

    assert "not on record yet" in caught.value.refusals[0].sentence
    assert (found, untold(installation)) == (1, frozenset())


def test_nothing_is_infused_by_a_clock_that_was_set_by_much(performer, a):
    """Forward or back, until quality assurance has signed; a small step stops nothing (CL-03)."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    play(performer, a, [CHECKED])
    now = installation.clock.now()
    set_by(installation, now + timedelta(minutes=4), now)
    small = installation.read(clock_in_doubt)
    set_by(installation, now - timedelta(hours=1), now, ticks=9)

    with refused(performer, a, "CLOCK_IN_DOUBT") as caught:
        play(performer, a, INFUSED_WHOLE[-1:])
    number = accept_clock(installation, queenie, "It was set by hand; the times stand on paper.")
    play(performer, a, INFUSED_WHOLE[-1:])

    (refusal,) = caught.value.refusals
    assert (small, number) == ("", 2)
    assert "was set forward by 1:00:00" in refusal.sentence
    assert states(performer, a, "product")["infused"] == 1


def set_by(installation, expected, now, ticks=0):
    """The clock of a server was set."""
    note_step(installation, "server", expected, Reading(now, ticks, "boot"))


def test_what_happened_all_the_same_is_recorded_late(performer, a):
    """A fact is never refused: it is on record, and says that it came late."""
    play(performer, a, [CHECKED])
    note_verdict(performer.installation, SPOILT, whole=True)
    wanted, actor, signers = performer.request(
        a, "infuse", Wish(on=ids(performer, a, "product", "checked"))
    )
    wait(performer, 0.1)
    ago = performer.installation.clock.now() - timedelta(minutes=2)

    act(performer, (spoilt(wanted, mode=Mode.LATE, happened_at=ago), actor, signers))

    assert newest(performer, a).kind == "late"
    assert states(performer, a, "product")["infused"] == 1


def test_only_quality_assurance_signs_and_only_for_what_was_found(performer):
    """With a reason; and nothing is signed where nothing was found."""
    installation, queenie = performer.installation, performer.proven["queenie"]

    with pytest.raises(DataRefused, match="nothing was found"):
        accept_findings(installation, queenie, "To be sure.")
    note_verdict(installation, SPOILT, whole=True)
    with pytest.raises(DataRefused, match="why work goes on"):
        accept_findings(installation, queenie, " ")
    with pytest.raises(NotAllowed):
        accept_findings(installation, performer.proven["ivo"], "It is urgent.")

    assert installation.read(in_doubt_since)


def renamed(request, key):
    """Give the same request another key."""
    wanted, actor, signers = request
    return replace(wanted, key=key), actor, signers

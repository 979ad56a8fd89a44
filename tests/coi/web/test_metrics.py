"""The measurements: what is counted, for whom, and what is never in them."""

import re
from dataclasses import replace
from time import process_time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from coi import events
from coi.app import create_app
from coi.errors import Refused
from coi.services import gauges
from coi.services.acting import take_action
from coi.services.gauges import Gauge
from coi.services.identity import identity_of
from coi.services.sequencing import Sequencer
from coi.services.upkeep import BACKUP, note_done
from coi.store.registers import any_sealed_patient
from coi.web import measuring
from coi.web.measuring import measure
from tests.coi.web.browser import Browser

TOKEN = "0123456789abcdef0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
MICROSECONDS = 1_000_000


@pytest.fixture
def installation(performer):
    """An installation whose measurements somebody may ask for."""
    found = performer.installation
    yield replace(found, settings=replace(found.settings, metrics_token=TOKEN))
    events.stop_listening(measure)


def numbers(app) -> dict[tuple[str, ...], float]:
    """Each number by its name and the values of its labels, by their names."""
    text = app.test_client().get("/metrics", headers=BEARER).text
    return {
        (one.name, *(one.labels[label] for label in sorted(one.labels))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def grown(app, before, *name) -> float:
    """By how much a number grew."""
    return numbers(app).get(name, 0) - before.get(name, 0)


def test_a_wrong_bag_is_counted_from_nothing(installation):
    """Whoever watches the machine is told too, with no therapy in it (BD-03)."""
    app = create_app(installation)
    kind = ("coi_alarms_total", "critical-exception", "raise_alarm")
    before = numbers(app)

    events.tell("alarm_rings", alarm=kind[1], deed=kind[2], of="COI-1/40.1")

    assert kind in before
    assert grown(app, before, *kind) == 1


def test_without_a_token_there_is_no_such_page(performer):
    """Nothing is measured, and nobody can tell that it could be."""
    asked = create_app(performer.installation).test_client()

    assert asked.get("/metrics").text == asked.get("/no-such-page").text
    assert asked.get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.parametrize("told", ["", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN])
def test_only_the_whole_token_opens_it(app, told):
    """Whoever is signed in has it no more than anybody."""
    answer = app.test_client().get("/metrics", headers={"Authorization": told})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "coi_" not in answer.text


def test_requests_are_counted_by_the_name_of_the_page(app, someone, lives):
    """The address of a therapy is in none of them."""
    coi = lives.cois["mixed up"]
    nina, before = someone("nina"), numbers(app)
    nina.get(f"/therapies/{coi}")
    nina.get("/no-such-page")
    nina.client.open("/", method="BREW")

    page = ("coi_request_seconds_count", "therapies.show", "GET", "2xx")
    assert grown(app, before, *page) == 1
    assert grown(app, before, "coi_request_seconds_count", "-", "GET", "4xx") == 1
    assert grown(app, before, "coi_request_seconds_count", "-", "other", "4xx") == 1


def test_a_step_and_its_refusal_are_counted_when_they_are_on_record(
    app, installation, performer, lives
):
    """By verb and kind, with the codes of the guards."""
    coi, before = lives.cois["a bag on hold"], numbers(app)
    wanted, actor, signers = performer.request(coi, "freeze_material")
    with pytest.raises(Refused) as refused:
        take_action(installation, replace(wanted, codes=()), actor, signers)
    take_action(installation, replace(wanted, key="another key"), actor, signers)

    assert grown(app, before, "coi_step_seconds_count", "act", "transform") == 1
    assert grown(app, before, "coi_step_seconds_count", "refused", "transform") == 1
    codes = [one.code for one in refused.value.refusals]
    assert [grown(app, before, "coi_refusals_total", code) for code in codes] == [1] * len(codes)


def test_what_is_rolled_back_did_not_happen(installation):
    """Nothing is told of a transaction that failed, and of one that was tried again, once."""
    told = []

    def listener(event, _told):
        if event != "slow":  # on a busy machine that is told too
            told.append(event)

    events.listen(listener)
    tries = iter([KeyError, None])

    def work(_tx):
        events.tell_when_kept("entry_written", kind="site", action="x", guards=[])
        if (error := next(tries)) is not None:
            raise error

    with pytest.raises(KeyError):
        installation.transact(work)
    after_failure = list(told)
    installation.transact(work)
    events.stop_listening(listener)

    assert (after_failure, told) == ([], ["entry_written"])


def test_a_wrong_password_is_counted(app, browser):
    """And how long it waited for its turn, at the door and to be hashed."""
    before = numbers(app)
    browser.sign_in("nina", "not her password")

    assert grown(app, before, "coi_site_entries_total", "refuse_sign_in") == 1
    assert grown(app, before, "coi_password_wait_seconds_count") == 2


def test_a_backup_and_the_length_of_the_record_are_told(app, installation):
    """So that somebody is called when the last backup is too old."""
    note_done(installation, BACKUP, passed=True)

    found = numbers(app)

    assert found["coi_record_entries",] > 100
    assert found["coi_backup_timestamp_seconds",] > 0
    assert found["coi_record_writable",] == 1


def test_what_is_signed_is_told(app, installation):
    """How many entries it covers, so that an alarm can tell an old checkpoint from a quiet day."""
    Sequencer(installation).run_until_empty()

    found = numbers(app)

    assert found["coi_checkpoint_entries",] == found["coi_record_entries",]


def test_a_history_that_changed_is_counted(app):
    """Each time that it is found, so that the alarm rings until the next start (TL-07)."""
    before = numbers(app)
    events.tell("history_changed", sentence="It differs.")

    assert grown(app, before, "coi_history_changed_total") == 1


def test_a_place_that_is_away_is_told(app, installation, tmp_path):
    """It has no number of what waits, and so an alarm on that alone would be silent (TL-09)."""
    away = tmp_path / "mount" / "anchors"
    elsewhere = replace(installation, settings=replace(installation.settings, anchor_file=away))

    assert numbers(create_app(elsewhere))["coi_anchor_away", "file"] == 1
    assert "coi_anchor_away" not in {name for name, *_label in numbers(app)}


def test_a_measurement_that_fails_is_named_and_takes_no_other_with_it(app, monkeypatch):
    """Whoever watches is told that something is not watched."""

    def broken(_installation):
        raise RuntimeError("Ada Lovelace")

    more = (Gauge("coi_broken", "Broken.", broken), *gauges.GAUGES)
    monkeypatch.setattr(measuring, "GAUGES", more)

    found = numbers(app)

    assert found["coi_gauge_failed", "coi_broken"] == 1
    assert ("coi_record_entries",) in found


def test_nobody_is_in_the_measurements(app, installation, lives, someone):
    """No name, number, COI or user name, whatever was looked at (SEC-33)."""
    ines, coi = someone("ines"), lives.cois["mixed up"]
    for path in (f"/therapies/{coi}", f"/therapies/{coi}/patient", f"/therapies/{coi}x", "/people"):
        ines.get(path)
    Browser(app.test_client()).sign_in("ines", "wrong")
    patient = installation.read(any_sealed_patient)
    markers = installation.read(lambda tx: identity_of(tx, installation, patient)).values()

    text = app.test_client().get("/metrics", headers=BEARER).text

    words = set(re.findall(r'[^\s"{}=,]+', text))
    assert not [one for one in (*markers, *lives.cois.values(), "ines", "nina") if one in words]
    assert not [coi for coi in lives.cois.values() if coi in text]


def test_measuring_a_request_costs_little():
    """At most thirty microseconds of the processor, the entry of a step included."""
    request = {"endpoint": "x.y", "method": "POST", "status": 303, "ms": 4.2}
    entry = {"kind": "act", "verb": "record", "guards": [], "seconds": 0.004}
    rounds, best = 2000, float("inf")
    for _ in range(5):
        began = process_time()
        for _ in range(rounds):
            measure("request_answered", request)
            measure("entry_written", entry)
        best = min(best, (process_time() - began) / rounds)

    assert best * MICROSECONDS < 30

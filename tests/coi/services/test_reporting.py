"""The custody record of a therapy, from the ledger to the page."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pysqlite3 import dbapi2 as sqlite

from coi.errors import Refused, Unknown
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.custody_reading import read_custody
from coi.services.custody_telling import tell
from coi.services.ordering import NewOrder, order_therapies
from coi.services.people import NewPerson, register_person
from coi.services.proofs import Proven, Signer
from coi.services.reporting import custody_record
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.coi.clinic import NORTH
from tests.coi.reports.pages import symbols_of, text_of

AT = datetime(2026, 12, 1, 8, tzinfo=UTC)
IDENTITY = {
    "family_name": "Łukasiewicz",
    "given_name": "Zoë",
    "birth_date": "1960-02-29",
    "sex": "F",
    "medical_record_number": "MRN0017",
}
VALUES = {
    "treating_unit": "north-ward",
    "manufacturing_unit": "works-production",
    "prescriber": "Dr. Ines <b>O'Brien</b>",
    "weight_kg": "61.5",
    "collection_wanted_on": "2026-12-01",
}


@pytest.fixture
def coi(clinic):
    """A therapy that was ordered, approved, and approved once more, with a code typed by hand."""
    ines = clinic.hire("ines", ("treating_physician", "north-ward"))
    order = NewOrder(IDENTITY, "autologous-car-t", "north-ward", VALUES, key="order")
    (receipt,) = order_therapies(clinic.installation, [order], clinic.carla)
    approve = TakeAction(receipt.coi, "approve", "north-ward", "once")
    take_action(clinic.installation, approve, ines, (Signer(ines, "prescribed"),))
    again = replace(approve, key="twice", codes=(Code(receipt.coi, "typed", "desk-3"),))
    with pytest.raises(Refused):
        take_action(clinic.installation, again, ines, (Signer(ines, "prescribed"),))
    return receipt.coi


@pytest.fixture
def printed(clinic, coi):
    """The text of its custody record."""
    return text_of(custody_record(clinic.installation, coi, "Vera Example", AT))


def told(clinic, coi, change=lambda reading: reading):
    """What the record would say of a reading, after a change to it."""
    reading = clinic.installation.read(lambda tx: read_custody(tx, clinic.installation, coi))
    return tell(change(reading), AT, "Vera Example", "this software", demo=False)


def test_each_entry_is_told_in_words(printed):
    """Titles, states and values are those of the definition, not of the tables."""
    assert "Order the therapy Therapy: ordered" in printed
    assert "Therapy: ordered → approved by the physician" in printed
    assert "Body weight: 61.5 kg" in printed
    assert "Treating unit: North-Ward, North Hospital" in printed
    assert "Prescriber: Dr. Ines <b>O'Brien</b>" in printed


def test_a_signature_is_complete(printed):
    """Meaning, printed name, user name, role and both times stand together (21 CFR 11.50)."""
    block = "prescribed: Ines Example user name ines treating physician 2026-11-22 11:"
    assert block in printed
    assert "+01:00 (10:" in printed.partition(block)[2][:30]


def test_times_are_those_of_the_site(clinic, coi):
    """North Hospital is an hour ahead of UTC in November."""
    record = told(clinic, coi)

    assert {event.happened_at.isoformat()[-6:] for event in record.events} == {"+01:00"}


def test_a_refused_attempt_and_a_typed_code_are_visible(printed):
    """What was tried stands there with its reason and with how the code was entered."""
    assert "Refused attempts entry 2" in printed
    assert "Codes typed by hand entry 2" in printed
    assert "order TYPED BY HAND" in printed
    assert "(WRONG_STATE)" in printed


def test_the_patient_appears_by_the_coi_alone(printed, coi):
    """Nothing of the vault is on paper (SEC-08)."""
    assert coi in printed
    assert not [text for text in IDENTITY.values() if len(text) > 1 and text in printed]


def test_the_sites_that_took_part_are_named_and_no_other(printed):
    """The map of the sites is that of this therapy."""
    assert "North Hospital" in printed
    assert "Europe/Berlin" in printed
    assert "South Hospital" not in printed


def test_the_head_of_the_chain_is_on_the_page(clinic, coi):
    """Text and symbol hold the hash of the last entry."""
    head = look(clinic.installation, coi).head_hash

    pdf = custody_record(clinic.installation, coi, "Vera Example", AT)

    assert f"entry 2 of chain {coi}, SHA-256 {head}" in text_of(pdf)
    assert {code for page in symbols_of(pdf) for code in page} == {head}


def test_the_same_chain_at_the_same_time_has_the_same_bytes(clinic, coi):
    """Nothing on paper depends on when or where it is drawn but the time that is given."""
    first, second, later = (
        custody_record(clinic.installation, coi, clinic.carla, at)
        for at in (AT, AT, AT.replace(hour=9))
    )

    assert first == second != later


def test_without_a_time_it_is_now(clinic, coi):
    """The clock of the installation says when the document was made."""
    assert "Generated 2026-11-22" in text_of(custody_record(clinic.installation, coi, "Vera"))


def test_who_asks_is_printed_by_name(clinic, coi):
    """A proven person appears by printed name, even one that looks like markup."""
    new = NewPerson("omar", "Omar <i>O'Neill</i> &amp; Sons", "a password of some length")
    person = register_person(clinic.installation, clinic.root, new)

    text = text_of(custody_record(clinic.installation, coi, Proven("omar", person, "-"), AT))

    assert "by Omar <i>O'Neill</i> &amp; Sons" in text


def test_a_demonstration_is_marked(clinic, coi):
    """An installation of made-up patients prints nothing that looks real."""
    made_up = replace(clinic.installation, demonstration=True)

    assert "NOT FOR CLINICAL USE" in text_of(custody_record(made_up, coi, "Vera Example", AT))


def test_an_unknown_therapy_is_unknown(clinic):
    """There is no record of nothing."""
    with pytest.raises(Unknown):
        custody_record(clinic.installation, "TEST-NOBODYXX-0", "Vera Example", AT)


def test_a_chain_that_holds_is_verified(printed):
    """The verdict says when, and of how many entries."""
    assert "Verified 2026-12-01 08:00:00 UTC: the hashes of all 3 entries hold" in printed


def test_a_chain_that_was_edited_is_not_verified(clinic, coi):
    """Whoever owns the file can edit it; the document says where."""
    edit(
        clinic,
        "UPDATE entry SET content = replace(content, '61.5', '16.5') WHERE chain = ? AND seq = 0",
        coi,
    )

    text = text_of(custody_record(clinic.installation, coi, "Vera Example", AT))

    assert "NOT VERIFIED: entry 0 is not what was hashed" in text


def test_a_value_that_was_changed_by_hand_is_not_verified(clinic, coi):
    """The document tells what was signed, says where the tables do not, and that on every page."""
    edit(
        clinic,
        "UPDATE value SET content = '16.5' WHERE chain = ? AND field = 'weight_kg'",
        coi,
    )

    text = text_of(custody_record(clinic.installation, coi, "Vera Example", AT))

    assert "NOT VERIFIED: something is not what was signed" in text
    assert f"INVALID: not what was signed: weight_kg of {coi}, by entry 0." in text
    assert "Body weight: 61.5 kg" in text
    assert "16.5" not in text


def test_a_position_that_was_changed_by_hand_is_marked(clinic, coi):
    """Where the therapy stands is told by a table: it is not told as true."""
    edit(clinic, "UPDATE position SET state = 'ordered' WHERE chain = ?", coi)

    text = text_of(custody_record(clinic.installation, coi, "Vera Example", AT))

    assert "INVALID: not what was signed" in text.partition("To look at first")[0]
    assert f"what {coi} is and where it stands, by entry" in text


def test_an_entry_of_another_chain_does_not_follow(clinic, coi):
    """Whole in itself, but not the next one here: a chain is more than hashes that fit."""
    edit(
        clinic,
        "DELETE FROM entry WHERE chain = ? AND seq = 1",
        coi,
    )

    text = text_of(custody_record(clinic.installation, coi, "Vera Example", AT))

    assert "NOT VERIFIED: entry 1 does not follow on the entry before it" in text


def test_a_zone_that_this_machine_does_not_know_leaves_the_record_in_utc(clinic, coi):
    """A record can always be had; its times then say that they are in UTC."""
    nowhere = replace(NORTH, time_zone="Europe/Atlantis")

    record = told(clinic, coi, lambda reading: replace(reading, sites={"north": nowhere}))

    assert {event.happened_at.isoformat()[-6:] for event in record.events} == {"+00:00"}


def test_an_erased_text_is_said_to_be_erased(clinic, coi):
    """The record outlives a text that had to be erased."""
    edit(clinic, "DELETE FROM erasable WHERE text = ?", VALUES["prescriber"])

    text = text_of(custody_record(clinic.installation, coi, "Vera Example", AT))

    assert "Prescriber: (erased)" in text
    assert "the hashes of all 3 entries hold" in text


def test_a_changed_value_is_told_with_what_it_was(clinic, coi):
    """A correction shows old and new value, reason, who and when."""
    record = told(clinic, coi, corrected)

    (change,) = record.changes

    assert (change.original, change.current) == ("61.5 kg", "62.5 kg")
    assert (change.reason, change.revision, change.entry) == ("misread", 2, 2)
    assert record.events[2].values[0].revision == 2


def corrected(reading):
    """The same reading, as if its last entry had corrected the body weight."""
    first, *_, last = reading.view.history
    weight = next(v for v in first.content["values"] if v["field"] == "weight_kg")
    value = {**weight, "content": "62.5", "revision": 2, "reason": "misread"}
    entry = replace(last, content={**last.content, "values": [value]})
    history = (*reading.view.history[:-1], entry)
    return replace(reading, view=replace(reading.view, history=history))


def edit(clinic, statement, value):
    """Change the file of the database as somebody who owns it can: without its triggers."""
    connection = sqlite.connect(clinic.installation.settings.database_path)
    triggers = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for (name,) in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute(statement, (value,))
    connection.commit()
    connection.close()

"""Documents: each copy has a number of its own, whoever else prints meanwhile."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from pysqlite3 import dbapi2 as sqlite3

from coi.demo.cast import PASSWORD, PATIENTS
from coi.errors import Refused, Unknown
from coi.services.accounts import issue_secret
from coi.services.documents import write_custody_record, write_order_sheet
from coi.services.label_papers import Again, PrintedBefore, write_bag_label, write_wristband
from coi.services.looks import look_at_patient
from coi.services.people import grant_role, record_training, set_password
from coi.services.proofs import JustProven, Proven, authenticate, person_of
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from tests.cast import WHY
from tests.journeys.asking import labelled_anew
from tests.journeys.worlds import Databases, copy_of

OWN = "a password of whoever it is"


@pytest.fixture
def performer(lives, migrated_file, tmp_path):
    """The cast, in a world of therapies that went through a good deal, for this test alone."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as acting:
        yield acting


@pytest.fixture
def coi(lives):
    """A therapy with labels, in the cell laboratory."""
    return lives.cois["on hold"]


def copies(installation, kind):
    """The numbers of the copies that are on record, in the order of the record."""
    texts = installation.read(lambda tx: [text for _, text, _ in entries_of(tx, "site:north")])
    told = [json.loads(text).get("document", {}) for text in texts]
    return [one["copy"] for one in told if one.get("kind") == kind]


def test_who_print_at_once_print_different_copies(performer, coi):
    """No number is given twice, and none is left out."""
    installation, nina = performer.installation, performer.proven["nina"]

    with ThreadPoolExecutor(4) as people:
        for done in [people.submit(write_order_sheet, installation, nina, coi) for _ in range(4)]:
            assert done.result().startswith(b"%PDF")

    assert sorted(copies(installation, "order_sheet")) == ["1", "2", "3", "4"]


def test_of_two_who_print_a_label_at_once_one_is_told_of_the_other(performer, coi):
    """Both saw that it was never printed, and only one of them is right."""
    installation, nina = performer.installation, performer.proven["nina"]
    bag = next(iter(look(installation, coi).labels))
    serial = labelled_anew(performer, bag)

    def printed(_n):
        try:
            return write_bag_label(installation, nina, serial).content[:4]
        except Refused as refused:
            return [one.code for one in refused.refusals]

    with ThreadPoolExecutor(2) as people:
        answers = sorted(people.map(printed, range(2)), key=str)

    assert answers == [["NEW_SERIAL_NEEDED"], b"%PDF"]


def test_a_wristband_is_printed_again_in_the_role_whose_training_is_current(performer, coi):
    """Another role of the same person, whose training ran out, is not in the way."""
    installation, now = performer.installation, performer.installation.clock.now()
    known = installation.read(lambda tx: person_of(tx, "root"))
    root = JustProven("root", known.person.id, known.credential)
    write_wristband(installation, performer.proven["nina"], coi)
    grant_role(installation, root, "nina", "cell_lab_technologist", "north-apheresis")
    record_training(installation, root, "nina", "cell_lab_technologist", now + timedelta(days=9))
    record_training(installation, root, "nina", "apheresis_nurse", now - timedelta(days=1))

    again = Again(authenticate(installation, "nina", PASSWORD), "damaged")

    assert write_wristband(installation, again.proven, coi, again).content.startswith(b"%PDF")


def test_a_wristband_is_one_piece_in_all_therapies(performer, coi, lives):
    """It is the patient's: printed for one therapy, it is printed for the other."""
    installation, nina = performer.installation, performer.proven["nina"]
    write_wristband(installation, nina, coi)

    with pytest.raises(PrintedBefore):
        write_wristband(installation, nina, lives.cois["on hold"])


def test_a_new_wristband_is_another_piece(performer):
    """A band that replaces one was never printed."""
    installation, carla = performer.installation, performer.proven["carla"]
    coi = performer.order(dict(PATIENTS[6]))
    for action in ("approve", "confirm_slot", "admit_patient"):
        performer.do(coi, action)
    write_wristband(installation, carla, coi)
    performer.do(coi, "admit_patient")

    assert write_wristband(installation, carla, coi).content.startswith(b"%PDF")


def test_what_was_printed_and_looked_at_verifies(performer, coi):
    """The entries, and the numbers that they took, are as the tables say."""
    installation, nina = performer.installation, performer.proven["nina"]

    for _ in range(2):
        write_custody_record(installation, nina, coi)
        look_at_patient(installation, nina, coi, "chart")

    assert verify_record(installation).holds


def test_a_copy_that_somebody_took_out_of_the_count_is_noticed(performer, coi):
    """The number of copies rests on rows that stand apart: each must be there."""
    installation, nina = performer.installation, performer.proven["nina"]
    write_order_sheet(installation, nina, coi)

    with closing(sqlite3.connect(installation.settings.database_path)) as prompt, prompt:
        prompt.execute("DELETE FROM request WHERE key = ?", (f"§order_sheet/{coi}/1",))

    findings = verify_record(installation).findings
    assert [(one.table, one.key) for one in findings] == [("request", f"§order_sheet/{coi}/1")]


def test_whoever_uses_a_new_secret_is_shown_no_name(performer, coi):
    """Until somebody has checked who that is, it may be whoever made the secret."""
    installation = performer.installation
    root = installation.read(lambda tx: person_of(tx, "root"))
    by = Proven("root", root.person.id, root.credential)
    secret = issue_secret(installation, by, "nina", why=WHY)
    somebody = set_password(installation, authenticate(installation, "nina", secret), OWN)

    with pytest.raises(Unknown):
        look_at_patient(installation, somebody, coi, "chart")

"""Steps that are begun, in hand in one session, and answered: each answer is another version."""

import pytest

from coi.demo.cast import PASSWORD
from coi.errors import Refused
from coi.ledger.content import Attestation
from coi.services import answering, errands, finding, going_on
from coi.services.at_devices import RULE
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.errand import LONGEST, row_of
from coi.services.errands import Beginning
from coi.services.going_on import Answer
from coi.services.in_hand import Answered, Elsewhere
from coi.services.sessions import resume, sign_in
from coi.store import errands as store
from tests.journeys.worlds import Databases, copy_of


@pytest.fixture
def nina(lives, migrated_file, tmp_path):
    """Nina, signed in, and a therapy whose patient she admits."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as performer:
        installation = performer.installation
        signed_in = resume(installation, sign_in(installation, "nina", PASSWORD))
        yield installation, signed_in, lives.cois["mixed up"]


@pytest.fixture
def begun(nina):
    """Her admission, of which nothing is answered."""
    installation, signed_in, coi = nina
    wanted = Beginning(coi, "admit_patient", "north-apheresis", "key")
    return installation, signed_in, errands.begin(installation, signed_in, wanted).errand


def test_where_a_site_asks_for_a_device_nothing_is_scanned_in_vain(nina):
    """A step that could not be taken here is not begun here (BD-11)."""
    installation, signed_in, coi = nina
    told = Registered((Attestation(RULE, "north"),))
    occasion = Occasion(signed_in.person.id, "-", installation.clock.now())
    installation.transact(
        lambda tx: write_site_entry(tx, "ask_for_devices", occasion, told, "site:north")
    )

    with pytest.raises(Refused) as caught:
        errands.begin(
            installation, signed_in, Beginning(coi, "admit_patient", "north-apheresis", "key")
        )

    assert [one.code for one in caught.value.refusals] == ["NOT_AT_A_DEVICE"]


def said(scene):
    """The patient has said their name."""
    return answering.said(scene, {"family_name": "Heardwell"}, "patient")


def test_an_answer_makes_another_version(begun):
    """So that it is answered once."""
    installation, signed_in, errand = begun
    going_on.step(installation, signed_in, Answer(errand.id, 1), said)

    scene = finding.find(installation, signed_in, errand.id)
    assert (scene.errand.version, scene.present.name) == (2, "read_back")


def test_an_answer_to_an_earlier_version_changes_nothing(begun):
    """Two tabs, or two devices."""
    installation, signed_in, errand = begun
    going_on.step(installation, signed_in, Answer(errand.id, 1), said)

    with pytest.raises(Answered):
        going_on.step(installation, signed_in, Answer(errand.id, 1), said)


def test_two_who_answer_at_once_are_one(begun):
    """The second transaction finds the version gone."""
    installation, _signed_in, errand = begun
    now = installation.clock.now()
    row = row_of(installation.vault, errand, now)

    first = installation.transact(lambda tx: store.change(tx, row))
    second = installation.transact(lambda tx: store.change(tx, row))

    assert (first, second) == (True, False)


def test_another_session_answers_nothing_before_it_goes_on_with_it(begun):
    """The same person, on another device."""
    installation, _signed_in, errand = begun
    elsewhere = resume(installation, sign_in(installation, "nina", PASSWORD))

    with pytest.raises(Elsewhere):
        going_on.step(installation, elsewhere, Answer(errand.id, 1), said)


def test_what_is_older_than_half_a_day_is_forgotten_when_another_begins(begun):
    """With all that was said in it."""
    installation, signed_in, errand = begun
    installation.clock.advance(LONGEST)
    later = resume(installation, sign_in(installation, "nina", PASSWORD))
    wanted = Beginning(errand.coi, "admit_patient", "north-apheresis", "another key")
    errands.begin(installation, later, wanted)

    assert installation.read(lambda tx: store.errand(tx, errand.id)) is None
    assert signed_in.session != later.session

"""No name reaches the hashed bytes, and none an error's text: not even as something to guess at."""

from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from coi.demo.performer import Wish
from coi.services.acting import take_action
from coi.services.asked import _told
from coi.services.scanning import Code
from coi.services.verifying import verify_record
from coi.store.registers import keep_text

NAME = "Mustermann, Erika"


def every_byte(ward):
    """Everything that is hashed."""
    rows = ward.performer.installation.read(
        lambda tx: tx.execute(text("SELECT content, signed FROM entry")).all()
    )
    return "\n".join(content + signed for content, signed in rows)


def test_the_hospitals_own_wristband_is_kept_apart(ward):
    """A scanner may read a name from something that is not ours: it can be erased."""
    bag = ward.bags()[0]
    wanted, *_ = ward.performer.request(ward.anissa, "check_at_bedside", Wish(on=(bag,)))

    assert "UNKNOWN_CODE" in ward.refusals(
        "check_at_bedside", bag, codes=(*wanted.codes, Code(NAME), Code(f"{NAME} 2"))
    )
    assert NAME not in every_byte(ward)
    kept = ward.performer.installation.read(
        lambda tx: tx.execute(text("SELECT text FROM erasable")).scalars().all()
    )
    assert {NAME, f"{NAME} 2"} <= set(kept)
    assert verify_record(ward.performer.installation).findings == ()


def test_what_a_patient_stated_cannot_be_guessed_from_a_request(ward):
    """Whoever has the ledger, and not the vault key, cannot try out names and birth dates."""
    bag = ward.bags()[0]
    wanted, actor, signers = ward.performer.request(
        ward.anissa, "check_at_bedside", Wish(on=(bag,))
    )
    take_action(ward.performer.installation, wanted, actor, signers)
    people = [actor.person, *(one.person for one in signers)]
    guess = sha256(_told.encode([wanted, people]).encode()).hexdigest()

    assert guess not in every_byte(ward)


def test_an_error_of_the_database_names_nobody(ward):
    """Its text ends in a log; what was to be stored is not in it."""
    installation = ward.performer.installation

    def twice(tx):
        keep_text(tx, "a" * 64, "b" * 64, NAME)
        keep_text(tx, "a" * 64, "b" * 64, NAME)

    with pytest.raises(DBAPIError) as caught:
        installation.transact(twice)

    assert NAME not in str(caught.value)

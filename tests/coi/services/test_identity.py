"""Whom a patient says to be: whole texts are compared, field by field, with the vault (BD-02)."""

import pytest

from coi.errors import DataRefused
from coi.services.attempt import stand
from coi.services.identity import Stated, as_told, compare


@pytest.fixture
def known(lives):
    """What the vault holds of the patient on hold."""
    return dict(lives.performer.identities[lives.cois["on hold"]])


@pytest.fixture
def check(lives):
    """Compare what one person heard with the vault."""
    installation = lives.performer.installation

    def compared(identifiers, source="patient"):
        def look(tx):
            patient = stand(tx, installation, lives.cois["on hold"]).therapy.patient
            return compare(tx, installation, patient, (Stated("ivo", identifiers, source),))

        (found,) = installation.read(look)
        return found

    return compared


def test_what_the_patient_states_truly_matches(check, known):
    """Each identifier that is the vault's matches, and none differs."""
    found = check(known)

    assert (found.matched, found.differing) == (frozenset(known), frozenset())
    assert found.source == "patient"


def test_an_identifier_that_differs_does_not_match(check, known):
    """A known field with another text is told as differing, and does not count."""
    found = check({"birth_date": known["birth_date"], "family_name": "Somebody Else"})

    assert (found.matched, found.differing) == ({"birth_date"}, {"family_name"})


@pytest.mark.parametrize("part", [slice(0, -1), slice(1, None), slice(0, 4), slice(0, 0)])
def test_a_part_of_an_identifier_does_not_match(check, known, part):
    """Neither a beginning nor an end is enough; nothing is compared as a prefix."""
    found = check({"medical_record_number": known["medical_record_number"][part]})

    assert found.matched == frozenset()
    assert found.differing == {"medical_record_number"}


def test_the_text_of_another_field_does_not_match(check, known):
    """A family name is no given name, though both are the patient's."""
    found = check({"family_name": known["given_name"], "given_name": known["family_name"]})

    assert found.matched == frozenset()


def test_a_field_that_the_vault_does_not_have_is_told_without_its_name(check):
    """What somebody types as a field's name may be a name too, and does not reach the record."""
    found = check({"Danae Example": "x"})

    assert (found.matched, found.differing) == (frozenset(), {"unknown"})


@pytest.mark.parametrize("stated", ["", " ", "XXXX"])
def test_nothing_matches_an_identity_that_was_erased(lives, stated):
    """What is not known is not matched by saying nothing, nor by saying anything."""
    installation = lives.performer.installation
    asked = (Stated("ivo", {"family_name": stated, "birth_date": stated}),)

    (found,) = installation.read(lambda tx: compare(tx, installation, "erased", asked))

    assert found.matched == frozenset()


@pytest.mark.parametrize("spelled", [str.upper, str.lower, "  {}  ".format])
def test_case_and_spaces_around_do_not_matter(check, known, spelled):
    """Whoever writes a name in capitals means the same person."""
    found = check({"family_name": spelled(known["family_name"])})

    assert found.matched == {"family_name"}


def test_a_check_is_told_without_what_was_stated(check, known):
    """The entry says who compared which fields, and never what they hold."""
    told = as_told(check({"birth_date": known["birth_date"], "sex": "?"}, "representative"))

    assert {name: told[name] for name in ("source", "matched", "differing")} == {
        "source": "representative",
        "matched": ["birth_date"],
        "differing": ["sex"],
    }
    assert set(told) == {"person", "source", "matched", "differing"}


def test_identifiers_come_from_a_known_source():
    """The patient, somebody for the patient, or two who read: it is told which."""
    with pytest.raises(DataRefused) as refused:
        Stated("ivo", {}, "hearsay")

    (problem,) = refused.value.problems
    assert problem.column == "source"
    assert problem.reason.endswith("patient, representative, read_by_two")

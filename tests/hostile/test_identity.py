"""Whose it is: a wrong wristband, a name alone, one person counted for two."""

from dataclasses import replace

from coi.demo.performer import Wish
from coi.services.identity import Stated
from coi.services.scanning import Code

CHECKERS = ("ivo", "ivo", "irma")
OTHERS = ("iris", "iris", "ines")


def test_another_patients_wristband_is_a_mismatch(ward):
    """It stops the pairing as a wrong bag does: an open exception, and two others check."""
    bag = ward.bags()[0]
    wanted, *_ = ward.performer.request(ward.anissa, "check_at_bedside", Wish(on=(bag,)))
    stranger = ward.performer.wristbands[ward.look(ward.danae).therapy.patient]
    codes = (wanted.codes[0], Code(stranger), *wanted.codes[2:])

    assert "WRONG_PATIENT" in ward.refusals("check_at_bedside", bag, people=CHECKERS, codes=codes)
    assert "SAME_PAIR_AFTER_MISMATCH" in ward.refusals("check_at_bedside", bag, people=CHECKERS)
    (exception,) = (s for s in ward.look().subjects.values() if s.machine == "exception")
    assert exception.position.state == "open"
    assert ward.refusals("check_at_bedside", bag, people=OTHERS) == set()


def test_a_name_alone_does_not_identify(ward):
    """Family and given name are one identifier, and the sex is none: namesakes exist."""
    bag = ward.bags()[0]
    wanted, *_ = ward.performer.request(ward.anissa, "check_at_bedside", Wish(on=(bag,)))
    told = ward.performer.identities[ward.anissa]

    for names in (("family_name", "given_name"), ("family_name", "sex"), ("birth_date", "sex")):
        few = tuple(
            replace(one, identifiers={name: told[name] for name in names}) for one in wanted.stated
        )
        assert ward.refusals("check_at_bedside", bag, stated=few) == {"PATIENT_NOT_IDENTIFIED"}


def test_two_identifiers_of_one_person_count_once(ward):
    """What one person matched in two goes is not what two people matched."""
    bag = ward.bags()[0]
    wanted, *_ = ward.performer.request(ward.anissa, "check_at_bedside", Wish(on=(bag,)))
    first = wanted.stated[0]
    told = ward.performer.identities[ward.anissa]
    other = Stated(wanted.stated[1].username, {"family_name": told["family_name"]})

    twice = (first, first, other)
    assert ward.refusals("check_at_bedside", bag, stated=twice) == {"PATIENT_NOT_IDENTIFIED"}

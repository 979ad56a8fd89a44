"""Whoever was at a wrong pairing stops with this patient; what belongs elsewhere is told there."""

from secrets import token_bytes

import pytest

from coi.demo.performer import Wish
from coi.services.identity import Stated
from labels.identifiers import issue_serial
from tests.coi.web.bedside import CHECK, FIRST, SECOND, THIRD, WARD


def exceptions_of(bedside, coi=""):
    """Class and stop of each exception that stands open in a therapy."""
    view = bedside.look(coi)
    found = [
        subject.id
        for subject in view.subjects.values()
        if subject.machine == "exception" and subject.position.state == "open"
    ]
    told = {(value.subject, value.field): value.content for value in view.values}
    return [(told[name, "class"], told[name, "stops"]) for name in found]


def another_order(bedside):
    """The first scans the order of another patient."""
    bedside.checking().scan(bedside.danae)


def heard_otherwise(bedside):
    """The first hears another birth date."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    walker.send(**{**bedside.heard(), "said-birth_date": "1961-01-01"})
    walker.send()
    bedside.signs(walker, FIRST)


def two_bags(bedside):
    """Each of the two scans another bag of the patient."""
    second = bedside.second(bedside.first_part(0))
    bedside.signs(bedside.check(second, 1), SECOND)


def anothers_band(bedside):
    """The first scans the wristband of another patient."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    walker.scan(bedside.band(bedside.danae))


@pytest.mark.parametrize(
    "at_it",
    [another_order, heard_otherwise, two_bags, anothers_band],
    ids=["another order", "heard otherwise", "two bags", "another's wristband"],
)
def test_the_pair_does_not_begin_again(bedside, at_it):
    """A critical exception stops the people; two others may check."""
    at_it(bedside)

    assert exceptions_of(bedside) == [("critical", "pairing")]
    assert "SAME_PAIR_AFTER_MISMATCH" in bedside.checking().answer.text
    assert bedside.checking(THIRD).path


def test_a_pair_that_heard_otherwise_neither_admits_nor_checks(bedside):
    """What was said at the admission bars the same two from every step at this patient."""
    ward, pair = bedside.ward, (FIRST, FIRST, SECOND)
    wanted, *_ = bedside.performer.request(bedside.coi, "admit_patient", Wish())
    told = {**wanted.stated[0].identifiers, "birth_date": "1961-01-01"}
    people = [Stated(username, told) for username in (FIRST, SECOND)]

    def admitted(by, **spoilt):
        return ward.refusals("admit_patient", people=by, unit=WARD, **spoilt)

    assert "IDENTITY_DIFFERS" in admitted(pair, stated=tuple(people))
    assert admitted(pair) == {"SAME_PAIR_AFTER_MISMATCH"}
    assert "SAME_PAIR_AFTER_MISMATCH" in ward.refusals(CHECK, ward.bags()[0], people=pair)
    assert admitted((THIRD, THIRD, "ines")) == set()


def old_band(bedside, walker):
    """A wristband that a newer one has replaced."""
    walker.scan(bedside.old_band)


def unknown(_bedside, walker):
    """A serial that was never issued."""
    walker.scan(issue_serial("W", "TEST", token_bytes).text)


@pytest.mark.parametrize("scan", [old_band, unknown])
def test_what_is_nobody_elses_stops_the_hand_alone(bedside, scan):
    """The same patient's old band, and a code that nobody knows, pair nothing wrongly."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    scan(bedside, walker)

    assert 'class="verdict stopped"' in walker.page
    assert exceptions_of(bedside) == []
    assert bedside.checking().path


@pytest.mark.parametrize("username", [FIRST, SECOND])
def test_a_wrong_scan_of_the_second_does_not_say_that_both_scanned_otherwise(bedside, username):
    """They have not scanned everything yet: an unknown code stops nobody of the two for that."""
    second = bedside.second(bedside.first_part())
    second.scan(bedside.coi)
    unknown(bedside, second)

    assert "SCANNED_OTHERWISE" not in {one.code for one in bedside.last().refusals}
    assert exceptions_of(bedside) == []
    assert bedside.checking(username).path


# -- told elsewhere --------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["danae", "other"])
def test_another_order_is_told_in_its_therapy(bedside, whose):
    """Another patient's, and the same patient's other therapy: a major exception, nothing held."""
    strange = getattr(bedside, whose)
    walker = bedside.checking()
    walker.scan(strange)
    last = bedside.last(strange)

    assert (last.kind, last.actor) == ("incident", bedside.ward.who(FIRST).person)
    assert exceptions_of(bedside, strange) == [("major", "nothing")]
    assert {subject.position.stops for subject in bedside.look(strange).subjects.values()} == {0}


def test_another_patients_wristband_is_told_in_their_therapy(bedside):
    """Somebody else may be lying there: whoever treats Danae reads of it."""
    anothers_band(bedside)

    assert bedside.last(bedside.danae).kind == "incident"
    assert exceptions_of(bedside, bedside.danae) == [("major", "nothing")]


def test_another_patients_wristband_is_told_in_each_of_their_therapies(bedside):
    """Danae's check, with Anissa's wristband: both of Anissa's therapies are told."""
    walker = bedside.checking(FIRST, bedside.danae)
    walker.scan(bedside.danae)
    walker.scan(bedside.band())

    assert [bedside.last(coi).kind for coi in (bedside.coi, bedside.other)] == ["incident"] * 2


def test_a_therapy_that_is_over_is_not_told_of_a_wristband(bedside):
    """Nothing of it can be given any more."""
    bedside.performer.do(bedside.other, "cancel")
    before = bedside.look(bedside.other).head_hash
    walker = bedside.checking(FIRST, bedside.danae)
    walker.scan(bedside.danae)
    walker.scan(bedside.band())

    assert bedside.last().kind == "incident"
    assert bedside.look(bedside.other).head_hash == before


def test_the_old_wristband_of_the_patient_in_hand_is_told_nowhere_else(bedside):
    """It was issued for the other therapy, and the patient is the same."""
    before = bedside.look(bedside.other).head_hash
    walker = bedside.checking()
    walker.scan(bedside.coi)
    old_band(bedside, walker)

    assert bedside.last().action == CHECK
    assert bedside.look(bedside.other).head_hash == before

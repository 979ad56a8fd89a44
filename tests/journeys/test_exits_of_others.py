"""The exits of each therapy beside the first: what is out of specification, damaged, or put off."""

from dataclasses import replace

import pytest

from coi.demo.cast import PATIENTS, holders
from coi.demo.chapters import LIFTED, Step, play
from coi.demo.deviations import ASKED_FOR
from coi.demo.others import TOLD
from coi.demo.performer import Wish
from coi.demo.rescue import RESCUE_CHECKED
from coi.services.labelling import bag_label_pdf, newest_serial
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.fixtures import DATABASES
from tests.journeys.asking import (
    act,
    ids,
    newest,
    refused,
    since,
    state,
    states,
    take_refused,
    until,
    values,
)
from tests.journeys.branching import IT
from tests.journeys.worlds import told_on, verdict_of, whole_copy_of
from tests.labels.reading import read


@pytest.fixture(params=DATABASES)
def databases(request):
    """Where this journey is recorded."""
    return request.getfixturevalue(f"{request.param}_databases")


OTHERS = pytest.mark.parametrize("told", TOLD, ids=lambda told: told.workflow)
TOLD_BY_NAME = {told.workflow: told for told in TOLD}
POINT_OF_CARE = TOLD_BY_NAME["point-of-care-car-t"]
STEM_CELLS = TOLD_BY_NAME["gene-edited-hsc"]
TUMOUR = TOLD_BY_NAME["til"]
SUPPLIED = "out of specification, supplied"
RELEASED = ASKED_FOR[-1]
_BUILDS_ON = {
    "give_medical_opinion": {"evaluate_risk"},
    "consent_to_out_of_specification": {"evaluate_risk"},
    "accept_out_of_specification": {
        "give_medical_opinion",
        "request_out_of_specification",
        "consent_to_out_of_specification",
    },
}


def tell(performer, told, steps):
    """Tell some steps to a patient; returns the COI identifier."""
    return told.tell(performer, PATIENTS[0], steps)


# -- out of specification --------------------------------------------------------------------------


@OTHERS
def test_it_is_supplied_at_the_physician_s_request(performer, told):
    """From the declaration to the infusion; the record is whole, and a late result counts."""
    coi = tell(performer, told, told.stories[SUPPLIED])

    assert states(performer, coi, "lot") == {"released_out_of_specification": 1}
    assert states(performer, coi, "product")["infused"] == 1
    assert newest(performer, coi).action == "acknowledge_late_result"
    assert verdict_of(performer.installation).findings == ()


@pytest.fixture(scope="module")
def declared_worlds():
    """Worlds in which a lot was declared out of specification, by database and definition."""
    return {}


@pytest.fixture
def declared(databases, empty_world, declared_worlds, told, tmp_path, tmp_path_factory):
    """A performer where it was declared, and nobody has asked for it yet; and the COI identifier.

    It is told once, and each test goes on in a copy of its own.
    """
    key = empty_world.home, told.workflow
    if key not in declared_worlds:
        before = until(told.stories[SUPPLIED], "evaluate_risk")
        home = tmp_path_factory.mktemp("declared")
        declared_worlds[key] = told_on(
            databases, empty_world, home, lambda performer: {IT: tell(performer, told, before)}
        )
    world = declared_worlds[key]
    with whole_copy_of(databases, world, tmp_path) as performer:
        yield performer, world.cois[IT]


@pytest.mark.parametrize("left_out", [step.action for step in ASKED_FOR[:-1]])
@OTHERS
def test_without_a_piece_it_is_not_released(declared, left_out):
    """Whatever else is there: the release, or a piece that builds on it, is refused."""
    performer, coi = declared

    for step in ASKED_FOR[:-1]:
        if left_out in _BUILDS_ON.get(step.action, ()):
            take_refused(performer, coi, step, "NOT_ON_RECORD")
            return
        if step.action != left_out:
            play(performer, coi, [step])

    take_refused(performer, coi, RELEASED, "NOT_ON_RECORD")


@OTHERS
def test_another_s_cells_are_never_supplied(performer, told):
    """There is no way around an identity that does not fit."""
    tested = until(told.stories[SUPPLIED], "declare_out_of_specification")
    coi = tell(performer, told, tested)
    wrong = look(performer.installation, coi).workflow.tests["identity"].choices[1]
    play(performer, coi, [Step("record_result", values={"test": "identity", "result": wrong})])

    take_refused(performer, coi, Step("declare_out_of_specification"), "NEVER_SUPPLIED")


@OTHERS
def test_the_new_label_says_it_and_the_old_one_leads_nowhere(performer, told):
    """Unlabelled it is not accepted or sent; it is printed, and the label below it stops."""
    story = told.stories[SUPPLIED]
    coi = tell(performer, told, until(story, "relabel"))
    bag = ids(performer, coi, "product", "released")[0]
    old = newest_serial(performer.installation, bag)
    play(performer, coi, [Step("relabel", "product", "released")])
    label = read(bag_label_pdf(performer.installation, newest_serial(performer.installation, bag)))

    handing, *who = performer.request(coi, "release_custody", _handed_over(performer, coi, bag))

    assert "OUT OF SPECIFICATION" in label.text
    with refused(performer, coi, "OLD_LABEL"):
        act(performer, (replace(handing, codes=(Code(f"{old}/{coi}"),)), *who))


def _handed_over(performer, coi, bag):
    """Wish that a bag is handed over to another unit of the house that has it."""
    holder = look(performer.installation, coi).subjects[bag].position.holder
    return Wish(on=(bag,), to="west-ward" if holder == "west-cleanroom" else "works-store")


@OTHERS
def test_a_label_that_says_nothing_stops_at_the_next_hands(performer, told):
    """Released, but nobody has labelled it: it is not packed, or not accepted at the bedside."""
    given = since(told.stories[SUPPLIED], "relabel")[1:]
    asks = next(step for step in given if step.action in {"pack", "accept_product"})
    steps = [*until(told.stories[SUPPLIED], "relabel"), *until(given, asks.action)]
    coi = tell(performer, told, steps)

    take_refused(performer, coi, asks, "LABEL_SAYS_NOTHING")


def test_in_one_house_whoever_asks_does_not_advise(performer):
    """At the point of care a physician with both roles gives one of the two, and not both."""
    story = POINT_OF_CARE.stories[SUPPLIED]
    coi = tell(performer, POINT_OF_CARE, until(story, "give_medical_opinion"))
    _asked, _physician, signers = performer.request(coi, "request_out_of_specification")
    play(performer, coi, [Step("request_out_of_specification")])
    advised, adviser, _signers = performer.request(coi, "give_medical_opinion")

    with refused(performer, coi, "TOOK_PART"):
        act(performer, (advised, adviser, (replace(signers[0], meaning="advised"),)))


# -- damage ----------------------------------------------------------------------------------------


@OTHERS
def test_a_damaged_bag_waits_for_the_physician(performer, told):
    """Nobody checks or infuses it before; then it is checked like any other."""
    *at_hand, reported = told.stories["damaged, and nobody has decided"]
    coi = tell(performer, told, at_hand)
    bag = ids(performer, coi, "product", reported.state)[0]
    check = performer.request(coi, "check_at_bedside", Wish(on=(bag,)))
    play(performer, coi, [reported])
    with refused(performer, coi, "WRONG_STATE"):
        act(performer, check)
    play(performer, coi, [Step("use_damaged")])

    act(performer, performer.request(coi, "check_at_bedside", Wish(on=(bag,))))
    assert look(performer.installation, coi).subjects[bag].position.state == "checked"


@OTHERS
def test_a_damaged_bag_that_is_given_up_is_destroyed(performer, told):
    """It never comes near the patient again; another one is infused."""
    coi = tell(performer, told, told.stories["damaged, used and given up"])

    assert states(performer, coi, "product")["destroyed"] == 1
    assert states(performer, coi, "product")["infused"] == 1


def test_at_the_ward_the_physician_takes_a_damaged_bag_in(performer):
    """It is found when the fresh bag arrives; the decision is the acceptance."""
    story = POINT_OF_CARE.stories["damaged when it came to the ward"]
    coi = tell(performer, POINT_OF_CARE, until(story, "use_damaged"))
    play(performer, coi, [Step("use_damaged")])

    assert state(performer, coi) == "delivered"
    assert states(performer, coi, "product")["accepted"] == 1


def test_a_damaged_rescue_graft_waits_for_the_physician(performer):
    """Without marrow of their own, the patient may need it all the same: checked anew, given.

    Quality assurance is told, and stands in nobody's way.
    """
    story = STEM_CELLS.stories["rescue graft is damaged, and given"]
    coi = tell(performer, STEM_CELLS, until(story, "report_rescue_damage"))
    bag = ids(performer, coi, "rescue", "thawed")[0]
    check = performer.request(coi, "check_rescue_at_bedside", Wish(on=(bag,)))
    play(performer, coi, since(story, "report_rescue_damage")[:1])
    with refused(performer, coi, "WRONG_STATE"):
        act(performer, check)
    play(performer, coi, [Step("use_damaged_rescue"), RESCUE_CHECKED])

    assert states(performer, coi, "rescue")["checked"] == 1
    assert (values(performer, coi, "kind")[-1], values(performer, coi, "class")[-1]) == (
        "damage",
        "major",
    )


# -- later -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "before", "later"),
    [
        (POINT_OF_CARE, "check_at_bedside", "2026-12-01T18:00:00.000000Z"),
        (TUMOUR, "thaw", "2026-12-24"),
        (STEM_CELLS, "thaw", "2026-12-24"),
    ],
    ids=lambda one: getattr(one, "workflow", ""),
)
def test_an_infusion_is_postponed(performer, told, before, later):
    """To a day, a fresh product to an hour; the reason stands on record, and nothing moves."""
    coi = tell(performer, told, until(told.good, before))
    stood = look(performer.installation, coi).subjects
    play(performer, coi, [Step("postpone_infusion", values={"postponed_to": later})])

    stands = look(performer.installation, coi).subjects
    assert values(performer, coi, "postponed_to") == [later]
    assert [s.position.state for s in stands.values()] == [s.position.state for s in stood.values()]


def test_after_myeloablation_nobody_waits_without_a_rescue_graft(performer):
    """On hold it may never be given: the infusion is not postponed."""
    coi = tell(performer, STEM_CELLS, until(STEM_CELLS.good, "thaw"))
    play(performer, coi, [Step("hold", "rescue", "accepted")])
    take_refused(performer, coi, Step("postpone_infusion"), "PRODUCT_NOT_ACCEPTED")
    play(performer, coi, [LIFTED, Step("postpone_infusion")])

    assert newest(performer, coi).action == "postpone_infusion"


@OTHERS
def test_a_later_expiry_stands_on_a_label_of_its_own(performer, told):
    """It is printed on it; whoever scans the label below is stopped."""
    coi = tell(performer, told, until(told.good, "accept_product"))
    bag = ids(performer, coi, "product")[0]
    old = newest_serial(performer.installation, bag)
    play(performer, coi, [Step("extend_expiry", "product", first=1)])

    expiry = values(performer, coi, "expires_at")[-1]
    label = read(bag_label_pdf(performer.installation, newest_serial(performer.installation, bag)))
    accepting, *who = performer.request(coi, "accept_product", Wish(on=(bag,)))

    assert expiry[:10] in label.text
    with refused(performer, coi, "OLD_LABEL"):
        act(performer, (replace(accepting, codes=(Code(f"{old}/{coi}"),)), *who))


def test_a_fresh_product_is_extended_by_hours(performer):
    """And never by more than a new one would live."""
    coi = tell(performer, POINT_OF_CARE, until(POINT_OF_CARE.good, "accept_product"))
    days = replace(Step("extend_expiry", "product", "released", first=1), expires_in_hours=25)

    take_refused(performer, coi, days, "EXPIRY_IMPLAUSIBLE")
    play(performer, coi, [replace(days, expires_in_hours=23)])

    assert newest(performer, coi).action == "extend_expiry"


def test_a_rescue_graft_keeps_longer_when_the_physician_says_so(performer):
    """Made months before it may be needed; nobody of the manufacturer has a part in it."""
    coi = tell(performer, STEM_CELLS, until(STEM_CELLS.good, "release_shipment"))
    avoid = holders("qualified_person")
    play(performer, coi, [Step("extend_rescue_expiry", "rescue", "accepted", avoid=avoid)])

    meanings = {one.meaning for one in newest(performer, coi).signatures}
    assert meanings == {"performed", "reviewed", "extended"}


# -- what comes afterwards -------------------------------------------------------------------------


@OTHERS
def test_once_consent_is_withdrawn_nothing_goes_on(performer, told):
    """Until the therapy is cancelled, and what is left comes to its end as the patient wishes."""
    story = told.stories["consent withdrawn"]
    coi = tell(performer, told, until(story, "cancel"))
    take_refused(performer, coi, Step("release_custody", "material"), "THERAPY_ON_HOLD")
    play(performer, coi, since(story, "cancel"))

    assert state(performer, coi) == "cancelled"
    assert set(states(performer, coi, "material")) == {"destroyed"}


def test_after_myeloablation_a_patient_who_withdraws_is_rescued_all_the_same(performer):
    """The therapy stands still until somebody lets it go on; then the rescue graft is given."""
    story = STEM_CELLS.stories["consent withdrawn, and rescued all the same"]
    coi = tell(performer, STEM_CELLS, until(story, "lift_for_the_rescue"))
    take_refused(performer, coi, Step("thaw_rescue", "rescue", "accepted"), "THERAPY_ON_HOLD")
    take_refused(performer, coi, Step("lift_therapy", "exception"), "CONSENT_WITHDRAWN")
    play(performer, coi, since(story, "lift_for_the_rescue"))

    assert state(performer, coi) == "rescued"


@OTHERS
def test_growth_when_all_was_released_is_acknowledged(performer, told):
    """The alarm stays open for quality assurance, and what is done stands on record."""
    story = told.stories["growth when all was released"]
    coi = tell(performer, told, until(story, "record_late_result"))
    take_refused(performer, coi, Step("acknowledge_late_result"), "WITHIN_SPECIFICATION")
    play(performer, coi, since(story, "record_late_result"))

    assert newest(performer, coi).action == "acknowledge_late_result"
    assert states(performer, coi, "exception") == {"open": 1}

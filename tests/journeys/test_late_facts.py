"""What happened on paper is recorded as it happened; what was against a rule opens an exception."""

from dataclasses import replace
from datetime import UTC, datetime

from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.performer import Wish
from coi.demo.stories import LATE_FACTS, spoilt
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.journeys.asking import act, newest, refused, state, states, until, values
from workflows.facts import Mode

AT_THE_BEDSIDE = until(LATE_FACTS, "infuse")
LATE = Mode.LATE


def test_what_happened_is_recorded_and_what_was_against_a_rule_is_an_exception(performer):
    """Infused after the thaw window: recorded as infused, with an exception for each rule."""
    coi = performer.order(PATIENTS[0])

    play(performer, coi, LATE_FACTS[: len(AT_THE_BEDSIDE) + 1])
    entry = newest(performer, coi)

    assert states(performer, coi, "product") == {"infused": 1, "accepted": 3}
    assert state(performer, coi) == "treating"
    assert (entry.kind, entry.action) == ("late", "infuse")
    assert entry.happened_at < entry.recorded_at
    assert set(entry.content["notices"]) >= {"LATE_ENTRY", "RULES_BROKEN"}
    assert sum(move["machine"] == "exception" for move in entry.content["moves"]) == 2


def test_what_still_lives_is_stopped_and_what_is_used_up_is_looked_into(performer):
    """The shipper that lasted too short was held, twice; of the infused bag nothing can be held."""
    coi = performer.order(PATIENTS[0])

    play(performer, coi, LATE_FACTS)

    assert values(performer, coi, "class") == ["critical", "critical", "major", "major"]
    assert values(performer, coi, "stops") == ["item", "item", "nothing", "nothing"]
    assert states(performer, coi, "exception") == {"open": 1, "closed": 3}


def test_identity_does_not_bend_to_a_late_fact(performer):
    """A late infusion of another therapy's bag is refused: what was done wrongly is an incident."""
    coi, other = performer.order(PATIENTS[0]), performer.order(PATIENTS[1])
    play(performer, other, until(LATE_FACTS, "freeze_material"))
    play(performer, coi, AT_THE_BEDSIDE)
    wish = Wish(mode=LATE, hours_ago=1)
    wanted, actor, signers = performer.request(coi, "infuse", wish)
    view = look(performer.installation, other)
    (serial,) = view.labels[next(one for one in view.labels if "material" in machine(view, one))]

    with refused(performer, coi, "WRONG_THERAPY"):
        codes = (*wanted.codes[:-1], Code(f"{serial}/{other}"))
        act(performer, (spoilt(wanted, codes=codes), actor, signers))

    assert states(performer, coi, "product") == {"checked": 1, "accepted": 3}


def test_a_late_fact_lies_in_the_past(performer):
    """Without a time, or with one to come, it is refused."""
    coi = performer.order(PATIENTS[0])
    wanted, actor, signers = performer.request(coi, "approve")

    for key, happened_at in (("none", None), ("to come", datetime(2040, 1, 1, tzinfo=UTC))):
        late = replace(wanted, key=key, mode=LATE, happened_at=happened_at)
        with refused(performer, coi, "NOT_IN_THE_PAST"):
            act(performer, (late, actor, signers))


def machine(view, subject):
    """Give the machine of a subject."""
    return view.subjects[subject].machine

"""A step under way is handed over and taken over by programs of people, each with a grant."""

import pytest

from coi.demo import stories
from coi.demo.cast import PATIENTS
from coi.services.therapies import look
from tests.coi.api.errands import AtErrand
from workflows.shift import HANDED_OVER, TAKEN_OVER

TOLD = {"to": "lena", "done": "Begun.", "remains": "All the rest."}


@pytest.fixture
def coi(performer):
    """A therapy whose bags wait for the cell laboratory."""
    coi = performer.order(PATIENTS[0])
    stories.play(performer, coi, stories.WAITING["the cell laboratory"])
    return coi


@pytest.fixture
def leo(program, coi):
    """Leo has begun to take them in."""
    return AtErrand(program("leo")).begin(coi, "accept_custody", "north-lab")


def sent(errand, where, meaning, **told):
    """Send what is signed with this meaning, for the step as it stands."""
    body = {"version": errand.see().json["version"], **told}
    return errand.program.signed(f"{errand.path}/{where}", body, meaning)


def test_a_step_is_handed_over_and_taken_over(leo, program, installation, coi):
    """The receiver finds it in the list, with what was said, and has it in hand afterwards."""
    handed = sent(leo, "hand-over", HANDED_OVER, **TOLD)
    lena = AtErrand(program("lena"), leo.id)
    (listed,) = lena.program.get("/errands").json["items"]
    taken = sent(lena, "take-over", TAKEN_OVER)

    assert (handed.status_code, handed.json["standing"]) == (200, "elsewhere")
    assert listed["is_handed"]
    offer = handed.json["offer"]
    assert {name: offer[name] for name in ("by", "to", "remains")} == {
        "by": "Leo Lab",
        "to": "Lena O'Lab",
        "remains": "All the rest.",
    }
    assert (taken.status_code, taken.json["standing"]) == (200, "in_hand")
    assert taken.json["offer"] is None
    signed = [one.signatures[0].meaning for one in look(installation, coi).history[-2:]]
    assert signed == [HANDED_OVER, TAKEN_OVER]


def test_nobody_goes_on_with_a_colleagues_step_without_a_word(leo, program):
    """Neither by taking it up, nor by taking it over without a reason."""
    lena = AtErrand(program("lena"), leo.id)

    for answer, code in (
        (lena.post("/take-up", None), "NOT_HANDED_OVER"),
        (sent(lena, "take-over", TAKEN_OVER), "REASON_MISSING"),
        (sent(lena, "hand-over", HANDED_OVER, **{**TOLD, "to": "leo"}), "NOT_IN_YOUR_HANDS"),
    ):
        assert answer.status_code == 409
        assert code in answer.text


def test_a_grant_of_another_meaning_hands_nothing_over(leo, installation, coi):
    """What was signed is what is done."""
    before = len(look(installation, coi).history)

    answer = sent(leo, "hand-over", TAKEN_OVER, **TOLD)

    assert answer.status_code == 422
    assert len(look(installation, coi).history) == before


def test_of_two_at_the_bench_the_second_signs_in_a_session_of_their_own(
    performer, program, installation
):
    """The first gives one grant, and it waits; the second reads all of it and gives theirs."""
    coi = performer.order(PATIENTS[0])
    stories.play(performer, coi, (*stories.IN_MANUFACTURE, *stories.MADE[:4]))
    mia = AtErrand(program("mia")).begin(coi, "harvest", "works-production")
    mia.answer(value="900")
    mia.answer()
    mia.answer()

    waiting = mia.sign()
    verifier = AtErrand(program("max"), mia.id).take_up()
    read = verifier.see().json["screen"]["read_back"]
    verifier.answer()
    signed = verifier.sign()

    assert (waiting.status_code, waiting.json["standing"]) == (200, "waiting")
    assert "900" in str(read)
    assert (signed.status_code, signed.json["standing"]) == (200, "ended")
    assert [one.username for one in look(installation, coi).history[-1].signatures] == [
        "mia",
        "max",
    ]

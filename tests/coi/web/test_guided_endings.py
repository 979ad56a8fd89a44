"""A step and its entry end together: whatever breaks on the way leaves both, or neither."""

import signal
from contextlib import suppress
from multiprocessing import get_context

import pytest

from coi.services.errand import RIGHT, STOPPED, Why
from coi.services.finding import find
from coi.services.people import set_password
from coi.services.scanning import Code
from coi.services.stopping import Hand, stop
from coi.store.errands import forget
from tests.coi.web.bedside import CHECK, FIRST, SECOND
from tests.coi.web.endings import Ending, end_and_be_killed
from tests.faults.cuts import Cut, Moment, Scissors, raising

AT_STATEMENTS = (Moment.BEFORE, Moment.AFTER)
MORE_THAN_ENOUGH = 300


def last_signature(bedside):
    """Both have checked; the second is about to sign."""
    return Ending.of(bedside.check(bedside.second(bedside.first_part())), SECOND)


def wrong_scan(bedside):
    """The bag of another patient is about to be scanned."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    walker.scan(bedside.band())
    return Ending.of(walker, FIRST, bedside.label(0, bedside.danae))


def wrong_answer(bedside):
    """The first of two has heard another birth date, and is about to sign it."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    walker.send(**{**bedside.heard(), "said-birth_date": "1961-01-01"})
    walker.send()
    return Ending.of(walker, FIRST)


ENDINGS = pytest.mark.parametrize(
    ("about_to_end", "verdict"),
    [(last_signature, RIGHT), (wrong_scan, STOPPED), (wrong_answer, STOPPED)],
    ids=["signed", "scanned wrongly", "heard otherwise"],
)


def trace(bedside, ending):
    """How far both therapies' records are, and the step."""
    lengths = [len(bedside.look(coi).history) for coi in (bedside.coi, bedside.danae)]
    errand = ending.now(bedside.installation)
    return lengths, errand.version, errand.is_open


@ENDINGS
@pytest.mark.parametrize("moment", AT_STATEMENTS)
def test_a_fault_at_any_statement_leaves_neither_entry_nor_end(
    bedside, about_to_end, verdict, moment
):
    """The step is open at the same screen; once nothing fails, it is ended and on record."""
    ending = about_to_end(bedside)
    before, engine = trace(bedside, ending), bedside.installation.engine

    for nth in range(1, MORE_THAN_ENOUGH):
        act = ending.prepared(bedside.installation)
        with Scissors(engine, moment, nth, raising) as scissors, suppress(Cut):
            act()
        if not scissors.fired:
            break
        assert trace(bedside, ending) == before, f"{moment} {nth}"

    assert nth > 10
    assert_ended(bedside, ending, before, verdict)


def assert_ended(bedside, ending, before, verdict):
    """Exactly one entry more, and the step ended so."""
    errand = ending.now(bedside.installation)
    assert len(bedside.look().history) == before[0][0] + 1
    assert errand.verdict is not None
    assert errand.verdict.kind == verdict


@ENDINGS
def test_a_commit_that_does_not_come_leaves_neither(bedside, about_to_end, verdict):
    """Both were written, and nothing of both is there."""
    ending = about_to_end(bedside)
    before = trace(bedside, ending)
    act = ending.prepared(bedside.installation)

    with (
        Scissors(bedside.installation.engine, Moment.COMMIT, 1, raising),
        pytest.raises(Cut),
    ):
        act()

    assert trace(bedside, ending) == before, verdict


@ENDINGS
@pytest.mark.parametrize("moment", [Moment.COMMIT, Moment.COMMITTED])
def test_a_process_killed_at_the_commit_leaves_both_or_neither(
    bedside, about_to_end, verdict, moment
):
    """SIGKILL before it, and after it but before anybody was answered (BD-03)."""
    ending = about_to_end(bedside)
    before = trace(bedside, ending)

    killed(bedside, ending, moment, 1)

    if moment is Moment.COMMIT:
        assert trace(bedside, ending) == before
    else:
        assert_ended(bedside, ending, before, verdict)


@ENDINGS
def test_a_process_killed_at_a_statement_leaves_neither(bedside, about_to_end, verdict):
    """SIGKILL at each fifth statement; after it the step is ended as if nothing had been."""
    ending = about_to_end(bedside)
    before = trace(bedside, ending)

    for nth in range(1, MORE_THAN_ENOUGH, 5):
        if killed(bedside, ending, Moment.AFTER, nth) == 0:
            break
        assert trace(bedside, ending) == before, nth

    assert_ended(bedside, ending, before, verdict)


def killed(bedside, ending, moment, nth):
    """How a process ended that was to end the step: killed, or with 0."""
    bedside.installation.engine.dispose()
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.coi.web.endings"])
    now = bedside.installation.clock.now()
    asked = (bedside.installation.settings.home, now, ending, moment, nth)
    process = processes.Process(target=end_and_be_killed, args=asked)
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode


# -- a STOP is never lost --------------------------------------------------------------------------

WRONG = Why("OLD_WRISTBAND", "STOP. This wristband was replaced", "Take the one on the arm")


def stopped(bedside, ending, code, scene=None):
    """The step after a wrong scan of somebody who saw this scene of it."""
    installation, somebody = bedside.installation, ending.who(bedside.installation)
    scene = scene or find(installation, somebody, ending.errand)
    hand = (installation, somebody, scene)
    return installation.transact(lambda tx: stop(Hand(tx, *hand), Code(code), (WRONG,)))


def test_a_stop_stands_whatever_the_engine_would_say_by_now(bedside):
    """What was wrong when it was scanned is on record for that reason, and nothing is taken."""
    ending = last_signature(bedside)

    after = stopped(bedside, ending, bedside.band())

    assert after.verdict.reasons == (WRONG,)
    assert bedside.last().kind == "refused"
    assert WRONG.code in {one.code for one in bedside.last().refusals}


def test_a_wrong_scan_that_is_sent_twice_stands_once(bedside):
    """Two tabs of one screen: one entry, one end."""
    ending = wrong_scan(bedside)
    scene = find(bedside.installation, ending.who(bedside.installation), ending.errand)
    before = trace(bedside, ending)

    for _ in range(2):
        stopped(bedside, ending, ending.code, scene)

    assert trace(bedside, ending)[0] == [length + 1 for length in before[0]]


def test_a_stop_is_shown_where_another_tab_has_signed_before(bedside):
    """The step was taken; the wrong scan stands beside it, and is what both see."""
    ending = last_signature(bedside)
    scene = find(bedside.installation, ending.who(bedside.installation), ending.errand)
    ending.prepared(bedside.installation)()

    after = stopped(bedside, ending, bedside.old_band, scene)

    assert after.verdict.kind == STOPPED
    assert "nothing was done" not in second_page(bedside, ending)
    assert [one.kind for one in bedside.look().history[-2:]] == ["act", "refused"]


def test_a_stop_of_a_step_that_was_forgotten_meanwhile_stands(bedside):
    """Nothing is left to end, and the wrong scan is on record all the same."""
    ending = wrong_scan(bedside)
    scene = find(bedside.installation, ending.who(bedside.installation), ending.errand)
    bedside.installation.transact(lambda tx: forget(tx, "9"))

    after = stopped(bedside, ending, bedside.old_band, scene)

    assert after.verdict.kind == STOPPED
    assert bedside.last().kind == "refused"


def test_the_page_names_what_was_scanned_beside_what_else_stops(bedside):
    """An unknown code, while the thaw window of the bag has passed: both are read."""
    ending = last_signature(bedside)
    unknown = Why("UNKNOWN_CODE", "STOP. This code is not known here", "Put it aside")
    somebody = ending.who(bedside.installation)
    hand = (bedside.installation, somebody, find(bedside.installation, somebody, ending.errand))
    bedside.wait(61)

    after = bedside.installation.transact(
        lambda tx: stop(Hand(tx, *hand), Code("W-TEST-00000000-0"), (unknown,))
    )

    assert [one.code for one in after.verdict.reasons] == ["UNKNOWN_CODE", "THAW_WINDOW_PASSED"]


def second_page(bedside, ending):
    """What the second is shown of the step."""
    return bedside.person(SECOND).browser.get(f"/errands/{ending.errand}").text


def test_a_wrong_scan_names_both_though_both_changed_their_passwords(bedside):
    """Nobody signs it, and nobody is freed of it."""
    second = bedside.second(bedside.first_part())
    ending = Ending.of(second, SECOND, bedside.old_band)
    somebody = ending.who(bedside.installation)
    hand = (bedside.installation, somebody, find(bedside.installation, somebody, ending.errand))
    for username in (FIRST, SECOND):
        set_password(bedside.installation, bedside.ward.who(username), "a new one that is long")

    bedside.installation.transact(
        lambda tx: stop(Hand(tx, *hand), Code(bedside.label(0, bedside.danae)), (WRONG,))
    )

    people = {bedside.ward.who(name).person for name in (FIRST, SECOND)}
    content = bedside.last().content
    assert {content["actor"], *content["attempted_by"]} == people


def test_a_step_that_was_discarded_is_signed_by_nobody(bedside):
    """What the page says of it, that nothing was recorded, is true."""
    ending = last_signature(bedside)
    second = bedside.person(SECOND)
    second.path = f"/errands/{ending.errand}"
    second.take_up()
    second.send("/discard")

    bedside.signs(second, SECOND)

    assert bedside.last().action != CHECK

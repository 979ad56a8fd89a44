"""A step is handed over, or taken over, by several at once: one does it, and that is on record."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from coi.demo import cast, stories
from coi.demo.cast import PASSWORD
from coi.errors import Refused
from coi.services import errands, finding, going_on
from coi.services.errands import Beginning
from coi.services.going_on import Answer
from coi.services.handing_over import Handing, hand_over, take_over
from coi.services.in_hand import Answered
from coi.services.sessions import prove, resume, sign_in
from coi.services.therapies import look
from tests.faults.traces import nothing_is_wrong
from tests.fixtures import DATABASES
from tests.journeys.worlds import Databases, build_world, copy_of, told_on
from workflows.shift import HAND_OVER, TAKE_OVER

ROUNDS = 3
TOLD = Handing("lena", "The bags are scanned.", "Look at them, and sign.")


@pytest.fixture(scope="module", params=DATABASES)
def waiting(request, migrated_file, tmp_path_factory):
    """Bags that wait for the cell laboratory; never written to."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    databases = Databases(migrated_file, server)
    empty = build_world(databases, tmp_path_factory.mktemp("empty"))

    def tell(performer):
        coi = performer.order(cast.PATIENTS[0])
        stories.play(performer, coi, stories.WAITING["the cell laboratory"])
        return {"waits": coi}

    return databases, told_on(databases, empty, tmp_path_factory.mktemp("told"), tell)


@pytest.fixture
def lab(waiting, tmp_path) -> Iterator[tuple]:
    """The installation, and the therapy, for this test alone."""
    databases, world = waiting
    with copy_of(databases, world, tmp_path) as performer:
        yield performer.installation, world.cois["waits"]
        assert nothing_is_wrong(performer.installation.engine)


def here(installation, username):
    """Somebody signed in."""
    return resume(installation, sign_in(installation, username, PASSWORD))


def begun(installation, coi, leo, key):
    """Leo has begun to take in what waits."""
    wanted = Beginning(coi, "accept_custody", "north-lab", key)
    errand = errands.begin(installation, leo, wanted).errand
    return Answer(errand.id, errand.version)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all of it in the same moment, each in a thread; what becomes of each."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        together.wait()
        try:
            act()
        except Answered:
            return "ANSWERED"
        except Refused as refused:
            return refused.refusals[0].code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


def told(installation, coi, action):
    """How often this stands on record."""
    return sum(one.action == action for one in look(installation, coi).history)


def test_a_step_is_handed_over_once_from_two_tabs(lab):
    """The second is told that it was handed over already."""
    installation, coi = lab
    leo, signs = here(installation, "leo"), prove(installation, "leo", PASSWORD)
    answer = begun(installation, coi, leo, "key")

    came = at_once(*[lambda: hand_over(installation, leo, answer, TOLD, signs)] * 2)

    assert came == ["HANDED_OVER_ALREADY", "done"]
    assert told(installation, coi, HAND_OVER) == 1


def test_a_step_is_handed_over_or_discarded_and_never_both(lab):
    """Whoever was faster: what was discarded was handed to nobody."""
    installation, coi = lab
    leo, signs = here(installation, "leo"), prove(installation, "leo", PASSWORD)

    for number in range(ROUNDS):
        answer, before = (
            begun(installation, coi, leo, f"key-{number}"),
            told(installation, coi, HAND_OVER),
        )
        came = at_once(
            lambda: hand_over(installation, leo, answer, TOLD, signs),  # noqa: B023
            lambda: going_on.discard(installation, leo, answer),  # noqa: B023
        )
        after = finding.find(installation, leo, answer.errand).errand
        assert came in (["ANSWERED", "done"], ["STEP_ENDED", "done"])
        assert told(installation, coi, HAND_OVER) - before == after.is_open
        if after.is_open:
            going_on.discard(installation, leo, Answer(after.id, after.version))


def test_a_step_is_taken_over_by_one_of_two(lab):
    """Its receiver, or who takes it back with a reason; never both."""
    installation, coi = lab
    leo, signs = here(installation, "leo"), prove(installation, "leo", PASSWORD)
    lena, hers = here(installation, "lena"), prove(installation, "lena", PASSWORD)
    answer = begun(installation, coi, leo, "key")
    hand_over(installation, leo, answer, TOLD, signs)
    seen = Answer(answer.errand, answer.version + 1)

    came = at_once(
        lambda: take_over(installation, lena, seen, hers),
        lambda: take_over(installation, leo, seen, signs, "Lena did not come."),
    )

    assert came in (["ANSWERED", "done"], ["SAME_PERSON", "done"])
    assert told(installation, coi, TAKE_OVER) == 1

"""A release in the moment in which its trail grows, on PostgreSQL: it stands on a review of all."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, RELEASED, filled, play
from coi.demo.labels import read_back
from coi.demo.performer import Performer, spoilt
from coi.demo.reviewing import review_before
from coi.errors import CoiError, Refused
from coi.services import acting
from coi.services.acting import take_action
from coi.services.therapies import look
from coi.services.trail_review import Overtaken, review_trail
from coi.services.unreviewed import unreviewed
from tests.journeys.asking import until
from tests.journeys.worlds import Databases, World, build_world, copy_of, told_on, verdict_of
from workflows.facts import Mode

RELEASE, GROWS = "release_lot", "record_weight"
ROUNDS = 3
A_WHILE = 0.3
Act = Callable[[], object]


@pytest.fixture(scope="module")
def made(migrated_file, postgres_server, tmp_path_factory) -> tuple[Databases, World]:
    """A lot of which everything is there for its release but the review of its trail."""
    databases = Databases(migrated_file, postgres_server)
    empty = build_world(databases, tmp_path_factory.mktemp("empty"))

    def tell(performer):
        coi = performer.order(PATIENTS[0])
        play(performer, coi, (*IN_MANUFACTURE, *MADE, *filled(1), *until(RELEASED, RELEASE)))
        view = look(performer.installation, coi)
        read_back(performer.installation, performer.proven, view, performer.proven["quentin"])
        return {"made": coi}

    return databases, told_on(databases, empty, tmp_path_factory.mktemp("told"), tell)


@pytest.fixture
def again(made, tmp_path) -> Iterator[Callable[[], tuple[Performer, str]]]:
    """Gives the same lot again, each time in a record of its own; each is whole at the end."""
    databases, world = made
    with ExitStack() as copies:
        copied: list[Performer] = []

        def one_more() -> tuple[Performer, str]:
            home = tmp_path / str(len(copied))
            copied.append(copies.enter_context(copy_of(databases, world, home)))
            return copied[-1], world.cois["made"]

        yield one_more
        # The verification names each release behind which a part of the trail was not reviewed.
        assert all(verdict_of(one.installation).findings == () for one in copied)


def step(performer: Performer, coi: str, action: str, **changes: object) -> Act:
    """Somebody is about to take a step; what it takes was looked up before."""
    wanted, actor, signers = performer.request(coi, action)
    wanted = spoilt(wanted, **changes)
    return lambda: take_action(performer.installation, wanted, actor, signers)


def review(performer: Performer, coi: str) -> Act:
    """Somebody is about to sign for what they have read."""
    read = unreviewed(performer.installation, coi)
    return lambda: review_trail(performer.installation, performer.proven["quirin"], coi, read)


def late(performer: Performer, coi: str) -> Act:
    """Somebody tells late of what was weighed a second ago."""
    then = performer.installation.clock.now() - timedelta(seconds=1)
    return step(performer, coi, GROWS, mode=Mode.LATE, happened_at=then)


def at_once(*acts: Act) -> list[CoiError | None]:
    """Do all of it in the same moment; what each is refused with."""
    together = Barrier(len(acts))

    def one(act: Act) -> CoiError | None:
        together.wait()
        try:
            act()
        except CoiError as refused:
            return refused
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def order_of(performer: Performer, coi: str) -> list[str]:
    """Which of both came first."""
    history = look(performer.installation, coi).history
    return [
        one.action for one in history if one.kind != "refused" and one.action in (RELEASE, GROWS)
    ]


@pytest.mark.parametrize("grows", [late, lambda *who: step(*who, GROWS)], ids=["late", "now"])
def test_a_release_and_a_new_entry_at_once(again, grows):
    """The release comes first, or is refused because of what came since its review (A11d-12.8)."""
    for _ in range(ROUNDS):
        performer, coi = again()
        review_before(performer.installation, performer.proven, coi)

        refused, _grew = at_once(step(performer, coi, RELEASE), grows(performer, coi))

        released = [one for one in order_of(performer, coi)[-2:] if one == RELEASE]
        assert bool(released) == (refused is None)
        assert refused is None or "TRAIL_NOT_REVIEWED" in codes(refused)


def codes(refused: CoiError) -> set[str]:
    """Why a step was refused."""
    assert isinstance(refused, Refused), refused
    return {one.code for one in refused.refusals}


def test_a_review_a_new_entry_and_a_release_at_once(again):
    """Whoever signs for a trail that grew meanwhile is told so, or reviewed what they saw."""
    for _ in range(ROUNDS):
        performer, coi = again()

        release, overtaken, _grew = at_once(
            step(performer, coi, RELEASE), review(performer, coi), step(performer, coi, GROWS)
        )

        assert overtaken is None or isinstance(overtaken, Overtaken)
        assert release is None or codes(release) == {"TRAIL_NOT_REVIEWED"}
        assert overtaken is None or release is not None


def test_nothing_comes_between_the_look_for_a_review_and_the_release(again, monkeypatch):
    """Whoever records something in that moment waits until the lot is released."""
    performer, coi = again()
    review_before(performer.installation, performer.proven, coi)
    release, weighed = step(performer, coi, RELEASE), step(performer, coi, GROWS)
    looked, came = Event(), Event()
    looking = acting.refused_unreviewed

    def looking_and_waiting(attempt, decision):
        found = looking(attempt, decision)
        if attempt.request.action == RELEASE:
            looked.set()
            assert not came.wait(A_WHILE)
        return found

    monkeypatch.setattr(acting, "refused_unreviewed", looking_and_waiting)
    releasing = Thread(target=release)
    releasing.start()
    looked.wait()
    weighed()
    came.set()
    releasing.join()

    assert order_of(performer, coi)[-2:] == [RELEASE, GROWS]

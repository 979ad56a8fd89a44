"""Steps that several people end at once, on PostgreSQL: one end, and the record tells the same."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from secrets import token_bytes
from threading import Barrier

import pytest

from coi.app import create_app
from coi.demo import cast, stories
from coi.services import going_on, in_hand
from coi.services.errand import DISCARDED, RIGHT, STOPPED, Why
from coi.services.finding import find
from coi.services.going_on import Answer
from coi.services.in_hand import Answered
from coi.services.scanning import Code
from coi.services.sessions import resume
from coi.services.stopping import Hand, stop
from coi.store import transactions
from labels.identifiers import issue_serial
from tests.coi.web.bedside import CHECK, FIRST, SECOND, THIRD, Bedside
from tests.coi.web.endings import Ending, session_of
from tests.coi.web.walk import Walker
from tests.faults.traces import nothing_is_wrong
from tests.hostile.ward import Ward
from tests.journeys.worlds import Databases, World, build_world, copy_of, told_on

ROUNDS = 6
CROSSINGS = 40
SHORT_STEP = timedelta(milliseconds=100)
WRONG = Why("UNKNOWN_CODE", "STOP. This code is not known here", "Put it aside")


@pytest.fixture(scope="module")
def two_patients(migrated_file, postgres_server, tmp_path_factory) -> tuple[Databases, World]:
    """Anissa's bags and Danae's, thawed on the ward; never written to."""
    databases = Databases(migrated_file, postgres_server)
    empty = build_world(databases, tmp_path_factory.mktemp("empty"))

    def tell(performer):
        cois = {who: performer.order(cast.PATIENTS[n]) for n, who in enumerate(("anissa", "danae"))}
        for coi in cois.values():
            stories.play(performer, coi, stories.AT_BEDSIDE)
        return cois

    return databases, told_on(databases, empty, tmp_path_factory.mktemp("told"), tell)


@pytest.fixture
def bedside(two_patients, tmp_path) -> Iterator[Bedside]:
    """The ward, for this test alone."""
    databases, world = two_patients
    with copy_of(databases, world, tmp_path, SHORT_STEP) as performer:
        ward = Ward(performer, world.cois["anissa"], world.cois["danae"], performer.proven[FIRST])
        yield Bedside(ward, "", "", create_app(performer.installation))
        assert nothing_is_wrong(performer.installation.engine)


def at_once(*acts: Callable[[], object]) -> None:
    """Do all of it in the same moment, each in a thread; who comes too late is told so."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> None:
        together.wait()
        with suppress(Answered):
            act()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(one, acts))


def checks(bedside: Bedside) -> int:
    """How many bedside checks stand on record."""
    history = bedside.look().history
    return sum(one.action == CHECK and one.kind == "act" for one in history)


def about_to_sign(bedside: Bedside) -> Ending:
    """Both have checked; the second is about to sign."""
    first = bedside.signs(all_read(bedside, bedside.checking()), FIRST)
    return Ending.of(all_read(bedside, bedside.second(first)), SECOND)


def all_read(bedside: Bedside, walker: Walker) -> Walker:
    """Everything is scanned, heard and read back; a bag that was checked is checked once more."""
    bag = (*bedside.ward.bags(), *bedside.ward.bags(state="checked"))[0]
    for code in (bedside.coi, bedside.band(), bedside.ward.label(bag).raw):
        walker.scan(code)
    walker.send(**bedside.heard())
    walker.send()
    return walker


def test_a_step_is_signed_or_discarded_and_never_both(bedside):
    """Whoever was faster: what both are told is what stands on record."""
    installation = bedside.installation

    for _ in range(ROUNDS):
        ending, before = about_to_sign(bedside), checks(bedside)
        somebody, answer = ending.who(installation), Answer(ending.errand, ending.version)
        at_once(
            ending.prepared(installation),
            lambda: going_on.discard(installation, somebody, answer),  # noqa: B023
        )
        kind = ending.now(installation).verdict.kind
        assert kind in {RIGHT, DISCARDED}
        assert checks(bedside) - before == (kind == RIGHT)


def test_a_step_is_signed_or_gone_on_with_and_never_both(bedside):
    """A colleague takes it up in the moment of the last signature: it is one's or the other's."""
    installation = bedside.installation

    for _ in range(ROUNDS):
        ending, before = about_to_sign(bedside), checks(bedside)
        third = resume(installation, session_of(bedside.person(THIRD)))
        at_once(
            ending.prepared(installation),
            lambda: in_hand.take_up(installation, third, ending.errand),  # noqa: B023
        )
        errand = ending.now(installation)
        assert checks(bedside) - before == (errand.verdict is not None)
        assert errand.is_open == (errand.person == third.person.id)
        if errand.is_open:
            answer = Answer(errand.id, errand.version)
            going_on.discard(installation, third, answer)


def test_a_stop_wins_over_a_signature_in_the_same_moment(bedside):
    """Before it or after it: the wrong scan is on record, and is what both see."""
    installation = bedside.installation

    for number in range(ROUNDS):
        ending, entries = about_to_sign(bedside), len(bedside.look().history)
        somebody = ending.who(installation)
        hand = (installation, somebody, find(installation, somebody, ending.errand))
        at_once(ending.prepared(installation), lambda: stopped(hand))  # noqa: B023
        new = [one.kind for one in bedside.look().history[entries:]]
        assert ending.now(installation).verdict.kind == STOPPED, number
        assert new in (["act", "refused"], ["refused"])


def stopped(hand) -> None:
    """Somebody has scanned what nobody knows."""
    code = Code(issue_serial("W", "TEST", token_bytes).text)
    hand[0].transact(lambda tx: stop(Hand(tx, *hand), code, (WRONG,)))


def test_two_who_scan_each_others_patient_never_wait_for_each_other(bedside, monkeypatch):
    """Each writes into both therapies, and nothing is tried again."""
    monkeypatch.setattr(transactions, "TRIES", 1)
    installation = bedside.installation
    pairs = [(FIRST, bedside.coi, bedside.danae), (SECOND, bedside.danae, bedside.coi)]

    def crossing(username: str, coi: str, strange: str) -> Callable[[], None]:
        walker = bedside.checking(username, coi)
        walker.scan(coi)
        ending = Ending.of(walker, username)
        somebody = ending.who(installation)
        scene, band = find(installation, somebody, ending.errand), Code(bedside.band(strange))

        def act() -> None:
            for version in range(CROSSINGS):
                errand = replace(scene.errand, version=version)
                hand = (installation, somebody, replace(scene, errand=errand))
                installation.transact(lambda tx: stop(Hand(tx, *hand), band, ()))  # noqa: B023

        return act

    at_once(*(crossing(*pair) for pair in pairs))

    for coi in (bedside.coi, bedside.danae):
        kinds = [one.kind for one in bedside.look(coi).history]
        assert (kinds.count("refused"), kinds.count("incident")) == (CROSSINGS, CROSSINGS)

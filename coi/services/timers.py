"""How long is left at a step: told to hurried people, and asked by no rule (BD-19).

The rules ask the engine's guards, which look at the time again when the step is taken.
"""

from collections.abc import Iterator, Sequence

from coi.services.attempt import Standing, facts_for, stand
from coi.services.installation import Installation
from coi.services.running import Runs, clocks_in, runs, seconds_until
from coi.services.screens import Scene
from coi.services.sessions import SignedIn
from coi.store.transactions import Transaction
from workflows.case import Case
from workflows.facts import Request, Subject
from workflows.guards.bedside import check_ends_at
from workflows.guards.time import thaw_window_ends_at
from workflows.model import Kind, Verb

_TIMED = frozenset({Verb.CHECK, Verb.ADMINISTER})


def timers(installation: Installation, signed_in: SignedIn, scene: Scene) -> tuple[Runs, ...]:
    """The clocks that run for what a step is about; at the bedside the first of each sort."""
    if scene.form.action.verb not in _TIMED:
        return _at_the_bench(installation, scene)

    def work(tx: Transaction) -> tuple[Runs, ...]:
        standing = stand(tx, installation, scene.errand.coi)
        case = _case(tx, signed_in, scene, standing)
        bags = [bag for bag in case.subjects_of(Kind.CONTAINER) if _is_meant(case, scene, bag)]
        return tuple(_windows(case, bags))

    return installation.read(work)


def _at_the_bench(installation: Installation, scene: Scene) -> tuple[Runs, ...]:
    """Those of what was scanned here, or could be; and those that the step ends."""
    coi, workflow = scene.errand.coi, scene.workflow
    if scene.therapy.is_copied:
        return ()
    things = scene.errand.part.bags or {
        thing for thing in scene.form.turns if _is_here(scene, scene.subjects[thing])
    }
    found = installation.read(lambda tx: clocks_in(tx, {coi: workflow})).get(coi, ())
    meant = (one for one in found if one.thing in things or scene.errand.action in one.steps)
    return tuple(runs(one, workflow, scene.subjects.get(one.thing), scene.now) for one in meant)


def _is_here(scene: Scene, thing: Subject) -> bool:
    """It is in the hands of the unit, or on its way to it."""
    return scene.unit.id in {thing.position.holder, thing.position.consignee}


def _case(tx: Transaction, signed_in: SignedIn, scene: Scene, standing: Standing) -> Case:
    action = scene.form.action
    asked = Request(scene.errand.coi, action.name, signed_in.person, scene.unit)
    return Case(standing.workflow, action, asked, facts_for(tx, standing, action, scene.now))


def _is_meant(case: Case, scene: Scene, bag: Subject) -> bool:
    """It was scanned by whoever looks, or could be: it is here, and lives.

    What the other of two has scanned is not told by how much time is left (BD-06).
    """
    if scene.errand.part.bags:
        return bag.id in scene.errand.part.bags
    return not case.is_final(bag) and bag.position.holder == scene.errand.unit


def _windows(case: Case, bags: Sequence[Subject]) -> Iterator[Runs]:
    """Each sort of window that is open for one of the bags, with its first end."""
    told = {"Thaw window": [thaw_window_ends_at(case, bag) for bag in bags]}
    # What is infused rests on a check that was made before.
    if case.action.verb is Verb.ADMINISTER:
        told["Bedside check"] = [check_ends_at(case, bag.id) for bag in bags]
    for title, times in told.items():
        if ends := [at for at in times if at is not None]:
            yield Runs(title, min(ends), seconds_until(min(ends), case.facts.now))

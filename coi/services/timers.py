"""How long is left at the bedside: told to hurried people, and asked by no rule (BD-19).

The rules ask the engine's guards, which look at the time again when the step is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from coi.services.attempt import Standing, facts_for, stand
from coi.services.installation import Installation
from coi.services.screens import Scene
from coi.services.sessions import SignedIn
from coi.store.transactions import Transaction
from workflows.case import Case
from workflows.facts import Request, Subject
from workflows.guards.bedside import check_ends_at
from workflows.guards.time import thaw_window_ends_at
from workflows.model import Kind, Verb

_TIMED = frozenset({Verb.CHECK, Verb.ADMINISTER})


@dataclass(frozen=True, slots=True)
class Timer:
    """What ends, and when."""

    title: str
    ends_at: datetime


def timers(installation: Installation, signed_in: SignedIn, scene: Scene) -> tuple[Timer, ...]:
    """The windows that are open at the bedside, the one that ends first of each sort."""
    action = scene.form.action
    if action.verb not in _TIMED:
        return ()

    def work(tx: Transaction) -> tuple[Timer, ...]:
        standing = stand(tx, installation, scene.errand.coi)
        case = _case(tx, signed_in, scene, standing)
        bags = [bag for bag in case.subjects_of(Kind.CONTAINER) if _is_meant(case, scene, bag)]
        return tuple(_windows(case, bags))

    return installation.read(work)


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


def _windows(case: Case, bags: Sequence[Subject]) -> Iterator[Timer]:
    """Each sort of window that is open for one of the bags, with its first end."""
    told = {"Thaw window": [thaw_window_ends_at(case, bag) for bag in bags]}
    # What is infused rests on a check that was made before.
    if case.action.verb is Verb.ADMINISTER:
        told["Bedside check"] = [check_ends_at(case, bag.id) for bag in bags]
    for title, times in told.items():
        if ends := [at for at in times if at is not None]:
            yield Timer(title, min(ends))

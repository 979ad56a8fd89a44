"""What waits for a release past its time, and who is told: deputies first, then who is on call.

The time is the deadline of the definition. Nothing is moved and nobody is given a right: it is a
line on the first page of whoever stands in, and stands there until somebody has decided.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.services.installation import Installation
from coi.services.looking import TherapyPage
from coi.services.sessions import SignedIn
from coi.services.standing_in import Duty, StandIn, on_duty
from coi.store.facts import therapy
from coi.store.tasks import due_before
from coi.store.transactions import Transaction
from workflows.possible import decides_release
from workflows.tasks import desk

ON_CALL_AFTER = timedelta(hours=24)
"""So long after its time what waits is told to who is on call; at once where nobody deputises."""


@dataclass(frozen=True, slots=True)
class Late:
    """A therapy that waits for a release past its time."""

    coi: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody who stands in is told of: as whom, and what waits."""

    duty: StandIn
    late: tuple[Late, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """Who stands in at this moment where somebody works, and what they are told of."""

    on_duty: tuple[StandIn, ...]
    told: tuple[Told, ...]


def cover(installation: Installation, signed_in: SignedIn) -> Cover:
    """Who stands in now at the sites of this person, and what waits for them where it is they."""
    now, person = installation.clock.now(), signed_in.person
    own = {site for _role, site in person.site_roles}

    def work(tx: Transaction) -> Cover:
        there = tuple(one for one in on_duty(tx, now) if one.site in own)
        mine = (one for one in there if one.person == person.id)
        told = (Told(one, _late(tx, installation, one, _from(one, there, now))) for one in mine)
        return Cover(there, tuple(one for one in told if one.late))

    return installation.read(work)


def standing_in_for(installation: Installation, page: TherapyPage) -> tuple[StandIn, ...]:
    """Who stands in now at the sites of a therapy that waits for a release; else nobody."""
    view = page.view
    waits = [one for one in view.next_actions if decides_release(view.workflow, one)]
    if not waits:
        return ()
    roles = {who.role for one in waits for who in one.who}
    roles |= {role for one in waits for rule in one.every_signature for role in rule.roles}
    now = installation.clock.now()
    found = installation.read(lambda tx: on_duty(tx, now))
    return tuple(one for one in found if one.role in roles and one.site in page.sites)


def _from(one: StandIn, there: Iterable[StandIn], now: datetime) -> datetime:
    """Until when something must have been due for this person to be told of it."""
    deputies = [o for o in there if (o.duty, o.site) == (Duty.DEPUTY, one.site)]
    return now - ON_CALL_AFTER if one.duty is Duty.ON_CALL and deputies else now


def _late(
    tx: Transaction, installation: Installation, one: StandIn, until: datetime
) -> tuple[Late, ...]:
    """What waits at the desk of their role, and was due before."""
    return tuple(
        Late(coi, parse_rfc3339(due_at))
        for coi, due_at, actions in due_before(tx, desk(one.role, one.site), rfc3339(until))
        if _is_release(tx, installation, coi, actions)
    )


def _is_release(tx: Transaction, installation: Installation, coi: str, actions: str) -> bool:
    found = therapy(tx, coi)
    if found is None:
        return False
    workflow = installation.workflow(tx, found[0].workflow, found[0].version)
    return any(decides_release(workflow, workflow.actions[name]) for name in actions.split())

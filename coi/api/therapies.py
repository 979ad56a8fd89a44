"""Therapies: which there are, how one stands, what happened in it, what was measured."""

from typing import Any, cast

from flask.typing import ResponseReturnValue

from coi.api.asked import behind, cursor, listed, tagged
from coi.api.resource import Read, Resources, found
from coi.api.schemas import therapies as schemas
from coi.api.schemas.common import Page
from coi.api.told import entry_told, line_told, subject_told, therapy_told
from coi.errors import Unknown
from coi.services.happened import happened_behind
from coi.services.looking import look_at
from coi.services.permissions import Permission
from coi.services.recorded import recorded_values
from coi.services.tokens import Scope
from coi.services.worklist import ALL, MINE, Wanted, my_work
from coi.web import here
from coi.web.permissions import needs

resources = Resources("therapies", "Therapies, and what happened in them.")


@resources.offers(
    "GET",
    "/therapies",
    "listTherapies",
    found(schemas.Lines, schemas.LINES),
    query=schemas.TherapiesWanted,
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def every(told: dict[str, Any]) -> ResponseReturnValue:
    """Every therapy at one's sites, what is due soonest first."""
    return _listed(ALL, told)


@resources.offers(
    "GET",
    "/work",
    "listWork",
    found(schemas.Lines, schemas.LINES),
    query=schemas.TherapiesWanted,
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def work(told: dict[str, Any]) -> ResponseReturnValue:
    """What waits for whoever asks, the soonest first."""
    return _listed(MINE, told)


@resources.offers(
    "GET",
    "/therapies/<coi>",
    "showTherapy",
    found(schemas.Therapy, schemas.THERAPY),
    headers=Read,
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def show(_headers: dict[str, Any], coi: str) -> ResponseReturnValue:
    """One therapy as it stands; its tag changes with each entry."""
    page = look_at(here.installation(), here.somebody(), coi)
    return tagged(therapy_told(page), f"{page.view.therapy.next_seq}-{page.view.head_hash[:16]}")


@resources.offers(
    "GET",
    "/therapies/<coi>/subjects/<number>",
    "showSubject",
    found(schemas.Subject, schemas.SUBJECT),
    headers=Read,
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def subject(_headers: dict[str, Any], coi: str, number: str) -> ResponseReturnValue:
    """One thing of a therapy; its tag says its turn, and is what a step is sent with."""
    page = look_at(here.installation(), here.somebody(), coi)
    found = page.view.subjects.get(f"{coi}/{number}")
    if found is None:
        raise Unknown("subject", f"{coi}/{number}")
    return tagged(subject_told(page, found), f"{found.id}={found.position.turn}")


@resources.offers(
    "GET",
    "/therapies/<coi>/entries",
    "listEntries",
    found(schemas.Entries, schemas.ENTRIES),
    query=Page,
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def entries(told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """What happened in a therapy, oldest first, with its signatures and its refusals."""
    after = behind(told["cursor"], int)
    last = cast("int", after[0]) if after else -1
    part = happened_behind(here.installation(), here.somebody(), coi, last, told["limit"])
    told_here = (entry_told(one, part.names, here.zone_of(one.unit)) for one in part.entries)
    return listed(told_here, cursor(part.entries[-1].seq) if part.more else None)


@resources.offers(
    "GET",
    "/therapies/<coi>/values",
    "listValues",
    found(schemas.Values, schemas.VALUES),
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def values(coi: str) -> ResponseReturnValue:
    """Every value that was recorded, and what it was before it was corrected."""
    found = recorded_values(here.installation(), here.somebody(), coi)
    return {"items": [*found]}


def _listed(which: str, told: dict[str, Any]) -> ResponseReturnValue:
    """One page of the list, narrowed down as it was asked for."""
    after = behind(told["cursor"], str, str)
    wanted = Wanted(
        which=which,
        unit=told["unit"],
        phase=told["phase"],
        overdue=told["overdue"],
        on_hold=told["on_hold"],
        coi=told["coi"],
        workflow=told["workflow"],
        site=told["site"],
        soon=told["due_within_hours"],
        after=cast("tuple[str, str]", after or ("", "")),
        most=told["limit"],
    )
    found = my_work(here.installation(), here.somebody(), wanted)
    return listed(map(line_told, found.waiting), cursor(*found.last) if found.more else None)

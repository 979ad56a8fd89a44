"""My work: what waits for a person, the soonest first; and every therapy at their sites."""

import re

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from coi.services.captured import Waiting, captures_waiting
from coi.services.custody_batch import kept_records
from coi.services.emergency_review import Broken, emergencies_waiting
from coi.services.equipment import KnownEquipment, ending_soon
from coi.services.overdue import overdue
from coi.services.periodic import Sort
from coi.services.permissions import Permission, may
from coi.services.release_waits import Cover, cover
from coi.services.sessions import SignedIn
from coi.services.templates_awaited import Awaited, awaited
from coi.services.worklist import Wanted, my_page
from coi.web import here
from coi.web.people import new_key
from coi.web.permissions import needs

pages = Blueprint("work", __name__)

SOON = {"24": "a day", "72": "three days", "168": "a week"}
"""Within how many hours something may be asked to be due."""

_LONGEST = 100  # the id of a site
_BEHIND = re.compile(r"([0-9]{4}-[0-9T:.-]{21}Z)~([A-Z0-9-]{1,40})")
_NAME = re.compile("[a-z0-9-]{1,80}")
_NO_PART_OF_A_COI = re.compile(r"[^A-Z0-9-]")


@pages.get("/")
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """What there is to do, and for whom; who administers finds the people instead."""
    signed_in = here.somebody()
    if not may(signed_in.person, Permission.SEE_THERAPIES):
        return render_template("work.html", work=None, **_concerns(signed_in))
    # Of a page that looks by itself the list alone is taken, not the fields that narrow it down.
    narrows, wanted = not here.looks_by_itself(), wanted_of(request.args)
    work, under_way = my_page(here.installation(), signed_in, wanted, narrows=narrows)
    again = told_of(work.wanted)
    told = {"again": again, "under_way": under_way, "soon": SOON, **_concerns(signed_in)}
    told |= {"key": new_key()}
    told |= {"records": kept_records(here.installation(), signed_in.proven)}
    return render_template("work.html", work=work, **told)


def _concerns(signed_in: SignedIn) -> dict[str, object]:
    """What waits for those who answer for the whole, besides their own work."""
    return {
        "awaited": _awaited(signed_in),
        "overdue": _overdue(signed_in),
        "emergencies": _emergencies(signed_in),
        "cover": _cover(signed_in),
        "captured": _captured(signed_in),
        "ending": _ending(signed_in),
    }


def _captured(signed_in: SignedIn) -> tuple[Waiting, ...]:
    """What was captured without a line and is not settled, for those who see to that."""
    if not may(signed_in.person, Permission.SET_CAPTURES_ASIDE):
        return ()
    return captures_waiting(here.installation(), signed_in)


def _ending(signed_in: SignedIn) -> tuple[KnownEquipment, ...]:
    """Equipment whose calibration is over or ends soon, for those who keep it."""
    if not may(signed_in.person, Permission.KEEP_PLACES):
        return ()
    return ending_soon(here.installation(), signed_in.person)


def _cover(signed_in: SignedIn) -> Cover | None:
    """Who stands in for a release, for those who could."""
    if not may(signed_in.person, Permission.STAND_IN):
        return None
    return cover(here.installation(), signed_in)


def _emergencies(signed_in: SignedIn) -> tuple[Broken, ...]:
    """Names that were read in an emergency, and wait for a review."""
    if not may(signed_in.person, Permission.SEE_EMERGENCIES):
        return ()
    return emergencies_waiting(here.installation(), signed_in)


def _overdue(signed_in: SignedIn) -> tuple[Sort, ...]:
    """What was not signed for in time; told to who signs for it, or sees to it."""
    concerned = (Permission.ANSWER_FOR_RECORD, Permission.ADMINISTER)
    if not any(may(signed_in.person, permission) for permission in concerned):
        return ()
    return overdue(here.installation())


def _awaited(signed_in: SignedIn) -> tuple[Awaited, ...]:
    """The label templates that wait for a signature, for who signs or sees to it."""
    concerned = (Permission.KEEP_TEMPLATES, Permission.ADMINISTER)
    if not any(may(signed_in.person, permission) for permission in concerned):
        return ()
    return awaited(here.installation())


def wanted_of(told: MultiDict[str, str]) -> Wanted:
    """What the address asks for; what cannot be understood in it asks for nothing."""
    behind = _BEHIND.fullmatch(told.get("after", ""))
    return Wanted(
        which=told.get("which", ""),
        unit=told.get("at", ""),
        phase=phase if (phase := told.get("phase", "")).isprintable() else "",
        overdue="overdue" in told,
        on_hold="held" in told,
        coi=_NO_PART_OF_A_COI.sub("", told.get("coi", "").upper())[:40],
        workflow=name if _NAME.fullmatch(name := told.get("workflow", "")) else "",
        site=site if (site := told.get("site", "")[:_LONGEST]).isprintable() else "",
        soon=int(hours) if (hours := told.get("soon", "")) in SOON else 0,
        after=(behind[1], behind[2]) if behind else ("", ""),
    )


def told_of(wanted: Wanted) -> dict[str, str]:
    """The address of the same list, from its beginning."""
    told = {"which": wanted.which, "at": wanted.unit, "phase": wanted.phase, "coi": wanted.coi}
    told |= {"workflow": wanted.workflow, "site": wanted.site, "soon": str(wanted.soon or "")}
    told |= {"overdue": "1" if wanted.overdue else "", "held": "1" if wanted.on_hold else ""}
    return {name: text for name, text in told.items() if text}

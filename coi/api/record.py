"""How the record is kept; and stopping, or letting go on, all that something concerns."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import proven_by, signers
from coi.api.resource import NOTHING, Body, Resources, Sign, created, found
from coi.api.schemas import record as schemas
from coi.api.schemas import therapies
from coi.api.told import receipt_told
from coi.errors import DataRefused, NotWritten, Problem
from coi.services import doubt, stepped
from coi.services.acknowledging import GOES_ON, acknowledge, acknowledged
from coi.services.concerned import Criterion, criteria, find
from coi.services.drills import last_drilled
from coi.services.head_seen import head_in_words, head_since, report_head
from coi.services.permissions import Permission
from coi.services.record_kept import record_kept
from coi.services.stop_ship import StopShip, stop_ship
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("record", "How the record is kept, and stopping what is concerned.")


@resources.offers("GET", "/record", "showRecord", found(schemas.Record, schemas.RECORD))
@needs(Permission.SEE_RECORD)
def show() -> ResponseReturnValue:
    """Whether the record may be written, what is in doubt, what served, and the last drill."""
    installation = here.installation()
    drilled, kept = last_drilled(installation), record_kept(installation)
    try:
        installation.require_writable()
        why_not = ""
    except NotWritten as error:
        why_not = error.why
    return {
        "is_writable": not why_not,
        "why_not": why_not,
        "went_on": [*acknowledged(installation)],
        "last_drill": {"at": drilled[0], "passed": drilled[1]} if drilled else None,
        "began_at": kept.began_at,
        "findings_since": kept.found_in_doubt,
        "clock_in_doubt": kept.clock_in_doubt,
        "clock_steps": [
            {
                "recorded_at": one.recorded_at,
                "server": one.server,
                "seconds": one.drift.total_seconds(),
            }
            for one in kept.steps
        ],
        "not_recording": kept.gaps,
        "served": kept.served,
    }


@resources.offers(
    "POST",
    "/record",
    "letRecordGoOn",
    NOTHING,
    headers=Sign,
    body=Body(schemas.GoingOn, schemas.GOING_ON),
)
@needs(Permission.ANSWER_FOR_RECORD)
def go_on(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Sign that a record which is older than it was goes on."""
    acknowledge(here.installation(), proven_by(headers["grants"], GOES_ON), told["why"])
    return ""


@resources.offers(
    "POST",
    "/record/clock",
    "acceptClock",
    NOTHING,
    headers=Sign,
    body=Body(schemas.DoubtSigned, schemas.DOUBT_SIGNED),
)
@needs(Permission.ANSWER_FOR_RECORD)
def sign_for_clock(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Sign that work goes on although a clock was set."""
    by = proven_by(headers["grants"], stepped.GOES_ON)
    stepped.accept_clock(here.installation(), by, told["why"])
    return ""


@resources.offers(
    "POST",
    "/record/findings",
    "acceptFindings",
    NOTHING,
    headers=Sign,
    body=Body(schemas.DoubtSigned, schemas.DOUBT_SIGNED),
)
@needs(Permission.ANSWER_FOR_RECORD)
def sign_for_findings(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Sign that work goes on although a verification found something."""
    by = proven_by(headers["grants"], doubt.GOES_ON)
    doubt.accept_findings(here.installation(), by, told["why"])
    return ""


@resources.offers(
    "GET",
    "/record/head",
    "showHead",
    found(schemas.Head, schemas.HEAD),
    query=schemas.HeadWanted,
)
@needs(Permission.SIGNED_IN, Scope.THERAPIES_READ)
def show_head(wanted: dict[str, Any]) -> ResponseReturnValue:
    """The last checkpoint of the record, proven to go on from the one that was seen last."""
    return head_in_words(head_since(here.installation(), wanted["since"]))


@resources.offers(
    "POST",
    "/record/head",
    "reportHead",
    found(schemas.Differs, schemas.DIFFERS),
    body=Body(schemas.HeadSeen, schemas.HEAD_SEEN),
)
@needs(Permission.SIGNED_IN, Scope.THERAPIES_READ)
def report(told: dict[str, Any]) -> ResponseReturnValue:
    """Tell of a checkpoint that the record does not go on from: then it is in doubt."""
    return {"differs": report_head(here.installation(), told["note"])}


# -- stopping what is concerned --------------------------------------------------------------------


@resources.offers(
    "GET", "/stop-ship/criteria", "listCriteria", found(schemas.Criteria, schemas.CRITERIA)
)
@needs(Permission.STOP_SHIP)
def every_criterion() -> ResponseReturnValue:
    """Everything by which concerned therapies are found."""
    known = criteria(here.installation())
    return {"items": [{"name": name, "title": title} for name, title in known]}


@resources.offers(
    "GET",
    "/stop-ship",
    "findConcerned",
    found(schemas.Concerned, schemas.CONCERNED),
    query=schemas.ConcernedWanted,
)
@needs(Permission.STOP_SHIP)
def ask(told: dict[str, Any]) -> ResponseReturnValue:
    """Every therapy that is concerned, as far as one may stop it at this unit."""
    by = here.somebody().proven
    return {"items": [*find(here.installation(), by, _criterion(told), told["unit"])]}


@resources.offers(
    "POST",
    "/stop-ship",
    "stopShip",
    created(therapies.Receipts, therapies.RECEIPTS),
    headers=Sign,
    body=Body(schemas.StopShip, schemas.STOP_SHIP),
)
@needs(Permission.STOP_SHIP)
def act(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Stop what was shown, or let it go on; signed once for the very list that was shown."""
    found_ = signers(headers["grants"])
    if len(found_) != 1:
        raise DataRefused([Problem("carries one grant", column="Signature-Grant")])
    wanted = StopShip(
        criterion=_criterion(told),
        reason=told["reason"],
        unit=told["unit"],
        key=headers["key"],
        shown=tuple(told["shown"]),
        lifts=told["lifts"],
        investigation=told["investigation"],
        meaning=found_[0].meaning,
    )
    done = stop_ship(here.installation(), wanted, found_[0].proven)
    return {"items": [receipt_told(one) for one in done]}


def _criterion(told: dict[str, Any]) -> Criterion:
    return Criterion(told["what"], told["content"], told["since"], told["until"])

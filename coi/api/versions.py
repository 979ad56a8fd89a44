"""A therapy under way moves to a newer version of its workflow, signed by two."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import signers
from coi.api.resource import Body, Resources, Sign, created, found
from coi.api.schemas import therapies
from coi.api.schemas import versions as schemas
from coi.api.schemas.errands import reasons_told
from coi.api.told import Told, receipt_told
from coi.services import migrating
from coi.services.migrating import SIGNATURES, Migration, Proposal
from coi.services.permissions import Permission
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("versions", "Moving a therapy to a newer version of its workflow.")


@resources.offers(
    "GET",
    "/therapies/<coi>/version",
    "showVersions",
    found(schemas.Versions, schemas.VERSIONS),
    query=schemas.VersionWanted,
)
@needs(Permission.CHANGE_VERSION, Scope.THERAPIES_READ)
def show(told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """What moving to a newer version would mean; the newest, unless another is named."""
    installation, by = here.installation(), here.somebody().proven
    newer = migrating.newer_versions(installation, by, coi)
    wanted = told["to"] or (newer[-1] if newer else None)
    proposal = migrating.propose(installation, by, coi, wanted) if wanted else None
    return {"newer": newer, "proposal": _proposal_told(proposal) if proposal else None}


@resources.offers(
    "POST",
    "/therapies/<coi>/version",
    "moveVersion",
    created(therapies.Receipt, therapies.RECEIPT),
    headers=Sign,
    body=Body(schemas.Move, schemas.MOVE),
)
@needs(Permission.CHANGE_VERSION)
def move(headers: dict[str, Any], told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """Move the therapy with everything in it, or be told every reason why not."""
    asked = Migration(coi, told["to"], told["unit"], told["reason"], told["seen"], headers["key"])
    by, found_ = here.somebody().proven, signers(headers["grants"])
    return receipt_told(migrating.migrate(here.installation(), asked, by, found_))


def _proposal_told(proposal: Proposal) -> Told:
    return {
        "now": proposal.older.version,
        "to": proposal.newer.version,
        "seen": proposal.seen,
        "differences": [
            {"about": one.about, "how": one.how, "lines": [*one.lines], "ahead": one.ahead}
            for one in proposal.differences
        ],
        "outside": [one.sentence for one in proposal.outside],
        "released": [one.sentence for one in proposal.released],
        "obstacles": reasons_told(proposal.obstacles),
        "signatures": [{"meaning": one.meaning, "roles": [*one.roles]} for one in SIGNATURES],
    }

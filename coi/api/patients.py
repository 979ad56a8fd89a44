"""Who the patient of a therapy is, for those who meet the patient; each look is put on record."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.resource import Body, Resources, Write, found
from coi.api.schemas import patients as schemas
from coi.services.looks import look_at_patient, looks_at, therapies_beside
from coi.services.permissions import Permission
from coi.web import here
from coi.web.permissions import needs

resources = Resources("patients", "Who a patient is, and who has looked.")


@resources.offers(
    "POST",
    "/therapies/<coi>/patient",
    "lookAtPatient",
    found(schemas.Identity, schemas.IDENTITY),
    headers=Write,
    body=Body(schemas.Look, schemas.LOOK),
)
@needs(Permission.SEE_IDENTITY)
def look(_headers: dict[str, Any], told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """Who the patient is, once it is on record that somebody looks, and why.

    A look that is asked for twice is two looks: nobody sees a name for nothing.
    """
    installation, somebody = here.installation(), here.somebody()
    beside = therapies_beside(installation, somebody, coi)
    identity = look_at_patient(installation, somebody.proven, coi, told["reason"])
    return {"patient": dict(identity), "therapies_beside": [*beside]}


@resources.offers(
    "GET", "/therapies/<coi>/identity-looks", "listLooks", found(schemas.Looks, schemas.LOOKS)
)
@needs(Permission.SEE_LOOKS)
def looks(coi: str) -> ResponseReturnValue:
    """Everybody who looked at the identity of this therapy's patient, the newest look first."""
    known = looks_at(here.installation(), here.somebody(), coi)
    return {"items": [{"by": one.by, "reason": one.reason, "at": one.at} for one in known]}

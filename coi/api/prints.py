"""Labels and wristbands sent to a printer; what becomes of each stands with the printer."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import again_of
from coi.api.resource import Body, Resources, Sign, Write, created
from coi.api.schemas import prints as schemas
from coi.services.label_sending import SendLabels, Sent, send_labels, send_wristband
from coi.services.permissions import Permission
from coi.services.thing_sending import SendPlaces, send_badge, send_places
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("prints", "Labels that are sent to a printer.")

_SENT = created(schemas.SentLabels, schemas.SENT_LABELS)


@resources.offers(
    "POST",
    "/therapies/<coi>/prints",
    "sendLabels",
    _SENT,
    headers=Write,
    body=Body(schemas.SendingLabels, schemas.SENDING_LABELS),
)
@needs(Permission.PRINT_LABELS, Scope.LABELS_PRINT)
def labels(headers: dict[str, Any], told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """Let labels of containers wait for a printer, all of them or none; each is printed once."""
    asked = SendLabels(coi, tuple(told["labels"]), told["printer"], headers["key"])
    return _told(send_labels(here.installation(), here.somebody().proven, asked))


@resources.offers(
    "POST",
    "/therapies/<coi>/wristband/prints",
    "sendWristband",
    created(schemas.SentWristband, schemas.SENT_WRISTBAND),
    headers=Sign,
    body=Body(schemas.SendingWristband, schemas.SENDING_WRISTBAND),
)
@needs(Permission.SEE_IDENTITY)
def wristband(headers: dict[str, Any], told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """Let the patient's wristband wait for a printer, with the name, for those who meet them."""
    again, by = again_of(headers, told), here.somebody().proven
    left_off = send_wristband(here.installation(), by, coi, told["printer"], again)
    return {"printer": told["printer"], "left_off": _left_off(left_off)}


@resources.offers(
    "POST",
    "/places/prints",
    "sendPlaceLabels",
    _SENT,
    headers=Write,
    body=Body(schemas.SendingPlaces, schemas.SENDING_PLACES),
)
@needs(Permission.KEEP_PLACES)
def places(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Let the labels of places wait for a printer, all of them or none."""
    asked = SendPlaces(tuple(told["places"]), told["printer"], headers["key"])
    return _told(send_places(here.installation(), here.somebody().proven, asked))


@resources.offers(
    "POST",
    "/people/<username>/badge/prints",
    "sendBadge",
    _SENT,
    headers=Write,
    body=Body(schemas.SendingBadge, schemas.SENDING_BADGE),
)
@needs(Permission.ADMINISTER)
def badge(headers: dict[str, Any], told: dict[str, Any], username: str) -> ResponseReturnValue:
    """Let the badge that a person wears wait for a printer."""
    by, printer = here.somebody().proven, told["printer"]
    return _told(send_badge(here.installation(), by, username, printer, key=headers["key"]))


def _told(sent: Sent) -> dict[str, Any]:
    return {
        "printer": sent.printer,
        "labels": [
            {"serial": one.serial, "job": one.job, "left_off": _left_off(one.left_off)}
            for one in sent.labels
        ],
    }


def _left_off(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"field": field, "code": code} for field, code in sorted(fields.items())]

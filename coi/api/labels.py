"""What became of each label of a therapy, and what is done with one."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import signers
from coi.api.resource import Body, Resources, Sign, created, found
from coi.api.schemas import labels as schemas
from coi.api.schemas import therapies
from coi.api.told import label_told, receipt_told
from coi.services.label_ledger import TurnLabel, label_ledger, turn_label
from coi.services.permissions import Permission
from coi.services.scanning import Code
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

resources = Resources("labels", "Labels, and what became of each.")


@resources.offers(
    "GET", "/therapies/<coi>/labels", "listLabels", found(schemas.Labels, schemas.LABELS)
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def every(coi: str) -> ResponseReturnValue:
    """Every label that a therapy ever had, and which of them are not accounted for."""
    ledger = label_ledger(here.installation(), here.somebody().proven, coi)
    return {"items": [label_told(line) for line in ledger.lines]}


@resources.offers(
    "POST",
    "/therapies/<coi>/labels/<serial>/turns",
    "turnLabel",
    created(therapies.Receipt, therapies.RECEIPT),
    headers=Sign,
    body=Body(schemas.TurningLabel, schemas.TURNING_LABEL),
)
@needs(Permission.SEE_THERAPIES)
def turn(
    headers: dict[str, Any], told: dict[str, Any], coi: str, serial: str
) -> ResponseReturnValue:
    """Say what became of a label, or be told every reason why not.

    What is void is dead for ever; what is printed anew answers with its new serial.
    """
    deed = Deed(LabelDeed(told["deed"]), serial, told["reason"], told["end"], told["pieces"])
    code = told["code"] and Code(told["code"]["raw"], told["code"]["how"], told["code"]["device"])
    asked = TurnLabel(coi, deed, told["unit"], headers["key"], code)
    by = here.somebody().proven
    return receipt_told(turn_label(here.installation(), asked, by, signers(headers["grants"])))

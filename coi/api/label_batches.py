"""Labels of several therapies sent as one batch: begun, looked at, stopped, gone on with."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.resource import Body, Resources, Write, created, found
from coi.api.schemas import label_batches as schemas
from coi.services import label_batches as batches
from coi.services.label_batch_stands import InBatch
from coi.services.label_batches import RUNS, AskedBatch
from coi.services.permissions import Permission
from coi.services.tokens import Scope
from coi.services.vault import fingerprint_of
from coi.web import here
from coi.web.permissions import needs

resources = Resources("label_batches", "Labels of several therapies that are sent as one batch.")

_STANDS = found(schemas.LabelBatch, schemas.BATCH)


@resources.offers(
    "POST",
    "/label-batches",
    "beginLabelBatch",
    created(schemas.LabelBatch, schemas.BATCH),
    headers=Write,
    body=Body(schemas.BeginningLabelBatch, schemas.BEGINNING),
)
@needs(Permission.PRINT_LABELS, Scope.LABELS_PRINT)
def begin(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Send labels one by one behind the answer; one that cannot be sent holds up no other."""
    installation, by = here.installation(), here.somebody().proven
    # The key stands in an address from now on, whatever it was.
    key = fingerprint_of(installation.vault, f"label batch {by.person} {headers['key']}")[:32]
    asked = AskedBatch(tuple(told["labels"]), told["printer"], key)
    batches.begin_batch(installation, by, asked)
    RUNS.begin(installation, key)
    return _told(key)


@resources.offers("GET", "/label-batches/<batch>", "showLabelBatch", _STANDS)
@needs(Permission.PRINT_LABELS, Scope.LABELS_PRINT)
def show(batch: str) -> ResponseReturnValue:
    """How a batch of one's own stands."""
    return _told(batch)


@resources.offers("POST", "/label-batches/<batch>/stop", "stopLabelBatch", _STANDS, headers=Write)
@needs(Permission.PRINT_LABELS, Scope.LABELS_PRINT)
def stop(_headers: dict[str, Any], batch: str) -> ResponseReturnValue:
    """Send no more of a batch, and cancel what waits; what is being sent comes out."""
    batches.stop(here.installation(), here.somebody().proven, batch)
    return _told(batch)


@resources.offers(
    "POST", "/label-batches/<batch>/go-on", "goOnWithLabelBatch", _STANDS, headers=Write
)
@needs(Permission.PRINT_LABELS, Scope.LABELS_PRINT)
def go_on(_headers: dict[str, Any], batch: str) -> ResponseReturnValue:
    """Let a batch go on where the printer was off, or nobody is at it any more."""
    batches.go_on(here.installation(), here.somebody().proven, batch)
    return _told(batch)


def _told(key: str) -> dict[str, Any]:
    view = batches.batch_view(here.installation(), here.somebody().proven, key)
    return {
        "id": view.key,
        "printer": view.printer,
        **{name: getattr(view, name) for name in _COUNTS},
        "labels": [_label(one) for one in view.labels],
    }


_COUNTS = (
    *("printed", "waiting", "failed", "left"),
    *("is_under_way", "is_stopped", "can_go_on"),
)


def _label(one: InBatch) -> dict[str, str]:
    return {
        "serial": one.serial,
        "therapy": one.coi,
        "state": one.state,
        "job": one.job.id if one.job else "",
        "code": one.code,
        "sentence": one.sentence,
        "next_step": one.next_step,
    }

"""An item whose state only its transitions change; each is logged by django-fsm-log."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django_fsm import FSMField, transition
from django_fsm_log.decorators import fsm_log_by, fsm_log_description
from ring import NEXT, STATES

MAY_HAND_OVER = "hand_over"


class Item(models.Model):
    """What is handed over."""

    serial = models.CharField(max_length=40, unique=True)
    patient = models.CharField(max_length=40, db_index=True)
    state = FSMField(default=STATES[0], protected=True)
    updated = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        """Handing over is a right of its own."""

        permissions = ((MAY_HAND_OVER, "May hand an item over"),)

    def __str__(self) -> str:
        """Its serial."""
        return self.serial


def _has_a_patient(item: Item) -> bool:
    return bool(item.patient)


def _has_a_serial(item: Item) -> bool:
    return bool(item.serial)


def _step(source: str, target: str) -> Callable[..., None]:
    def step(_item: Item, by: Any = None, description: str | None = None) -> None:  # noqa: ANN401
        """Go one state on; the log says who and what was told."""

    step.__name__ = f"to_{target}"
    field = Item._meta.get_field("state")  # noqa: SLF001 - Django's own way to a field
    guarded = transition(
        field=field,
        source=source,
        target=target,
        conditions=[_has_a_patient, _has_a_serial],
        permission=f"fsm.{MAY_HAND_OVER}",
    )
    return fsm_log_by(fsm_log_description(guarded(step)))


for _source, _target in NEXT.items():
    setattr(Item, f"to_{_target}", _step(_source, _target))

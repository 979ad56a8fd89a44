"""An item under a flow of sinpapel."""

from django.db import models
from ring import STATES
from sinpapel import workflow_enabled
from sinpapel.mixins import Trazable


@workflow_enabled(
    state_field="state",
    workflow_key="items",
    version_field="flow",
    expose_endpoints=True,
    endpoint_slug="items",
)
class Item(Trazable):
    """What is handed over; who made and changed it is kept by `Trazable`."""

    serial = models.CharField(max_length=40, unique=True)
    patient = models.CharField(max_length=40, db_index=True)
    state = models.ForeignKey("sinpapel.Estado", on_delete=models.PROTECT)
    flow = models.ForeignKey("sinpapel.VersionFlujo", on_delete=models.PROTECT)

    def __str__(self) -> str:
        """Its serial, and how many states there are."""
        return f"{self.serial} of {len(STATES)}"

"""The order sheet of a therapy: what the order says, and what is scanned as the order."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from zoneinfo import ZoneInfo

from coi.clock import parse_rfc3339
from coi.reports.order_sheet import OrderSheet, order_sheet
from coi.services.directory import ListedUnit, units_by_id
from coi.services.drawing import not_printed
from coi.services.installation import Installation
from coi.services.proofs import Proven
from coi.services.recording import recording_of
from coi.services.reporting import name_of, software
from coi.services.therapies import TherapyView, view
from coi.store.transactions import Transaction
from labels.errors import LabelError
from workflows.model import Field


def order_sheet_pdf(installation: Installation, coi: str, by: Proven, copy: int) -> bytes:
    """Draw the order sheet of a therapy as PDF, with the words of the record and no name.

    Raises:
        Unknown: there is no such therapy.
        NotPrinted: a text does not fit, or the symbol does not read as the COI.
    """
    order = installation.read(lambda tx: _order(tx, installation, coi, by, copy))
    try:
        return order_sheet(order)
    except LabelError as error:
        raise not_printed(error) from error


def _order(
    tx: Transaction, installation: Installation, coi: str, by: Proven, copy: int
) -> OrderSheet:
    """What the sheet says, read in one transaction."""
    therapy, units = view(tx, installation, coi), units_by_id(tx)
    ordered = therapy.history[0]
    unit = units[ordered.unit]
    workflow = therapy.workflow
    return OrderSheet(
        coi=coi,
        therapy=workflow.title,
        workflow=f"{workflow.name}, version {workflow.version}",
        ordered_at=parse_rfc3339(ordered.happened_at).astimezone(ZoneInfo(unit.site.time_zone)),
        unit=_words(unit),
        values=tuple(_values(therapy, units)),
        copy=copy,
        generated_at=installation.clock.now().astimezone(UTC),
        generated_by=name_of(tx, by),
        recording=recording_of(tx, ordered.recorded_at),
        software=software(),
        demonstration=installation.demonstration,
    )


def _values(therapy: TherapyView, units: Mapping[str, ListedUnit]) -> Iterator[tuple[str, str]]:
    """What the order records, as it stands now; what tells of a person stays in the record."""
    order = therapy.workflow.actions[therapy.history[0].action]
    open_ = {field.name: field for field in order.fields if not field.confidential}
    for value in therapy.values:
        field = open_.get(value.field)
        # What is recorded again later, such as the weight, is no part of the order.
        is_ordered = value.subject == therapy.therapy.coi and value.occurrence == 1
        if field is not None and is_ordered:
            yield field.title, _said(field, value.content, units)


def _said(field: Field, content: str, units: Mapping[str, ListedUnit]) -> str:
    """A value in words: a unit with its site, a number with its unit of measure."""
    if content in units:
        return _words(units[content])
    return content if field.unit == "-" else f"{content} {field.unit}"


def _words(unit: ListedUnit) -> str:
    return f"{unit.name}, {unit.site.name}"

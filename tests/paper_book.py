"""Workbooks of therapies that ran on paper: a right order, its steps, both sheets."""

import io

from openpyxl import Workbook

from coi.demo.cast import PATIENTS
from coi.services import order_file, step_sheet

ORDER = {
    **PATIENTS[0],
    "weight_kg": "61.5",
    "therapy": "autologous-car-t",
    "ordering_site": "North Hospital",
    "treating_site": "North Hospital",
    "manufacturing_site": "Riverside Cell Works",
    "prescriber": "Dr. I. Okafor",
    "collection_wanted_on": "2026-10-01",
    "on_paper": "Folder 17",
}


def steps(*told):
    """Rows of the second sheet, a day after another; of each what is told, or `action` alone."""
    return [
        {
            "reference": "Folder 17",
            "happened_at": f"2026-10-{day:02}T09:15+02:00",
            "unit": "north-ward",
            "paper_reference": f"Folder 17, sheet {day}",
            **(one if isinstance(one, dict) else {"action": one}),
        }
        for day, one in enumerate(told, start=1)
    ]


def a_book(orders, rows):
    """A workbook with both sheets."""
    book = Workbook()
    for name, columns, cells in (
        ("therapies", order_file.COLUMNS, orders),
        ("steps", [one.name for one in step_sheet.COLUMNS], rows),
    ):
        sheet = book.create_sheet(name)
        for row in ([*columns], *([row.get(one, "") for one in columns] for row in cells)):
            sheet.append(row)
    del book["Sheet"]
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


CONSENT = {"action": "record_consent", "values": "consent_signed_on=2026-10-01"}

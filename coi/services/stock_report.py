"""The report of a stock-take as a document; of what is open, as it would be closed now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from coi.clock import parse_rfc3339
from coi.reports.custody_contents import Recording
from coi.reports.stock import StockReport, stock_report
from coi.services.installation import Installation
from coi.services.proofs import Proven, acting
from coi.services.recording import recording_of
from coi.services.reporting import name_of, software
from coi.services.signatures import shown
from coi.services.stock_closing import Outcome, outcome_of
from coi.services.stock_takes import require_take
from coi.store.transactions import Transaction
from workflows.stock import Finding


def stock_report_pdf(installation: Installation, by: Proven, identifier: str) -> bytes:
    """Draw the report of a stock-take as PDF.

    Raises:
        Unknown: there is no such stock-take at a unit of this person.
    """

    def look(tx: Transaction) -> StockReport:
        row = require_take(tx, acting(tx, by).person, identifier, hold=False)
        told = recording_of(tx, row.opened_at)
        return _report(installation, outcome_of(tx, installation, row), name_of(tx, by), told)

    return stock_report(installation.read(look))


def _report(installation: Installation, found: Outcome, name: str, told: Recording) -> StockReport:
    take, row = found.take, found.take.row
    zone = ZoneInfo(take.unit.site.time_zone)
    lines = sorted(found.lines, key=lambda line: (list(Finding).index(line.finding), line.serial))

    def at(text: str) -> datetime:
        return parse_rfc3339(text).astimezone(zone)

    return StockReport(
        where=take.where,
        unit=f"{take.unit.name}, {take.unit.site.name}",
        begun_at=at(row.opened_at),
        begun_by=take.opened_by,
        closed_by=tuple(shown(one, zone) for one in found.closed_by),
        closed_at=None if take.is_open else at(row.closed_at),
        entry="-" if take.is_open else f"{row.closed_in}, entry {row.closed_seq}",
        counts=tuple((one.value, found.counts[one]) for one in Finding if found.of(one)),
        lines=tuple((one.said, one.serial, one.coi, one.place) for one in lines),
        generated_at=installation.clock.now(),
        generated_by=name,
        recording=told,
        software=software(),
        demonstration=installation.demonstration,
    )

"""The alarms of a therapy are written down with each of its entries, long before any rings."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from coi.clock import parse_rfc3339, rfc3339
from coi.services.permissions import EVERYWHERE
from coi.store.alarms import PlannedRow, issued_at, keep_alarms, told_of_things
from coi.store.tasks import between_blanks
from coi.store.transactions import Transaction
from workflows.alarms import KINDS
from workflows.model import Workflow
from workflows.ringing import Alarm, Watched, bedside_bags, planned
from workflows.tasks import Standing


def keep_alarms_of(tx: Transaction, workflow: Workflow, coi: str, stands: Standing) -> None:
    """Write down what would ring in a therapy whose entry was just written."""
    keep_alarms(tx, coi, alarms_of(tx, workflow, coi, stands))


def alarms_of(
    tx: Transaction, workflow: Workflow, coi: str, stands: Standing
) -> frozenset[PlannedRow]:
    """The alarms of a therapy, once for each site that is told of them."""
    told = told_of_things(tx, coi)
    if told.is_on_paper:
        return frozenset()
    watched = Watched(workflow, stands, told.said, void=told.void)
    issued = _issued(tx, coi, watched)
    watched = Watched(workflow, stands, told.said, issued, told.void)
    whole = stands.treatment.of_whole(frozenset(stands.sites))
    return frozenset(row for one in planned(watched) for row in _rows(one, whole))


def _issued(tx: Transaction, coi: str, watched: Watched) -> Mapping[str, datetime]:
    """The bags that are given as they are, where they were handed on; nothing of what is thawed."""
    if "thaw_window_minutes" in watched.workflow.product:
        return {}
    found = ((bag.id, issued_at(tx, coi, bag.id)) for bag in bedside_bags(watched))
    return {bag: parse_rfc3339(since) for bag, since in found if since}


def _rows(alarm: Alarm, whole: frozenset[str]) -> Iterator[PlannedRow]:
    """A row for each site that sees the whole therapy or owns the alarm, and one for all."""
    told = (alarm.kind.value, alarm.subject, rfc3339(alarm.since), rfc3339(alarm.rings_at))
    behind = rfc3339(alarm.escalates_at), alarm.unit
    about, level = " ".join(alarm.about), KINDS[alarm.kind].level.value
    for site in {*whole, *alarm.owners, EVERYWHERE}:
        roles = between_blanks(alarm.owners.get(site, ()))
        yield (*told, site, *behind, roles, about, level)

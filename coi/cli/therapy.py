"""`coi therapy`: all therapies, or all that is known of one."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from coi.cli.opening import opened
from coi.cli.telling import holder_of
from coi.cli.words import coi_of
from coi.clock import parse_rfc3339
from coi.services.directory import ListedUnit, sites_and_units
from coi.services.signatures import block
from coi.services.therapies import TherapyView, list_therapies, look
from workflows.facts import Subject
from workflows.model import Relation
from workflows.packing import NOTHING

_COMMITMENT = re.compile("[0-9a-f]{64}")
WIDTH = 120  # where the output is no terminal


@click.command()
@click.argument("coi", required=False)
def command(coi: str | None) -> None:
    """List every therapy; of one COI, show where everything is, what happened and what is next."""
    installation = opened()
    console = _console()
    if coi is None:
        for row in list_therapies(installation):
            click.echo("  ".join(row))
        return
    view = look(installation, coi_of(coi))
    _sites, units = sites_and_units(installation)
    root = view.subjects[view.therapy.coi]
    state = view.workflow.machines[root.machine].states[root.position.state]
    stopped = ", ON HOLD" if view.therapy.stops else ""
    click.echo(f"{view.therapy.coi}  {view.workflow.title}: {state.title}{stopped}")
    click.echo(
        f"Patient {view.therapy.patient}; workflow {view.workflow.name} {view.workflow.version}"
        f" since entry {view.runs_since.seq}"
    )
    console.print(_lineage(view))
    console.print(_timeline(view, units))
    console.print(_values(view))
    for line in (*_refusals(view), *_next(view)):
        click.echo(line)
    click.echo(f"the last entry: {view.history[-1].seq}:{view.head_hash}")


def _console() -> Console:
    """Where tables are drawn: nothing in them is markup, and a pipe is wide enough."""
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDTH
    return console


# -- where it is -----------------------------------------------------------------------------------


def _lineage(view: TherapyView) -> Tree:
    """Everything of the therapy, each thing below what it came from."""
    root = view.subjects[view.therapy.coi]
    tree = Tree(_standing(view, root))
    branches = {root.id: tree}
    for subject in view.subjects.values():
        if subject.origin is not None:
            branches[subject.id] = branches[subject.origin].add(_standing(view, subject))
    return tree


def _standing(view: TherapyView, subject: Subject) -> str:
    """One thing: what it is, its state, who holds it, its labels, and its other parents."""
    machine, position = view.workflow.machines[subject.machine], subject.position
    told = [f"{machine.title} {subject.id}: {machine.states[position.state].title}"]
    if holder := holder_of(view, subject):
        told.append(f"held by {holder}")
    if position.in_transit:
        told.append(f"on its way to {position.consignee}")
    if position.stops:
        told.append("ON HOLD")
    if position.inside != NOTHING:
        told.append(f"in {position.inside}")
    if subject.id in view.labels:
        told.append(f"label {view.labels[subject.id][-1]}")
    return ", ".join((*told, *_parents(view, subject)))


def _parents(view: TherapyView, subject: Subject) -> Iterator[str]:
    """What it was made of or holds, beyond its place in the tree."""
    is_over = view.workflow.machines[subject.machine].states[subject.position.state].final
    for link in (link for link in view.links if link.child == subject.id):
        if link.relation == Relation.PACKED_IN:
            yield f"held {link.parent}" if is_over else f"holds {link.parent}"
        elif link.parent != subject.origin:
            yield f"made of {link.parent} too"


# -- what happened ---------------------------------------------------------------------------------


def _timeline(view: TherapyView, units: dict[str, ListedUnit]) -> Table:
    """Every entry, at the local time of where it was made."""
    table = _table("What happened", "entry", "when", "what", "who", "where", "signatures")
    for event in view.history:
        table.add_row(
            str(event.seq),
            _local(event.happened_at, units.get(event.unit)),
            event.title if event.kind == "act" else f"{event.title} [{event.kind}]",
            view.names.get(event.actor, event.actor),
            event.unit,
            "\n".join(
                ", ".join(block(one, _zone(units.get(event.unit)))) for one in event.signatures
            ),
        )
    return table


def _local(moment: str, unit: ListedUnit | None) -> str:
    """A time as the clock on the wall of that unit showed it, with its offset."""
    at = parse_rfc3339(moment)
    if unit is not None:
        at = at.astimezone(ZoneInfo(unit.site.time_zone))
    return _minute(at)


def _zone(unit: ListedUnit | None) -> str:
    return "UTC" if unit is None else unit.site.time_zone


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} {at.isoformat(timespec='minutes')[16:]}"


def _values(view: TherapyView) -> Table:
    """Everything that was recorded, with its limits and whether it lies within them."""
    table = _table("What was recorded", "on", "what", "recorded", "limits", "within")
    for value in view.values:
        is_erased = _COMMITMENT.fullmatch(value.content) and value.content not in view.texts
        content = "(erased)" if is_erased else view.texts.get(value.content, value.content)
        unit = "" if value.unit == "-" else f" {value.unit}"
        on = value.subject.removeprefix(view.therapy.coi)
        table.add_row(on or "/", value.field, f"{content}{unit}", value.limits, value.within)
    return table


def _table(title: str, *columns: str) -> Table:
    """A table whose cells are wrapped, never cut."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in {"entry", "when", "on"})
    return table


def _refusals(view: TherapyView) -> Iterator[str]:
    """Every refused attempt with its reasons."""
    for event in view.history:
        for refusal in event.refusals:
            place = f"refused in entry {event.seq} ({event.action})"
            yield f"{place}: {refusal.code}: {refusal.sentence}"


def _next(view: TherapyView) -> Iterator[str]:
    """What could be done next."""
    for action in view.next_actions:
        yield f"next: {action.name} ({action.title})"

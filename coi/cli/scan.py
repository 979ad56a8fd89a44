"""`coi scan`: what is this, whose is it, and what may happen to it next."""

from collections.abc import Iterator

import click

from coi.cli.opening import opened
from coi.cli.telling import holder_of
from coi.errors import CoiError
from coi.services.badge_scans import badge_named
from coi.services.directory import therapies_of_patient
from coi.services.installation import Installation
from coi.services.places import known_place
from coi.services.scanning import (
    IDENTIFY_ANEW,
    UNKNOWN_WRISTBAND,
    Code,
    is_wristband,
    resolve,
    why_not,
)
from coi.services.therapies import TherapyView, look
from workflows.facts import Label, Meaning, Order, Place, Shipper, Subject, Wristband


class UnknownCode(CoiError):
    """What was scanned stands for nothing here."""

    code = "UNKNOWN_CODE"


@click.command()
@click.argument("code")
def command(code: str) -> None:
    """Say what a CODE is, whose therapy it belongs to, where it stands and what may come next.

    A patient is shown by an id without a name: names stand in the vault alone.
    """
    installation = opened()
    found = installation.read(lambda tx: resolve(tx, Code(code))).means
    if found is None and (badge := installation.read(lambda tx: badge_named(tx, code))):
        click.echo(f"{'badge':<10} {badge.serial}{'' if badge.is_worn else ', STRUCK OFF'}")
        click.echo(f"{'is':<10} {badge.name}, {badge.role.replace('_', ' ')}, {badge.place}")
        return
    if found is None:
        raise _unknown(code)
    for name, text in _told(installation, found):
        click.echo(f"{name:<10} {text}")


def _unknown(code: str) -> UnknownCode:
    """One sentence that stops, with the reason where the code itself shows it."""
    if error := why_not(code):
        return UnknownCode(f"STOP. {error.sentence}", error.next_step)
    if is_wristband(code):
        return UnknownCode(f"{UNKNOWN_WRISTBAND}.", f"{IDENTIFY_ANEW}.")
    return UnknownCode("STOP. No such code was issued here.", "Put it aside; call the coordinator.")


def _told(installation: Installation, found: Meaning) -> Iterator[tuple[str, str]]:
    """What there is to say, name by name."""
    if isinstance(found, Label):
        yield "bag label", found.serial
        view = look(installation, found.coi)
        yield from _container(view, view.subjects[found.subject])
    elif isinstance(found, Order):
        view = look(installation, found.coi)
        yield "order", f"{found.coi} ({view.workflow.title})"
        yield "patient", view.therapy.patient
        yield from _standing(view, view.subjects[found.coi])
    elif isinstance(found, Wristband):
        yield "wristband", found.serial if found.current else f"{found.serial}, REPLACED by a newer"
        yield "patient", found.patient
        for coi in therapies_of_patient(installation, found.patient):
            yield "therapy", coi
    elif isinstance(found, Shipper):
        until = found.qualified_until
        yield "shipper", found.serial
        yield "qualified", f"{found.hold_hours} h, until {until:%Y-%m-%d}" if until else "no"
    elif isinstance(found, Place):
        yield "location", found.serial
        place = known_place(installation, found.serial)
        yield "is", f"{place.name}, {place.unit.name}, {place.unit.site.name}"


def _container(view: TherapyView, subject: Subject) -> Iterator[tuple[str, str]]:
    """A labelled thing: what it is, whose, where."""
    yield "is", f"{view.workflow.machines[subject.machine].title.lower()} {subject.id}"
    newest = view.labels[subject.id][-1]
    if len(view.labels[subject.id]) > 1:
        yield "label", f"the newest one is {newest}"
    yield "therapy", view.therapy.coi
    yield "patient", view.therapy.patient
    yield from _standing(view, subject)


def _standing(view: TherapyView, subject: Subject) -> Iterator[tuple[str, str]]:
    """State, holder, stops, and what may come next for this subject."""
    position = subject.position
    yield "state", view.workflow.machines[subject.machine].states[position.state].title
    if holder := holder_of(view, subject):
        yield "holder", holder
    if position.in_transit:
        yield "sent to", f"{position.consignee}, not yet accepted"
    if position.stops or view.therapy.stops:
        yield "STOPPED", "the therapy is on hold" if view.therapy.stops else "it is on hold"
    for action in view.next_actions:
        if action.rule_for(subject.machine, position.state):
            yield "next", f"{action.name} ({action.title})"

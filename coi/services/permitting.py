"""Permits are given while there is a line, and end with the first thing that speaks against them.

A device is given one for a bag that could be checked at the bedside at this moment, by everything
that the record knows. Each time that it asks, all of that is looked at again: what is on hold,
recalled, elsewhere or used by now has no permit any more (F-15).
"""

from dataclasses import dataclass
from datetime import timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import DataRefused, Problem, Refused, Unknown
from coi.ledger.content import Attestation
from coi.services.at_devices import refused_elsewhere
from coi.services.attempt import Attempt, Present, TakeAction, scanned
from coi.services.device_tests import refused_untested
from coi.services.devices import Device, device_named
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.identity import patient_of
from coi.services.installation import Installation
from coi.services.likeness import is_like_others
from coi.services.looking import require_seen_whole
from coi.services.people import site_chain
from coi.services.permits import Permit, permit_of
from coi.services.proofs import Proven, acting
from coi.services.relying import doubts
from coi.services.scanning import Code
from coi.services.therapies import outline, wristband_of
from coi.store.labels import newest_labels
from coi.store.people import KnownPerson, person, usernames_of
from coi.store.permits import PERMIT, permits_at
from coi.store.transactions import Transaction
from workflows.decide import decide
from workflows.model import Action, Verb, Workflow
from workflows.refusal import Refusal

TOLD_ON_PAPER = frozenset({"SIGNATURE_MISSING", "PATIENT_NOT_IDENTIFIED", "FIELD_MISSING"})
"""All that may be missing: what two people say and write on paper. Any other refusal is one."""


@dataclass(frozen=True, slots=True)
class Permittable:
    """A bag at this device's unit, with every reason why it gets no permit."""

    label: str
    subject: str
    refusals: tuple[Refusal, ...]


def permittable(installation: Installation, by: Proven, coi: str) -> tuple[Permittable, ...]:
    """Each labelled thing of a therapy in the hands of the unit of this device.

    Raises:
        Unknown: there is no such therapy, or none that this person sees whole.
        DataRefused: they are at no registered device.
    """

    def look(tx: Transaction) -> tuple[Permittable, ...]:
        require_seen_whole(tx, acting(tx, by).person, coi)
        known, device = _at_device(tx, by)
        subjects = outline(tx, installation, coi).subjects
        found = newest_labels(tx, coi)
        return tuple(
            Permittable(label, subject, _against(tx, installation, known, device, (coi, label)))
            for subject, (label, _seq) in found.items()
            if subjects[subject].position.holder == device.unit.id
        )

    return installation.read(look)


def issue_permit(installation: Installation, by: Proven, coi: str, label: str) -> Permit:
    """This device has a permit for a bag, for some minutes; that is on record.

    Raises:
        Unknown: there is no such therapy, or none that this person sees whole.
        DataRefused: they are at no registered device.
        Refused: with every reason why the bag could not be checked here now.
    """

    def work(tx: Transaction) -> Permit:
        require_seen_whole(tx, acting(tx, by).person, coi)
        known, device = _at_device(tx, by)
        if refusals := _against(tx, installation, known, device, (coi, label)):
            raise Refused(refusals)
        now = installation.clock.now()
        until = now + timedelta(minutes=installation.settings.permit_minutes)
        times = (rfc3339(now), rfc3339(until))
        band, alike = wristband_of(tx, coi), _looks_alike(tx, installation, device, coi)
        permit = Permit(installation.new_id(), device.id, coi, band, label, *times, alike)
        told = Attestation(
            PERMIT,
            permit.id,
            unit=device.unit.id,
            valid_until=permit.expires_at,
            detail=permit.text,
        )
        occasion = Occasion(known.person.id, device.unit.id, now, device=device.id)
        chain = site_chain(device.unit.site.id)
        write_site_entry(tx, "issue_permit", occasion, Registered((told,)), chain)
        return permit

    return installation.transact(work)


def permits_of(installation: Installation, by: Proven) -> tuple[tuple[Permit, int], ...]:
    """What this device may still hold, each with the milliseconds that it has left.

    Raises:
        DataRefused: they are at no registered device.
    """

    def look(tx: Transaction) -> tuple[tuple[Permit, int], ...]:
        _known, device = _at_device(tx, by)
        now = installation.clock.now()
        given = permits_at(tx, device.unit.id, rfc3339(now))
        permits = [(permit_of(text), asked_by) for text, asked_by in given]
        return tuple(
            (one, int((parse_rfc3339(one.expires_at) - now) / timedelta(milliseconds=1)))
            for one, asked_by in permits
            if one.device == device.id and _still_holds(tx, installation, device, one, asked_by)
        )

    return installation.read(look)


def _still_holds(
    tx: Transaction, installation: Installation, device: Device, permit: Permit, asked_by: str
) -> bool:
    """Nothing speaks against it, and the patient wears the same wristband.

    One that does not say that the patient looks like another ends when such a one comes.
    """
    username = usernames_of(tx, [asked_by]).get(asked_by, "")
    known = person(tx, username) if username else None
    if known is None or wristband_of(tx, permit.coi) != permit.wristband:
        return False
    if not permit.looks_alike and _looks_alike(tx, installation, device, permit.coi):
        return False
    return not _against(tx, installation, known, device, (permit.coi, permit.label))


def _looks_alike(tx: Transaction, installation: Installation, device: Device, coi: str) -> bool:
    """Another patient of this device's site may be taken for the one of this therapy (SEC-48)."""
    return is_like_others(tx, installation, patient_of(tx, coi), (device.unit.site.id,))


def _at_device(tx: Transaction, by: Proven) -> tuple[KnownPerson, Device]:
    known, device = acting(tx, by), device_named(tx, by.device)
    if device is None:
        raise DataRefused([Problem("this device is not registered")])
    return known, device


def _against(
    tx: Transaction,
    installation: Installation,
    known: KnownPerson,
    device: Device,
    bag: tuple[str, str],
) -> tuple[Refusal, ...]:
    """Why this bag could not be checked at the bedside of this unit now; nothing is recorded.

    Raises:
        Unknown: in this workflow no bag is checked at a bedside.
    """
    coi, label = bag
    workflow = outline(tx, installation, coi).workflow
    codes = tuple(Code(raw) for raw in (coi, wristband_of(tx, coi), f"{label}/{coi}"))
    found = []
    for action in _checks(workflow):
        # Under no key that anything is recorded by: nothing is handed in here.
        wanted = TakeAction(coi, action.name, device.unit.id, "foreseen", codes)
        present = Present(known, scanned(tx, wanted), device=device.id)
        found.append(_refusals(Attempt.of(tx, installation, wanted, "", present)))
    if not found:
        raise Unknown("bedside check", workflow.name)
    return min(found, key=len)


def _refusals(attempt: Attempt) -> tuple[Refusal, ...]:
    """Everything that is against the step, but for what two people say on paper."""
    decision = decide(attempt.standing.workflow, attempt.request, attempt.facts)
    decision = refused_untested(attempt, refused_elsewhere(attempt, decision))
    left = (one for one in decision.refusals if one.code not in TOLD_ON_PAPER)
    return (*left, *doubts(attempt))


def _checks(workflow: Workflow) -> tuple[Action, ...]:
    """The steps by which bag and patient are compared."""
    return tuple(one for one in workflow.actions.values() if one.verb is Verb.CHECK)

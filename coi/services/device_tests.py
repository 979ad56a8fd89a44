"""Registered devices are tested: what their scanner reads is what a code says (11.300(e)).

A keyboard that is set to another language turns one character into another, and a worn scanner
drops some. So at registration, and again after the days that are set, somebody scans a code at the
device that holds every character of our codes. What came of it is on record. A device whose test is
overdue says so on each page; steps are refused at it only where the operator has set after how many
days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem
from coi.ledger.content import Attestation
from coi.services.at_devices import AT_DEVICES
from coi.services.attempt import Attempt
from coi.services.devices import Device, device_named, every_device
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.proofs import Proven, acting
from coi.services.scanning import BY_DEVICE, TYPED
from coi.services.wedge import Diagnosis, diagnosis
from coi.settings import Settings
from coi.store.device_tests import MOST_ONCE, newest_test, newest_tests, tests_of
from coi.store.transactions import Transaction
from workflows.draft import Decision
from workflows.facts import Mode
from workflows.model import Verb
from workflows.refusal import Refusal

KIND = "device_test"
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-=&%/:+.!"
"""Every character that our codes, and those of ISBT 128, are written in; no keyboard has one to
spare."""

_BY_SCRIPTLESS = "unknown"  # how it was entered, where no script of the page saw it


@dataclass(frozen=True, slots=True)
class Tested:
    """How it stands with the test of a device."""

    device: Device
    at: str  # when it was tested last; '' for never
    passed: bool
    due_at: datetime
    refused_at: datetime | None  # from when on steps are refused; None for never
    is_overdue: bool
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be scanned at a device now."""

    stands: Tested
    code: str


def code_asked(installation: Installation, by: Proven) -> Asked | None:
    """The code that is to be scanned at the device at which somebody is; None where it is none."""

    def look(tx: Transaction) -> Asked | None:
        device = device_named(tx, by.device)
        if device is None:
            return None
        return Asked(_stands(tx, installation, device), _code_of(tx, device))

    return installation.read(look)


def record_test(installation: Installation, by: Proven, raw: str, how: str) -> Diagnosis | None:
    """What was read at this device is on record, whatever it was; returns what is wrong with it.

    Raises:
        DataRefused: this device is not registered, or the code was typed by hand.
    """
    if how == TYPED:
        raise DataRefused([Problem("it was typed: let the scanner of this device read it")])

    def work(tx: Transaction) -> Diagnosis | None:
        person, device = acting(tx, by).person, device_named(tx, by.device)
        if device is None:
            raise DataRefused([Problem("this device is not registered")])
        code = _code_of(tx, device)
        wrong = diagnosis(code, raw)
        seen = how if how in BY_DEVICE else _BY_SCRIPTLESS
        told = Attestation(
            KIND, device.id, unit=device.unit.id, holds=int(wrong is None), detail=seen
        )
        document = {"kind": KIND, "about": code}
        occasion = Occasion(person.id, device.unit.id, installation.clock.now(), device=device.id)
        registered = Registered((told,), document=document)
        write_site_entry(tx, "test_device", occasion, registered, site_chain(device.unit.site.id))
        return wrong

    return installation.transact(work)


def stands_here(installation: Installation, by: Proven) -> Tested | None:
    """How it stands with the device at which somebody is; None where it is none."""

    def look(tx: Transaction) -> Tested | None:
        device = device_named(tx, by.device)
        return _stands(tx, installation, device) if device else None

    return installation.read(look)


def every_standing(installation: Installation) -> dict[str, Tested]:
    """How it stands with every registered device, by its id."""
    every = installation.read(every_device)
    parts = (every[n : n + MOST_ONCE] for n in range(0, len(every), MOST_ONCE))
    return {name: one for part in parts for name, one in standing_of(installation, part).items()}


def standing_of(installation: Installation, devices: Sequence[Device]) -> dict[str, Tested]:
    """How it stands with each of these registered devices, by its id; a page of them at most."""

    def look(tx: Transaction) -> dict[str, Tested]:
        newest = newest_tests(tx, [one.id for one in devices])
        return {one.id: _told(installation, one, newest.get(one.id)) for one in devices}

    return installation.read(look)


def refused_untested(attempt: Attempt, decision: Decision) -> Decision:
    """The decision, unless it is taken at a device whose test is overdue for too long."""
    action = attempt.standing.workflow.actions.get(attempt.request.action)
    if action is None or attempt.request.mode is not Mode.ASK:
        return decision
    why = why_untested(attempt.tx, attempt.installation, attempt.occasion.device, action.verb)
    return replace(decision, draft=None, refusals=(*decision.refusals, why)) if why else decision


def why_untested(
    tx: Transaction, installation: Installation, device: str, verb: Verb
) -> Refusal | None:
    """Why a step cannot be taken at this device; nothing is asked where none is ever refused."""
    settings = installation.settings
    if verb not in AT_DEVICES or not (settings.device_test_days and settings.device_refused_days):
        return None
    found = device_named(tx, device)
    if found is None or not _stands(tx, installation, found).is_refused:
        return None
    return Refusal(
        "DEVICE_NOT_TESTED",
        f"The test of {found.name} is overdue, and steps are not taken at it before it is tested.",
        "Press “Test this device” on top of the page, and scan the code that it shows.",
    )


def _stands(tx: Transaction, installation: Installation, device: Device) -> Tested:
    return _told(installation, device, newest_test(tx, device.id))


def _told(installation: Installation, device: Device, newest: tuple[str, bool] | None) -> Tested:
    """Due at once where it was never tested, or read something else the last time."""
    at, passed = newest or ("", False)
    settings, now = installation.settings, installation.clock.now()
    since = parse_rfc3339(at or device.since)
    due_at = since + timedelta(days=settings.device_test_days) if passed else since
    refused_at = _refused_at(settings, due_at)
    is_asked = bool(settings.device_test_days)
    return Tested(
        device,
        at,
        passed,
        due_at,
        refused_at,
        is_overdue=is_asked and due_at < now,
        is_refused=is_asked and refused_at is not None and refused_at < now,
    )


def _refused_at(settings: Settings, due_at: datetime) -> datetime | None:
    days = settings.device_refused_days
    return due_at + timedelta(days=days) if days else None


def _code_of(tx: Transaction, device: Device) -> str:
    """Another one for each test: nobody scans the sheet of last year, or types it from memory."""
    turn = f"{device.id} {tests_of(tx, device.id)}"
    return CHARACTERS + sha256(turn.encode()).hexdigest()[:8]

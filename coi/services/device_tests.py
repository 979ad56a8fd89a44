"""Registered devices are tested: what their scanner reads is what a code says (11.300(e)).

A keyboard that is set to another language turns one character into another, and a worn scanner
drops some. So at registration, and again after the days that are set, somebody scans a code at the
device that holds every character of our codes. What came of it is on record. A device whose test is
overdue says so on each page; steps are refused at it only where the operator has set after how many
days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
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
from coi.services.received import Mark, Sent, marks, visible
from coi.services.scanning import BY_DEVICE, TYPED
from coi.services.wedge import Diagnosis, diagnosis, notes, without_identifier
from coi.settings import Settings
from coi.store.device_tests import MOST_ONCE, newest_test, newest_tests, tests_of
from coi.store.transactions import Transaction
from labels.codes.gs1_elements import SEPARATOR
from workflows.draft import Decision
from workflows.facts import Mode
from workflows.model import Verb
from workflows.refusal import Refusal

KIND = "device_test"
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-=&%/:+.!"
"""Every character that our codes, and those of ISBT 128, are written in; no keyboard has one to
spare."""

SWAPPED = "yzYZ-=+/:&%aqwAQWM!."
"""Those that the keyboards of two countries exchange: bars have room for no more."""

_PRODUCT = "0109506000134352"
"""The number of an example in GS1's own documents, which is nobody's product."""

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


class Symbol(StrEnum):
    """What a test code is written in; a scanner passes with the one that it is for."""

    QR = "QR code"
    MATRIX = "GS1 Data Matrix"
    BARS = "Code 128"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be scanned at a device now; one of the codes is enough."""

    stands: Tested | None  # None where the device is not registered, and nothing is recorded
    codes: Mapping[Symbol, str]

    @property
    def code(self) -> str:
        """The one that holds every character."""
        return self.codes[Symbol.QR]


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a scan: of which symbol, character by character, and what is wrong with it."""

    symbol: Symbol
    marks: tuple[Mark, ...]
    wrong: Diagnosis | None
    notes: tuple[str, ...]


def code_asked(installation: Installation, by: Proven) -> Asked:
    """The codes that are to be scanned at the device at which somebody is."""

    def look(tx: Transaction) -> Asked:
        device = device_named(tx, by.device)
        if device is None:
            return Asked(None, _codes(f"trial {by.person}"))
        return Asked(_stands(tx, installation, device), _codes_of(tx, device))

    return installation.read(look)


def try_scanner(by: Proven, sent: Sent) -> Read:
    """What came of a scan at a device that is not registered; nothing is recorded."""
    return _read(_codes(f"trial {by.person}"), sent)


def record_test(installation: Installation, by: Proven, sent: Sent, how: str) -> Read:
    """What was read at this device is on record, whatever it was; returns what came of it.

    Raises:
        DataRefused: this device is not registered, or the code was typed by hand.
    """
    if how == TYPED:
        raise DataRefused([Problem("it was typed: let the scanner of this device read it")])

    def work(tx: Transaction) -> Read:
        person, device = acting(tx, by).person, device_named(tx, by.device)
        if device is None:
            raise DataRefused([Problem("this device is not registered")])
        codes = _codes_of(tx, device)
        read = _read(codes, sent)
        holds = int(read.wrong is None)
        told = Attestation(
            KIND, device.id, unit=device.unit.id, holds=holds, detail=_detail(read, sent, how)
        )
        document = {"kind": KIND, "about": visible(codes[read.symbol])}
        occasion = Occasion(person.id, device.unit.id, installation.clock.now(), device=device.id)
        registered = Registered((told,), document=document)
        write_site_entry(tx, "test_device", occasion, registered, site_chain(device.unit.site.id))
        return read

    return installation.transact(work)


def read_right(symbol: Symbol, sent: Sent) -> Read:
    """The same of a scan in which nothing was wrong."""
    return _read({symbol: without_identifier(sent.bare)}, sent)


def _read(codes: Mapping[Symbol, str], sent: Sent) -> Read:
    """What came is taken for the symbol whose code it is most like."""
    came = without_identifier(sent.bare)
    likeness = {one: SequenceMatcher(None, code, came).ratio() for one, code in codes.items()}
    symbol = max(likeness, key=likeness.__getitem__)
    heard = notes(sent.ending) if sent.is_heard and came else ()
    wrong = diagnosis(codes[symbol], sent.bare)
    return Read(symbol, marks(codes[symbol], sent), wrong, tuple(heard))


def _detail(read: Read, sent: Sent, how: str) -> str:
    """How it was read, of which symbol, and what the device left out around it."""
    seen = how if how in BY_DEVICE else _BY_SCRIPTLESS
    left = f", without {visible(sent.before)}…{visible(sent.after)}" if sent.is_shortened else ""
    return f"{seen}, {read.symbol}{left}"


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


def _codes_of(tx: Transaction, device: Device) -> Mapping[Symbol, str]:
    """Others for each test: nobody scans the sheet of last year, or types it from memory."""
    return _codes(f"{device.id} {tests_of(tx, device.id)}")


def _codes(turn: str) -> Mapping[Symbol, str]:
    new = sha256(turn.encode()).hexdigest()[:8]
    return {
        Symbol.QR: f"{CHARACTERS}{new}",
        Symbol.MATRIX: f"{_PRODUCT}10{SWAPPED}{SEPARATOR}21{new}",
        Symbol.BARS: f"{SWAPPED}{new}",
    }

"""A device hands in what it captured without a line; nothing is done by it but to put it on record.

It moves nothing and verifies nothing: a person enters each as it happened, or says what became of
it. A queue that is not the one that this device began is kept whole, apart, with an alarm (F-13).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coi.errors import DataRefused, Problem
from coi.ledger.content import Attestation
from coi.services.captures import Capture, Judged, Link, capture_of, id_of, judge
from coi.services.devices import Device, device_named
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.proofs import Proven, acting
from coi.store.captures import CAPTURE, FORK, capture_named, last_of
from coi.store.transactions import Transaction

HAND_IN, FORKED = "hand_in_captures", "captures_forked"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Where the device goes on, which captures it need not keep, and whether there is an alarm."""

    last: Link
    kept: tuple[str, ...]  # by the device's own hashes: what is on record now
    is_alarm: bool = False


def hand_in(installation: Installation, by: Proven, captures: Sequence[Capture]) -> HandedIn:
    """What was captured is on record, in the order of the device; sent again it changes nothing.

    Raises:
        DataRefused: whoever sends it is at no registered device.
    """

    def work(tx: Transaction) -> HandedIn:
        person, device = acting(tx, by).person, device_named(tx, by.device)
        if device is None:
            raise DataRefused([Problem("this device is not registered")])
        before = last_link(tx, device.id)
        judged = judge(captures, device.id, before, lambda seq: _recorded(tx, device.id, seq))
        new = _new_in_quarantine(tx, judged) if judged.forked else judged.fresh
        if new:
            _write(tx, installation, (person.id, device), new, is_fork=bool(judged.forked))
        waiting = () if judged.forked else judged.early
        kept = tuple(one.claimed or one.hash for one in captures if one not in waiting)
        return HandedIn(last_link(tx, device.id), kept, bool(judged.forked))

    return installation.transact(work)


def last_link(tx: Transaction, device: str) -> Link:
    """How far the chain of a device is on record."""
    row = last_of(tx, device)
    last = capture_of(row.text) if row else None
    return Link(last.seq, last.hash) if last else Link()


def _recorded(tx: Transaction, device: str, seq: int) -> str:
    row = capture_named(tx, id_of(device, seq))
    return capture_of(row.text).hash if row else ""


def _new_in_quarantine(tx: Transaction, judged: Judged) -> tuple[Capture, ...]:
    """All that came with a fork, but for what is on record already."""
    came = (*judged.fresh, *judged.early, *judged.forked)
    return tuple(one for one in came if capture_named(tx, one.hash) is None)


def _write(
    tx: Transaction,
    installation: Installation,
    who: tuple[str, Device],
    captures: Sequence[Capture],
    *,
    is_fork: bool,
) -> None:
    person, device = who
    told = tuple(
        Attestation(
            FORK if is_fork else CAPTURE,
            one.hash if is_fork else one.id,
            unit=device.unit.id,
            detail=one.text,
        )
        for one in captures
    )
    occasion = Occasion(person, device.unit.id, installation.clock.now(), device=device.id)
    action = FORKED if is_fork else HAND_IN
    write_site_entry(tx, action, occasion, Registered(told), site_chain(device.unit.site.id))

"""What became of a capture is said by a person, once: an entry tells it, or it is set aside."""

from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation, SignedBy
from coi.services.captured import Telling, Waiting, may_tell, shown_to
from coi.services.devices import device_of
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.permissions import acts_at
from coi.services.proofs import QA, JustProven, Proven, acting, holding, signature_of
from coi.services.reasons import noted, require_reason
from coi.store.captures import CAPTURE, FORK, settled_as
from coi.store.transactions import Transaction

COORDINATOR = "coordinator"
SET_ASIDE = "capture set aside"
"""What the signature means."""

LATE, BEFORE, ASIDE = "entered late", "recorded already", "set aside"
"""What became of it."""


def settle(installation: Installation, by: Proven, identifier: str, coi: str, seq: int) -> str:
    """An entry of a therapy tells what was captured; returns what became of it.

    Raises:
        Unknown: there is no such capture or entry, or none that this person sees.
        DataRefused: it was settled before.
    """

    def work(tx: Transaction) -> str:
        person = acting(tx, by).person
        waiting = _open(tx, shown_to(tx, person, identifier))
        if waiting.unit.site.id not in acts_at(person):
            raise Unknown("capture", identifier)
        telling = may_tell(tx, installation, person, waiting)
        found = next((one for one in telling if (one.coi, one.seq) == (coi, seq)), None)
        if found is None:
            raise Unknown("entry", f"{seq} of {coi}")
        became = _became(found)
        now, device = installation.clock.now(), device_of(tx, by)
        occasion = Occasion(person.id, waiting.unit.id, now, device=device)
        told = Registered((_told(waiting, f"{became}: {coi} {seq}"),))
        write_site_entry(tx, "settle_capture", occasion, told, site_chain(waiting.unit.site.id))
        return became

    return installation.transact(work)


def set_aside(installation: Installation, by: JustProven, identifier: str, why: str) -> None:
    """Nothing comes of a capture: quality assurance, or who coordinates there, signs and says why.

    Raises:
        ReasonMissing: nobody says why.
        Unknown: there is no such capture, or none that concerns them.
        NotAllowed: they are neither.
        CannotSign: what a signature takes is not on record.
        DataRefused: it was settled before.
    """
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        known, role = holding(tx, by, QA, COORDINATOR)
        waiting = _open(tx, shown_to(tx, known.person, identifier))
        now = installation.clock.now()
        signed: tuple[SignedBy, ...] = (signature_of(known, role, SET_ASIDE, now),)
        notes = noted(tx, installation, reason)
        told = Registered((_told(waiting, ASIDE),), signatures=signed, notes=notes)
        occasion = Occasion(known.person.id, waiting.unit.id, now)
        chain = site_chain(waiting.unit.site.id)
        write_site_entry(tx, "set_aside_capture", occasion, told, chain)

    installation.transact(work)


def _open(tx: Transaction, waiting: Waiting) -> Waiting:
    if became := settled_as(tx, waiting.id):
        raise DataRefused([Problem(f"was settled before: {became}", column="capture")])
    return waiting


def _became(found: Telling) -> str:
    return LATE if found.is_late else BEFORE


def _told(waiting: Waiting, detail: str) -> Attestation:
    kind = FORK if waiting.is_forked else CAPTURE
    return Attestation(kind, waiting.id, unit=waiting.unit.id, holds=0, detail=detail)

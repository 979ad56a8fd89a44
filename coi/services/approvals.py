"""What QA vouches for with a signature: label templates and shippers."""

from datetime import datetime

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.proofs import QA, Proven, holding, signature_of
from coi.store.transactions import Transaction
from labels.identifiers import Serial, issue_serial, parse_code
from labels.templates import TEMPLATES

APPROVED, WITHDRAWN, QUALIFIED = "approved", "approval withdrawn", "qualified"
"""What QA's signature means here: it is shown to whoever is about to sign."""


def template_detail(template: str) -> str:
    """What an approval names: the hash of the template's layout and wording, marked as one."""
    return f"sha256:{TEMPLATES[template].sha256}"


def approve_template(
    installation: Installation, by: Proven, template: str, *, holds: bool = True
) -> None:
    """Approve a label template exactly as it is now, or withdraw the approval (hard guard 11)."""
    if template not in TEMPLATES:
        raise Unknown("label template", template)
    attestation = Attestation(
        "template", template, holds=int(holds), detail=template_detail(template)
    )
    if holds:
        _vouch(installation, by, "approve_template", APPROVED, attestation)
    else:
        _vouch(installation, by, "withdraw_template", WITHDRAWN, attestation)


def qualify_shipper(
    installation: Installation, by: Proven, hold_hours: int, until: datetime, serial: str = ""
) -> str:
    """Record that a shipper keeps cold for so many hours, until a day; returns its serial.

    Raises:
        NotACode: the serial is none.
        DataRefused: it is not a shipper's, or it would keep cold for no time.
    """
    serial = serial or issue_serial("X", installation.settings.issuer, installation.draw).text
    known = parse_code(serial)
    if not isinstance(known, Serial) or known.kind != "X":
        raise DataRefused([Problem(f"{serial} is not the serial of a shipper", column="serial")])
    if hold_hours < 1:
        raise DataRefused([Problem("it keeps cold for at least an hour", column="hold_hours")])
    attestation = Attestation(
        "shipper", known.text, valid_until=rfc3339(until), detail=str(hold_hours)
    )
    _vouch(installation, by, "qualify_shipper", QUALIFIED, attestation)
    return known.text


def _vouch(
    installation: Installation, by: Proven, action: str, meaning: str, attestation: Attestation
) -> None:
    """Write one attestation of the whole organisation, signed by QA."""

    def work(tx: Transaction) -> None:
        known, role = holding(tx, by, QA)
        now = installation.clock.now()
        signature = signature_of(known, role, meaning, now)
        registered = Registered((attestation,), signatures=(signature,))
        write_site_entry(tx, action, Occasion(known.person.id, "-", now), registered)

    installation.transact(work)

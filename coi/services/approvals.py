"""What QA vouches for with a signature: label templates and shippers."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem, Refused
from coi.ledger.content import Attestation
from coi.services.asked import bad_key, entry_answering, fingerprint
from coi.services.drawing import NotPrinted
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.known_templates import (
    MARK,
    in_force,
    in_place_of,
    is_own,
    newest,
    printed_by,
    versions,
)
from coi.services.proofs import QA, JustProven, holding, signature_of
from coi.services.template_numbers import lacking_where_chosen
from coi.store.facts import template_turns, templates
from coi.store.templates import layouts, text_with
from coi.store.transactions import Transaction
from labels.identifiers import Serial, issue_serial, parse_code
from labels.layout import Template
from labels.serial_template import WITH_A_SERIAL
from labels.templates import every_version
from workflows.refusal import Refusal

SHIPPER = "X"  # what its serials begin with
APPROVED, WITHDRAWN, QUALIFIED = "approved", "approval withdrawn", "qualified"
"""What QA's signature means here: it is shown to whoever is about to sign."""


def template_detail(tx: Transaction, template: str) -> str:
    """What an approval of the newest version of a template names; raises Unknown for none."""
    return as_approved(newest(tx, template))


def approved_now(tx: Transaction) -> Mapping[str, bool]:
    """Each label template that QA approved, and whether the version that it approved is here.

    Where a site's own is printed in the place of a packaged one, the packaged stands as that does.
    """
    approved = templates(tx)
    own = layouts(tx) if any(map(is_own, approved)) else {}
    here = {name: _hashes(name, own) for name in approved}
    stands = {name: approved[name] in map(marked, here[name]) for name in approved if here[name]}
    in_place = {name: in_place_of(name, approved) for name in WITH_A_SERIAL}
    return stands | {name: stands[one] for name, one in in_place.items() if one in stands}


def _hashes(name: str, own: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The hash of each version of a template, of which `own` are a site's; none of an unknown."""
    return own.get(name, ()) if is_own(name) else tuple(one.sha256 for one in every_version(name))


def template_in_place(tx: Transaction, name: str) -> Template:
    """What a wristband, a badge or the label of a place is drawn with.

    Raises:
        NotPrinted: QA has approved no version of it.
    """
    chosen = in_place_of(name, templates(tx))
    template = in_force(tx, chosen)
    if template is None:
        title = newest(tx, chosen).title.split(",")[0]
        raise NotPrinted(
            "TEMPLATE_NOT_APPROVED",
            f"Quality assurance has not approved the {title}.",
            f"Ask quality assurance to approve the template {chosen}.",
        )
    return template


def as_approved(template: Template) -> str:
    """What an approval names: the hash of the template's layout and wording, marked as one."""
    return marked(template.sha256)


def marked(sha256: str) -> str:
    """The hash of a template's layout as an approval names it."""
    return f"{MARK}{sha256}"


def approve_template(
    installation: Installation,
    by: JustProven,
    template: str,
    *,
    holds: bool = True,
    seen: str | None = None,
) -> Template:
    """Approve the newest version of a label template, or withdraw an approval (hard guard 11).

    What is so already is not recorded again. `seen` is the hash of what was looked at: withdrawn is
    that version, though another is in force by then, and without it the one in force. Whoever kept
    a template of the site's own leaves its approval to another person. Returns the version.

    Raises:
        Refused: the template is not the one that was looked at, they kept it themselves, or a
            definition that chooses it lacks a number that it needs.
        Unknown: there is no such template.
        NotAllowed: the person is no QA reviewer.
    """
    action, meaning = ("approve_template", APPROVED) if holds else ("withdraw_template", WITHDRAWN)

    def work(tx: Transaction) -> Template:
        known, role = holding(tx, by, QA)
        chosen = newest(tx, template) if holds else _to_withdraw(tx, template, seen)
        if seen not in {None, chosen.sha256}:
            sentence = f"The label template {template} is not the one that you looked at."
            raise Refused([Refusal("TEMPLATE_CHANGED", sentence, "Look at it as it is now.")])
        if against := [*_against(tx, installation, known.person.id, chosen)] if holds else []:
            raise Refused(against)
        now = installation.clock.now()
        signature = signature_of(known, role, meaning, now)
        detail = as_approved(chosen)
        if not holds and seen is None:
            # It may be of a version that this program does not have any more.
            detail = templates(tx).get(template, detail)
        if _is_said(tx, template, detail, holds=holds):
            return chosen
        attestation = Attestation("template", template, holds=int(holds), detail=detail)
        registered = Registered((attestation,), signatures=(signature,))
        write_site_entry(tx, action, Occasion(known.person.id, "-", now), registered)
        return chosen

    return installation.transact(work)


def _to_withdraw(tx: Transaction, name: str, seen: str | None) -> Template:
    """The version that was looked at, or the one in force; the newest where there is neither."""
    looked_at = (one for one in versions(tx, name) if one.sha256 == seen)
    return next(looked_at, None) or printed_by(tx, name)


def _is_said(tx: Transaction, name: str, detail: str, *, holds: bool) -> bool:
    """This version is in force; or there is no approval of it to take back."""
    if holds:
        return templates(tx).get(name) == detail
    said = [one.holds for one in template_turns(tx) if (one.name, one.detail) == (name, detail)]
    return not (said and said[-1])


def _against(
    tx: Transaction, installation: Installation, person: str, chosen: Template
) -> Iterator[Refusal]:
    """Why this person does not approve it, or nobody does as things are."""
    if _is_author(tx, person, chosen):
        sentence = f"You kept {chosen.name} yourself."
        step = "Another person of quality assurance looks at it, and approves it."
        yield Refusal("APPROVER_IS_AUTHOR", sentence, step)
    for workflow, problem in lacking_where_chosen(tx, installation, chosen):
        sentence = (
            f"{workflow.title}, version {workflow.version}: {problem.place} {problem.reason}."
        )
        step = (
            "Keep it without that number, or under another name; or install a definition that has"
            " the number first, and move the therapies to it that are under way."
        )
        yield Refusal("NUMBERS_LACKING", sentence, step)


def _is_author(tx: Transaction, person: str, template: Template) -> bool:
    kept = text_with(tx, template.sha256)
    return kept is not None and kept.kept_by == person


def qualify_shipper(
    installation: Installation,
    by: JustProven,
    hold_hours: int,
    until: datetime,
    serial: str = "",
    *,
    key: str,
) -> str:
    """Record that a shipper keeps cold for so many hours, until a day; returns its serial.

    Without a serial one is issued: the same one, whenever the same request comes again.

    Raises:
        NotACode: the serial is none.
        DataRefused: it is not a shipper's, or it would keep cold for no time.
        KeyReused: the key already stands for another qualification.
    """
    if problems := [*bad_key(key), *_not_a_shipper(serial), *_not_cold(hold_hours)]:
        raise DataRefused(problems)
    digest = fingerprint(installation.vault, hold_hours, until, serial, by.person)

    def work(tx: Transaction) -> str:
        known, role = holding(tx, by, QA)
        earlier = entry_answering(tx, key, digest)
        if earlier is not None:
            return str(earlier["attestations"][0]["about"])
        now, issuer = installation.clock.now(), installation.settings.issuer
        issued = serial or issue_serial(SHIPPER, issuer, installation.draw).text
        of = parse_code(issued).text
        told = Attestation("shipper", of, valid_until=rfc3339(until), detail=str(hold_hours))
        signed = signature_of(known, role, QUALIFIED, now)
        occasion = Occasion(known.person.id, "-", now, key=key, digest=digest)
        registered = Registered((told,), signatures=(signed,))
        write_site_entry(tx, "qualify_shipper", occasion, registered)
        return of

    return installation.transact(work)


def _not_a_shipper(serial: str) -> Iterator[Problem]:
    """A serial that is given is one of a shipper."""
    known = parse_code(serial) if serial else None
    if known is not None and not (isinstance(known, Serial) and known.kind == SHIPPER):
        yield Problem(f"{serial} is not the serial of a shipper", column="serial")


def _not_cold(hold_hours: int) -> Iterator[Problem]:
    """Something that keeps cold for no time is no shipper."""
    if hold_hours < 1:
        yield Problem("it keeps cold for at least an hour", column="hold_hours")

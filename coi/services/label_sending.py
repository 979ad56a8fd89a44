"""Labels of a therapy sent to a printer of a unit: one deed, one entry each, and they wait there.

Drawn and read back before anything is written; then the deed, the entry of each label and its place
in the queue are one transaction. The same request again sends nothing twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from coi.errors import Busy, DataRefused, Problem, Unknown
from coi.services.asked import bad_key, entry_answering, fingerprint
from coi.services.copies import TRIES, Copy, note
from coi.services.decoding import Content, content_of_text
from coi.services.drawing import Drawn
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.label_outcomes import require_first_print
from coi.services.label_papers import Again, first_print, head_of, label_paper, wristband_copy
from coi.services.labelling import draw_bag_label
from coi.services.print_queue import OF_NO_THERAPY, NewPrint, queue_print
from coi.services.printers import About, KnownPrinter, printer_seen, printers_seen
from coi.services.printing_rights import Post, require_known_patient, require_to_print
from coi.services.proofs import Proven, acting_or_program
from coi.services.unreadable import telling_unreadable
from coi.store import print_jobs
from coi.store.entries import entry_text
from coi.store.facts import ORGANISATION, lock, sites
from coi.store.people import KnownPerson
from coi.store.registers import person_chain
from coi.store.transactions import Transaction
from workflows.facts import Label, Person

MOST_AT_ONCE = 50
"""So many labels of a therapy are sent at once: whoever sends them waits until all are drawn."""


@dataclass(frozen=True, slots=True)
class SendLabels:
    """Which labels of a therapy go to which printer; `key` makes a repetition harmless."""

    coi: str
    serials: tuple[str, ...]
    printer: str
    key: str

    def __post_init__(self) -> None:
        if problems := [*bad_key(self.key), *_bad_number(self.serials)]:
            raise DataRefused(problems)


def _bad_number(serials: Sequence[str]) -> Iterator[Problem]:
    if not 0 < len(serials) <= MOST_AT_ONCE:
        yield Problem(f"choose 1 to {MOST_AT_ONCE} labels", column="labels")
    if len(set(serials)) != len(serials):
        yield Problem("the same label was chosen twice", column="labels")


@dataclass(frozen=True, slots=True)
class SentLabel:
    """One label that waits for a printer; `left_off` are the fields that are not on it, and why."""

    serial: str
    job: str  # its id in the queue; '' once the queue has forgotten it
    left_off: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, in its order, and to which printer."""

    printer: str
    labels: tuple[SentLabel, ...]


First = Callable[[Transaction], None]
"""What must be so in the transaction that lets labels wait; it raises where it is not."""


def nothing_first(_tx: Transaction) -> None:
    """They are sent whatever goes on beside them."""


def send_labels(
    installation: Installation, by: Proven, asked: SendLabels, first: First = nothing_first
) -> Sent:
    """Let labels of containers wait for a printer; the same request again is answered the same.

    Raises:
        Unknown: a label is none of this therapy, or the person may not see one; or the printer is
            none at a site of theirs.
        NotAllowed: no role of the person acts at a site of the therapy.
        DataRefused: the printer stands at a site that takes no part.
        NotPrinted: one cannot be printed as the record stands; then none is.
        Refused: of one there was a piece, or may be one, or it waits already.
        KeyReused: the key already stands for another request.
    """
    digest = fingerprint(installation.vault, "send labels", asked, by.person)
    for _ in range(TRIES):
        found = installation.read(lambda tx: _looked(tx, by, asked, digest))
        if isinstance(found, Sent):
            return found
        printer, labels, post, head = found
        contents = [_drawn(installation, by, (label, post), printer) for label in labels]
        what = (digest, (head, printer.about), contents)

        def queue(tx: Transaction, what: _Told = what) -> Sent | None:
            first(tx)
            return _sent(tx, installation, by, asked, what)

        if done := installation.transact(queue):
            return done
    raise Busy


_Looked = tuple[KnownPrinter, list[Label], Post, str]
_Told = tuple[str, tuple[str, About], Sequence[Drawn]]


def _looked(tx: Transaction, by: Proven, asked: SendLabels, digest: str) -> Sent | _Looked:
    """Everything that is asked before a label is drawn, or what was answered before."""
    earlier = entry_answering(tx, asked.key, digest)
    if earlier is not None:
        return sent_by(tx, earlier)
    found = [require_to_print(tx, by, serial) for serial in asked.serials]
    labels = [label for label, _known, _post in found]
    if any(label.coi != asked.coi for label in labels):
        raise Unknown("label", asked.coi)
    require_first_print(tx, asked.coi, asked.serials)
    _label, known, post = found[0]
    printer = printer_of_therapy(tx, known.person, asked.printer, asked.coi)
    return printer, labels, post, head_of(tx, asked.coi)


def printer_of_therapy(tx: Transaction, person: Person, printer: str, coi: str) -> KnownPrinter:
    """A printer at a site that takes part in a therapy: nowhere else its labels come out.

    Raises:
        Unknown: there is no such printer at a site of this person.
        DataRefused: it stands at a site that takes no part.
    """
    found = printer_seen(tx, person, printer)
    if found.unit.site.id not in sites(tx, coi):
        reason = f"{found.about.name} stands at a site that takes no part in this therapy"
        raise DataRefused([Problem(reason, column="printer")])
    return found


def printers_of_therapy(tx: Transaction, person: Person, coi: str) -> tuple[KnownPrinter, ...]:
    """The printers at which a person can let labels of a therapy come out."""
    there = sites(tx, coi)
    return tuple(one for one in printers_seen(tx, person) if one.unit.site.id in there)


def _drawn(
    installation: Installation, by: Proven, of: tuple[Label, Post], printer: KnownPrinter
) -> Drawn:
    label, post = of
    with telling_unreadable(installation, by, label, post.unit):
        return draw_bag_label(installation, label.serial, printer.about.medium)


def _sent(
    tx: Transaction,
    installation: Installation,
    by: Proven,
    asked: SendLabels,
    drawn_: _Told,
) -> Sent | None:
    """The deed, its labels and their places in the queue.

    None where the therapy went on since they were drawn, or the printer is another one now.
    """
    digest, drawn_for, contents = drawn_
    lock(tx, asked.coi)
    found = _looked(tx, by, asked, digest)
    if isinstance(found, Sent):
        return found
    printer, labels, _post, newest = found
    if (newest, printer.about) != drawn_for:
        return None
    person = acting_or_program(tx, by).person.id
    about = {"kind": "labels", "about": asked.coi, "printer": printer.id}
    deed = Deed(about, len(labels), (asked.key, digest))
    copies = [
        SendCopy(
            Copy(label_paper(label.serial), first_print(tx, asked.coi, label.serial)[0], content),
            label.serial,
            asked.coi,
        )
        for label, content in zip(labels, contents, strict=True)
    ]
    return send_copies(tx, installation, (person, printer), deed, copies)


# -- the same for whatever is sent -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody sends at once: about what, how many, and under which key."""

    about: Mapping[str, str]
    count: int
    key: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class SendCopy:
    """One copy that is sent, the serial on it, and the therapy that it belongs to."""

    copy: Copy
    serial: str
    therapy: str = OF_NO_THERAPY


def send_copies(
    tx: Transaction,
    installation: Installation,
    who: tuple[str, KnownPrinter],
    deed: Deed,
    copies: Sequence[SendCopy],
) -> Sent:
    """Write the deed, then each copy with its place in the queue right behind it."""
    person, _printer = who
    chain, (key, digest) = person_chain(tx, person) or ORGANISATION, deed.key
    occasion = Occasion(person, "-", installation.clock.now(), key=key, digest=digest)
    told = Registered(document={**deed.about, "count": str(deed.count)})
    entry = write_site_entry(tx, "send_labels", occasion, told, chain)
    for one in copies:
        queue_copy(tx, installation, who, one)
    return sent_by(tx, content_of_text(entry_text(tx, chain, entry.seq)[1]))


def queue_copy(
    tx: Transaction, installation: Installation, who: tuple[str, KnownPrinter], one: SendCopy
) -> None:
    """Record one copy, and let it wait for its printer, in one transaction."""
    person, printer = who
    copy = one.copy
    told = {**copy.told, "printer": printer.id}
    entry = note(tx, installation, person, replace(copy, told=told))
    content, media_type = copy.drawn.content, copy.drawn.media_type
    label = NewPrint(content, media_type, (one.serial,), one.therapy)
    queue_print(tx, installation, printer, [label], entry)


def sent_by(tx: Transaction, deed: Content) -> Sent:
    """What a deed sent: it stands in the entries right behind it."""
    chain, first = deed["chain"], deed["seq"] + 1
    return Sent(
        deed["document"]["printer"],
        tuple(_told(tx, chain, first + n) for n in range(int(deed["document"]["count"]))),
    )


def _told(tx: Transaction, chain: str, seq: int) -> SentLabel:
    document = content_of_text(entry_text(tx, chain, seq)[1])["document"]
    jobs = print_jobs.jobs_of_entry(tx, chain, seq)
    pairs = (one.split("=") for one in document.get("left_off", "").split())
    return SentLabel(document["about"], jobs[0].id if jobs else "", dict(pairs))


# -- a wristband -----------------------------------------------------------------------------------


def send_wristband(
    installation: Installation, by: Proven, coi: str, printer: str, again: Again | None = None
) -> Mapping[str, str]:
    """Let the current wristband of a therapy's patient wait for a printer, with the name.

    Returns the fields that are not on it, each with the code of why.

    Raises:
        Unknown, NotAllowed, CannotSign, NotPrinted, PrintedBefore: as for a wristband as a file.
        DataRefused: the printer stands at a site that takes no part.
    """

    def look(tx: Transaction) -> KnownPrinter:
        known = require_known_patient(tx, by, coi)
        return printer_of_therapy(tx, known.person, printer, coi)

    at = installation.read(look)

    def queue(tx: Transaction, known: KnownPerson, copy: Copy) -> None:
        now = look(tx)
        if now.about != at.about:
            raise Busy
        who = (known.person.id, now)
        queue_copy(tx, installation, who, SendCopy(copy, copy.paper.piece, coi))

    return wristband_copy(installation, by, coi, again, at.about.medium, queue).drawn.left_off

"""Labels that belong to no therapy sent to a printer: of places, and badges of the staff.

They go the way of every other label: drawn and read back, on record, and into the queue with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from coi.errors import Busy, DataRefused, Problem, Unknown
from coi.services.asked import bad_key, entry_answering, fingerprint
from coi.services.badges import badge_paper, draw_badge
from coi.services.copies import Copy, Paper, copies_of
from coi.services.drawing import Drawn
from coi.services.installation import Installation
from coi.services.label_sending import Deed, SendCopy, Sent, send_copies, sent_by
from coi.services.places import draw_location_label, require_keeper
from coi.services.printers import KnownPrinter, kept_or_seen
from coi.services.proofs import Proven, acting
from coi.store.transactions import Transaction

MOST_IN_A_BATCH = 500


@dataclass(frozen=True, slots=True)
class SendPlaces:
    """The places whose labels are sent to which printer; `key` makes a repetition harmless."""

    serials: tuple[str, ...]
    printer: str
    key: str

    def __post_init__(self) -> None:
        problems = [*bad_key(self.key)]
        if not 0 < len(self.serials) <= MOST_IN_A_BATCH:
            problems.append(Problem(f"choose 1 to {MOST_IN_A_BATCH} places", column="places"))
        if problems:
            raise DataRefused(problems)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Papers that are sent at once: how each is drawn, and what is asked of whoever sends them."""

    about: str
    papers: Sequence[Paper]
    draw: Callable[[Paper, KnownPrinter], Drawn]
    require: Callable[[Transaction], None]
    printer: str
    key: tuple[str, str]
    progress: Callable[[int, int], None] = field(default=lambda _done, _of: None)


def send_places(
    installation: Installation,
    by: Proven,
    asked: SendPlaces,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Sent:
    """Let the labels of places wait for a printer; `progress` is told how many are drawn.

    Raises:
        Unknown: a place is none that this person keeps, or the printer none at a site of theirs.
        NotPrinted: the template is not approved, or a text does not fit; then none is sent.
        DataRefused: the printer does not take labels that are drawn.
        KeyReused: the key already stands for another request.
    """

    def require(tx: Transaction) -> None:
        person = acting(tx, by).person
        for serial in asked.serials:
            require_keeper(tx, person, serial)

    papers = [Paper("location_label", serial) for serial in asked.serials]
    digest = fingerprint(installation.vault, "send places", asked, by.person)
    batch = _Batch(
        "places",
        papers,
        lambda paper, at: draw_location_label(installation, paper.about, at.about.medium),
        require,
        asked.printer,
        (asked.key, digest),
        progress,
    )
    return _send(installation, by, batch)


def send_badge(
    installation: Installation, by: Proven, username: str, printer: str, *, key: str
) -> Sent:
    """Let the badge that a person wears wait for a printer.

    Raises:
        Unknown: there is no such account, no badge of it, or no such printer.
        NotPrinted: its template is not approved, or a text does not fit.
        KeyReused: the key already stands for another request.
    """
    if problems := [*bad_key(key)]:
        raise DataRefused(problems)
    digest = fingerprint(installation.vault, "send badge", username, printer, by.person)
    paper = installation.read(lambda tx: badge_paper(tx, installation, by, username))

    def require(tx: Transaction) -> None:
        if badge_paper(tx, installation, by, username) != paper:
            raise Unknown("badge", paper.about)

    batch = _Batch(
        "badges",
        [paper],
        lambda _paper, at: draw_badge(installation, by, username, at.about.medium),
        require,
        printer,
        (key, digest),
    )
    return _send(installation, by, batch)


def _send(installation: Installation, by: Proven, batch: _Batch) -> Sent:
    """Draw all, then write and queue all at once; whoever was overtaken numbers them anew."""

    def answered(tx: Transaction) -> Sent | None:
        earlier = entry_answering(tx, *batch.key)
        return sent_by(tx, earlier) if earlier is not None else None

    def look(tx: Transaction) -> KnownPrinter:
        batch.require(tx)
        return kept_or_seen(tx, acting(tx, by).person, batch.printer)

    if done := installation.read(answered):
        return done
    printer, drawn = installation.read(look), []
    for n, paper in enumerate(batch.papers, start=1):
        drawn.append(Copy(paper, 0, batch.draw(paper, printer)))
        batch.progress(n, len(batch.papers))

    def work(tx: Transaction) -> Sent:
        if done := answered(tx):
            return done
        at, person = look(tx), acting(tx, by).person.id
        if at.about != printer.about:
            raise Busy
        copies = [replace(one, number=len(copies_of(tx, one.paper)) + 1) for one in drawn]
        about = {"kind": batch.about, "about": batch.papers[0].about, "printer": at.id}
        deed = Deed(about, len(copies), batch.key)
        sends = [SendCopy(copy, copy.paper.about) for copy in copies]
        return send_copies(tx, installation, (person, at), deed, sends)

    return installation.transact(work)

"""What a print tells of a therapy's labels: printed, or void since nobody knows (LB-03, LB-04).

It is an entry of the therapy, in the transaction in which the print is told, so that no lot is
released on a label of which the printer never said that it came out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from coi.errors import Refused
from coi.services.attempt import stand
from coi.services.entries import Issued, Occasion, commit_text, write_draft
from coi.services.installation import Installation
from coi.services.printing_rights import Post
from coi.store import print_jobs
from coi.store.labels import lives_of
from coi.store.tables import NOBODY
from coi.store.transactions import Transaction
from workflows.draft import Draft
from workflows.label_life import LabelDeed, LabelLife, LabelState, LabelTurn, turned
from workflows.refusal import Refusal

_ANEW = "Print it anew, from the list of labels: a new serial takes its place, with a reason."


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells it, at which unit and when; the product itself where a printer said it."""

    unit: str
    now: datetime
    person: str = NOBODY
    role: str = "-"

    @classmethod
    def at(cls, post: Post, person: str, now: datetime) -> "Teller":
        """A person, where they print."""
        return cls(post.unit, now, person, post.role)


def require_first_print(tx: Transaction, coi: str, serials: Iterable[str]) -> None:
    """Of none of these labels there was a piece, or may be one, or will be one.

    Raises:
        Refused: of each label why not.
    """
    lives = {life.serial: life for life in lives_of(tx, coi)}
    under_way = print_jobs.under_way_of(tx, coi)
    found = [_against(lives.get(serial), under_way.get(serial, "")) for serial in serials]
    if refusals := [one for one in found if one is not None]:
        raise Refused(refusals)


def _against(life: LabelLife | None, printer: str) -> Refusal | None:
    if life is None:
        return None
    if printer:
        sentence = f"{life.serial} waits for a printer already."
        return Refusal("LABEL_WAITS", sentence, "Let it be printed, or cancel it at that printer.")
    if life.state is LabelState.ISSUED:
        return None
    sentence = f"Of {life.serial} there is a piece, or was: the label is {life.state}."
    return Refusal("NEW_SERIAL_NEEDED", sentence, _ANEW)


def tell_printed(
    tx: Transaction, installation: Installation, by: Teller, coi: str, serials: Iterable[str]
) -> None:
    """These labels came out; of one that was scanned meanwhile it is known already.

    Whoever tells it has locked the therapy before.
    """
    turns = tuple(
        turned(life, LabelState.PRINTED)
        for life in _among(tx, coi, serials)
        if life.state is LabelState.ISSUED
    )
    _write(tx, installation, by, coi, (LabelDeed.PRINTED, turns))


def tell_void(
    tx: Transaction,
    installation: Installation,
    by: Teller,
    coi: str,
    serials: Iterable[str],
    why: str,
) -> None:
    """Nobody knows what came out of these: they are dead, and each piece is to be accounted for."""
    living = [life for life in _among(tx, coi, serials) if not life.is_dead]
    reason = f"Nobody knows whether it was printed, or how often: {why}"
    turns = tuple(
        turned(life, LabelState.VOIDED, reason=commit_text(tx, installation, reason))
        for life in living
    )
    _write(tx, installation, by, coi, (LabelDeed.VOID, turns))


def is_dead(tx: Transaction, coi: str, serials: Iterable[str]) -> bool:
    """One of these labels is void: what is dead is not printed."""
    return any(life.is_dead for life in _among(tx, coi, serials))


def _among(tx: Transaction, coi: str, serials: Iterable[str]) -> Iterator[LabelLife]:
    """The labels of a therapy with these serials; wristbands have no such life."""
    wanted = set(serials)
    return (life for life in lives_of(tx, coi) if life.serial in wanted)


def _write(
    tx: Transaction,
    installation: Installation,
    by: Teller,
    coi: str,
    told: tuple[LabelDeed, tuple[LabelTurn, ...]],
) -> None:
    """An entry of the therapy in which nothing moves; none where nothing is new."""
    action, turns = told
    if not turns:
        return
    standing = stand(tx, installation, coi)
    write_draft(
        tx,
        installation,
        standing.workflow,
        (coi, standing.head),
        Draft(kind="act", action=action, role=by.role),
        occasion=Occasion(by.person, by.unit, by.now),
        issued=Issued(label_turns=turns),
    )

"""A label that does not read as it was given: nothing is printed, and quality assurance is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from coi.services.attempt import facts_for, stand
from coi.services.drawing import NOT_READ_BACK, NotPrinted
from coi.services.entries import Occasion, write_draft
from coi.services.installation import Installation
from coi.services.proofs import Proven, acting_or_program
from coi.store import facts as read
from coi.store.transactions import Transaction
from workflows.facts import Label, Request
from workflows.label_deeds import Deed, knowing_deed
from workflows.label_life import LabelDeed
from workflows.mix_ups import refused_since_unreadable
from workflows.moves import OPEN_EXCEPTION
from workflows.refusal import Refusal


@contextmanager
def telling_unreadable(
    installation: Installation, by: Proven, label: Label, unit: str
) -> Iterator[None]:
    """Whatever is drawn here and does not read back opens an exception on what it names.

    Raises:
        NotPrinted: it cannot be printed, whatever the reason.
    """
    try:
        yield
    except NotPrinted as error:
        if error.reason == NOT_READ_BACK:
            told = (unit, error)
            installation.transact(lambda tx: _tell(tx, installation, by, label, told))
        raise


def _tell(
    tx: Transaction,
    installation: Installation,
    by: Proven,
    label: Label,
    told: tuple[str, NotPrinted],
) -> None:
    """Record the refused print, with an exception; once, as long as that is open."""
    unit, error = told
    person, now = acting_or_program(tx, by).person, installation.clock.now()
    at = installation.unit(tx, unit)
    read.lock(tx, label.coi)
    standing = stand(tx, installation, label.coi)
    if at is None:
        raise error
    workflow = knowing_deed(standing.workflow, Deed(LabelDeed.PRINTED, label.serial), None, "")
    facts = facts_for(tx, standing, workflow.actions[OPEN_EXCEPTION], now)
    facts = replace(facts, values=read.values(tx, label.coi))
    request = Request(coi=label.coi, action=LabelDeed.PRINTED, actor=person, unit=at)
    draft = refused_since_unreadable(workflow, request, facts, label)
    write_draft(
        tx,
        installation,
        standing.workflow,
        (label.coi, standing.head),
        draft,
        occasion=Occasion(person.id, unit, now),
        refusals=[Refusal(error.reason, error.sentence, error.next_step)],
    )

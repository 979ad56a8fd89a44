"""What a step says of labels beside itself: which are on now, which are void, which are new.

A label is read back by whoever scans it first where it belongs, so that no step is added for it.
"""

from collections.abc import Iterator

from coi.ledger.content import IssuedLabel
from coi.services.attempt import Attempt
from coi.services.entries import Issued, commit_text
from coi.services.known_templates import printed_by
from coi.store.labels import lives_of
from labels.identifiers import issue_serial
from workflows.draft import Draft
from workflows.facts import Label
from workflows.label_life import (
    BY_DEVICE,
    LabelLife,
    LabelState,
    LabelTurn,
    newest_of,
    scanned_back,
    turned,
)
from workflows.labelled import template_of
from workflows.on_paper import APPLY_LABEL


def label_turns_of(attempt: Attempt, draft: Draft) -> Issued:
    """The labels that a step draws, each in place of what is void from then on; and what it read.

    What is only copied from paper reads nothing back: our label is on it when two have said so.
    """
    read = {} if _is_copied(attempt) else dict(_read(attempt, draft))
    if not (read or draft.to_label):
        return Issued()
    lives = lives_of(attempt.tx, attempt.request.coi)
    newest = newest_of(lives)
    replaced = [newest[subject] for subject in draft.to_label if subject in newest]
    void = {life.serial for life in replaced}
    on = (one for one in lives if one.serial in read and one.serial not in void)
    machines = {one.id: one.machine for one in attempt.facts.subjects.values()}
    machines |= {one.id: one.machine for one in draft.births}
    templates = {one: template_for(attempt, one) for one in {machines[s] for s in draft.to_label}}
    reason = f"Labelled anew: {attempt.standing.workflow.actions[draft.action].title}"
    return Issued(
        labels=tuple(
            new_label(attempt, newest.get(one), one, templates[machines[one]])
            for one in draft.to_label
        ),
        label_turns=(
            *(turn for life in on for turn in scanned_back(life, read[life.serial])),
            *(voided(attempt, life, reason) for life in replaced if not life.is_dead),
        ),
    )


def _is_copied(attempt: Attempt) -> bool:
    return attempt.facts.therapy.is_copied and attempt.request.action != APPLY_LABEL


def _read(attempt: Attempt, draft: Draft) -> Iterator[tuple[str, str]]:
    """The labels of what moves that a device has read and nobody has read before, and how."""
    moved = {move.label for move in draft.moves if move.label}
    for scan in attempt.request.scans:
        label = scan.means
        if not isinstance(label, Label) or label.serial not in moved or scan.how not in BY_DEVICE:
            continue
        # Most labels are on already: then nothing more is read for them.
        if label.state is not LabelState.APPLIED:
            yield label.serial, scan.how


def template_for(attempt: Attempt, machine: str) -> str:
    """The hash of the version by which a thing of this sort is labelled now."""
    return printed_by(attempt.tx, template_of(attempt.standing.workflow, machine)).sha256


def new_label(
    attempt: Attempt, before: LabelLife | None, subject: str, template: str
) -> IssuedLabel:
    """A serial for a thing, by this version of a template, in place of the one before."""
    installation = attempt.installation
    serial = issue_serial("B", installation.settings.issuer, installation.draw).text
    if before is None:
        return IssuedLabel(serial, subject, template)
    return IssuedLabel(serial, subject, template, before.issue + 1, before.serial)


def voided(attempt: Attempt, life: LabelLife, reason: str) -> LabelTurn:
    """The label is dead from now on; why is kept apart, and committed to."""
    committed = commit_text(attempt.tx, attempt.installation, reason)
    return turned(life, LabelState.VOIDED, reason=committed)

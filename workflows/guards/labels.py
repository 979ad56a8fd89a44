"""What became of the labels: before anything is released, each of them is accounted for."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from workflows.case import Case, NotTold
from workflows.label_life import LabelLife, LabelState, newest_of, unsettled
from workflows.labelled import can_be_labelled_anew, known_of, old_values
from workflows.model import Kind
from workflows.refusal import OLD_VALUE, Refusal
from workflows.transcribing import TRANSCRIBED

UNACCOUNTED = "LABELS_UNACCOUNTED"
UNLABELLED = "BAG_UNLABELLED"


def labels_are_accounted_for(case: Case) -> Refusal | None:
    """Every label of the therapy is on its container, destroyed, returned or explained (LB-02).

    All that is moved carries a label, and none shows what is otherwise on record since. A step that
    is copied from paper is not asked: our labels are on nothing yet.
    """
    if case.facts.label_lives is None:
        raise NotTold("label_lives")
    left = [one for one in unsettled(case.facts.label_lives) if not _was_never_printed(case, one)]
    if case.is_copied:
        return None
    if not left:
        newest = newest_of(case.facts.label_lives)
        return next(chain(_without_label(case, newest), _old_labels(case, newest)), None)
    return Refusal(
        UNACCOUNTED,
        f"{len(left)} of {len(case.facts.label_lives)} labels are not accounted for: "
        + "; ".join(_told(left)),
        "Scan each one on its container. Void what is torn, lost or too many, and say on the page"
        " of the labels where each void piece is",
    )


def _without_label(case: Case, newest: Mapping[str, LabelLife]) -> Iterator[Refusal]:
    """Each thing that moves, and whose label is accounted for and was not replaced."""
    for thing in (turn.subject for turn in case.turns_of(Kind.CONTAINER)):
        life = newest.get(thing.id)
        if life is not None and life.is_dead:
            yield Refusal(
                UNLABELLED,
                f"{thing.id} carries no label: {life.serial} is {life.state}, and none replaced it",
                "Print its label anew, from the list of the labels; scan the new one on it",
            )


def _old_labels(case: Case, newest: Mapping[str, LabelLife]) -> Iterator[Refusal]:
    """Each thing that moves, and whose label says something else than the record does."""
    if case.facts.values is None:
        raise NotTold("values")
    known = known_of(case, case.facts.values)
    for thing in (turn.subject for turn in case.turns_of(Kind.CONTAINER)):
        life = newest.get(thing.id)
        if life is None or not can_be_labelled_anew(case.workflow, thing):
            continue
        for title in old_values(known, thing.id, life.issued_in):
            yield Refusal(
                OLD_VALUE,
                f"The label {life.serial} shows an old value of {title}: relabel",
                "Label the bag anew; scan the new label on it",
            )


def _was_never_printed(case: Case, life: LabelLife) -> bool:
    """Its container was over before our labels came: the step that made it was copied."""
    copied = {deed.seq for deed in case.history if deed.kind == TRANSCRIBED}
    return life.issued_in in copied and case.is_final(case.facts.subjects[life.subject])


def _told(left: Iterable[LabelLife]) -> Iterator[str]:
    """Every open serial, by what is open about it."""
    void = [one.serial for one in left if one.state is LabelState.VOIDED]
    unread = [one.serial for one in left if one.state is not LabelState.VOIDED]
    if unread:
        yield f"never scanned where it belongs: {', '.join(unread)}"
    if void:
        yield f"void, and nobody has said where its pieces are: {', '.join(void)}"

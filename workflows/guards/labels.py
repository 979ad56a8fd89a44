"""What became of the labels: before anything is released, each of them is accounted for."""

from collections.abc import Iterable, Iterator

from workflows.case import Case, NotTold
from workflows.label_life import LabelLife, LabelState, unsettled
from workflows.refusal import Refusal
from workflows.transcribing import TRANSCRIBED

UNACCOUNTED = "LABELS_UNACCOUNTED"


def labels_are_accounted_for(case: Case) -> Refusal | None:
    """Every label of the therapy is on its container, destroyed, returned or explained (LB-02).

    A step that is copied from paper is not asked: our labels are on nothing yet.
    """
    if case.facts.label_lives is None:
        raise NotTold("label_lives")
    left = [one for one in unsettled(case.facts.label_lives) if not _was_never_printed(case, one)]
    if not left or case.is_copied:
        return None
    return Refusal(
        UNACCOUNTED,
        f"{len(left)} of {len(case.facts.label_lives)} labels are not accounted for: "
        + "; ".join(_told(left)),
        "Scan each one on its container. Void what is torn, lost or too many, and say on the page"
        " of the labels where each void piece is",
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

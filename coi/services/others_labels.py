"""The labels of others that a therapy's containers carry beside ours, as they are shown."""

from dataclasses import dataclass

from coi.services.therapies import TherapyView
from workflows.facts import Value
from workflows.over_labels import OVER_LABEL, WHOSE


@dataclass(frozen=True, slots=True)
class OthersLabel:
    """A label of another's on a container: what it reads, as far as not erased, and whose it is."""

    subject: str
    thing: str
    code: str
    whose: str
    entry: int
    is_over: bool  # its container has come to its end, and the label with it


def others_labels(therapy: TherapyView) -> tuple[OthersLabel, ...]:
    """Each of them, as it stands since the newest correction, in the order of recording."""
    newest: dict[tuple[str, str, int], Value] = {}
    for value in sorted(therapy.values, key=lambda value: value.revision):
        newest[value.subject, value.field, value.occurrence] = value
    codes = [value for value in newest.values() if value.field == OVER_LABEL]
    return tuple(
        _shown(therapy, code, newest.get((code.subject, WHOSE, code.occurrence)))
        for code in sorted(codes, key=lambda value: value.occurrence)
    )


def _shown(therapy: TherapyView, code: Value, whose: Value | None) -> OthersLabel:
    thing = therapy.subjects[code.subject]
    machine = therapy.workflow.machines[thing.machine]
    return OthersLabel(
        code.subject,
        f"{machine.title} {code.subject.partition('/')[2]}",
        therapy.texts.get(code.content, "(erased)"),
        whose.content if whose else "",
        code.recorded_in,
        machine.states[thing.position.state].final,
    )

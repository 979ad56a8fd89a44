"""What of a therapy can be corrected, as the form of a correction offers it."""

from collections.abc import Iterator

from coi.services.forms import Blank, Standing
from coi.services.installation import Installation
from coi.services.therapies import COMMITMENT
from coi.services.versions import earlier_versions
from coi.store import facts
from coi.store.registers import texts_of
from coi.store.transactions import Transaction
from workflows.correcting import CONTENT, REASON, WHICH, Recorded, correctable
from workflows.labelled import DONATION, NOT_KNOWN
from workflows.model import Field, FieldKind

_AS_TAKEN = "as the value takes it: a number, a day, a time with zone"
_UNKNOWN = f"of a donation whose number nobody knows: {NOT_KNOWN}"


def blanks_of_correction(
    installation: Installation, coi: str, standing: Standing
) -> tuple[Blank, ...]:
    """Which value, what is right, and why; every value stands there as it is recorded now."""
    choices = installation.read(lambda tx: tuple(_choices(tx, installation, coi, standing)))
    values = tuple(value for value, _shown in choices)
    has_donation = any(DONATION in value.split() for value in values)
    which = Field(WHICH, "Which value is wrong", FieldKind.CHOICE, "*", choices=values)
    content = Field(CONTENT, "What is right", FieldKind.TEXT, "*")
    reason = Field(REASON, "Why it is corrected", FieldKind.TEXT, "*")
    return (
        Blank(f"value-{WHICH}", which, "", choices),
        Blank(
            f"value-{CONTENT}", content, f"{_AS_TAKEN}; {_UNKNOWN}" if has_donation else _AS_TAKEN
        ),
        Blank(f"value-{REASON}", reason),
    )


def _choices(
    tx: Transaction, installation: Installation, coi: str, standing: Standing
) -> Iterator[tuple[str, str]]:
    known = facts.therapy(tx, coi)
    earlier = earlier_versions(tx, installation, known[0]) if known else ()
    values = facts.values(tx, coi)
    found = list(correctable(standing.workflow, standing.subjects, values, earlier))
    texts = texts_of(tx, (one.value.content for one in found if _is_kept_apart(one)))
    for one in found:
        content = texts.get(one.value.content, "(erased)") if _is_kept_apart(one) else None
        yield one.address, _shown(standing, one, content or one.value.content)


def _is_kept_apart(one: Recorded) -> bool:
    """It is confidential, and stands in the record as its commitment."""
    confidential = one.field is not None and one.field.confidential
    return confidential and COMMITMENT.fullmatch(one.value.content) is not None


def _shown(standing: Standing, one: Recorded, content: str) -> str:
    """What it is, of which thing, and what stands there."""
    subject = standing.subjects[one.value.subject]
    machine = standing.workflow.machines[subject.machine]
    thing = f"{machine.title} {subject.id.partition('/')[2]}".strip()
    unit = "" if one.value.unit == "-" else f" {one.value.unit}"
    return f"{one.title} ({thing}): {content}{unit}"

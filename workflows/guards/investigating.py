"""Why it happened, and what is done so that it does not again: before an exception is closed.

Whoever looked into what could have harmed a patient is not alone in saying that it did not (EU GMP
Part IV, 12; 21 CFR 211.192).
"""

from collections.abc import Iterator, Sequence

from workflows.case import Case
from workflows.facts import Subject
from workflows.guards.closing import who_opened
from workflows.model import ActionName, Kind
from workflows.refusal import Refusal
from workflows.wrong import Wrong

MINOR, CRITICAL = "minor", "critical"
_CLASSES = (MINOR, "major", CRITICAL)
CLOSED = "closed_investigation"
"""The field of a step that takes the number of an investigation that is closed elsewhere."""
CRITERION = "criterion"
"""The field of a stop of many therapies that says what concerns them all."""


def exception_is_investigated(case: Case) -> Refusal | None:
    """Each exception that is more than minor has its root cause and its corrective action.

    A hold that a person put on says why itself, and what was found is said when it is lifted. One
    investigation of many therapies is closed elsewhere: the step that takes its number, has it. A
    stop that names nothing that other therapies have too is investigated here.
    """
    takes_number = any(field.name == CLOSED for field in case.action.fields)
    has_number = takes_number and bool(case.given(CLOSED))
    for exception in _exceptions(case):
        grave = _said(case, exception, "class") != MINOR
        elsewhere = has_number and bool(_said(case, exception, CRITERION))
        if not grave or elsewhere or _said(case, exception, "kind") == Wrong.HOLD:
            continue
        if not _said(case, exception, "root_cause"):
            return Refusal(
                "NOT_INVESTIGATED",
                f"Why {exception.id} happened is not on record",
                "Record its investigation first",
            )
        if not _said(case, exception, "capa"):
            return Refusal(
                "NO_CORRECTIVE_ACTION",
                f"What follows from {exception.id} is not on record",
                "Record its corrective action, or that none is needed, first",
            )
    return None


def exception_is_not_critical(case: Case) -> Refusal | None:
    """Each exception that one person closes is major or minor."""
    for exception in _critical(case):
        return Refusal(
            "TWO_CLOSE_IT",
            f"{exception.id} is critical, and two sign for its closure",
            "Take “Close a critical exception”",
        )
    return None


def another_closes_what_is_critical(case: Case, *, earlier: Sequence[ActionName]) -> Refusal | None:
    """Somebody signs who neither took the critical exception on nor investigated it (SEC-30)."""
    for exception in _critical(case):
        if not set(case.signers) - _involved(case, exception, earlier):
            return Refusal(
                "CLOSED_BY_ITS_INVESTIGATOR",
                f"Whoever investigated {exception.id} does not close it alone: it is critical",
                "Somebody who took no part in it signs",
            )
    return None


def class_is_raised(case: Case) -> Refusal | None:
    """The class that an exception is given is graver than the one that it has."""
    for exception in _exceptions(case):
        if _grave(case.given("class")) <= _grave(_said(case, exception, "class")):
            return _refused_class(case, exception, "graver")
    return None


def class_is_lowered(case: Case) -> Refusal | None:
    """The class that an exception is given is less grave than the one that it has."""
    for exception in _exceptions(case):
        if _grave(case.given("class")) >= _grave(_said(case, exception, "class")):
            return _refused_class(case, exception, "less grave")
    return None


def another_lowers_the_class(case: Case, *, earlier: Sequence[ActionName]) -> Refusal | None:
    """Somebody signs who neither opened the exception, nor took it on, nor investigated it.

    A step of any name may have opened it: who did that, or was at the wrong scan, is involved.
    """
    for exception in _exceptions(case):
        opened = who_opened(case, exception)
        if not opened or not set(case.signers) - opened - _involved(case, exception, earlier):
            return Refusal(
                "LOWERED_BY_THE_INVOLVED",
                f"Whoever took part in {exception.id} does not lower its class alone",
                "Somebody who took no part in it signs",
            )
    return None


def _refused_class(case: Case, exception: Subject, than: str) -> Refusal:
    now = _said(case, exception, "class") or "not classified, and counts as critical"
    sentence = f"{exception.id} is {now}; “{case.given('class')}” is not {than}"
    return Refusal("CLASS_NOT_CHANGED_SO", sentence, f"Choose a class that is {than}, or leave it")


def _grave(of_class: str) -> int:
    """What nobody has classified yet counts as critical."""
    return _CLASSES.index(of_class) if of_class in _CLASSES else len(_CLASSES) - 1


def capa_is_told(case: Case) -> Refusal | None:
    """A corrective action is told by its number, and that none is needed by the reason."""
    if case.given("capa") == "opened":
        if case.given("capa_number"):
            return None
        return Refusal("CAPA_UNNUMBERED", "The number is missing", "Give it, so that it is found")
    if case.given("capa_reason"):
        return None
    return Refusal("CAPA_UNREASONED", "Why none is needed is not said", "Say why")


def _involved(case: Case, exception: Subject, earlier: Sequence[str]) -> set[str]:
    """Who took one of these steps of the exception, or signed for it."""
    deeds = (deed for deed in case.history if exception.id in deed.subjects)
    taken = (deed for deed in deeds if deed.action in earlier and deed.kind != "refused")
    return {p for deed in taken for p in (deed.actor, *(one for one, _ in deed.persons))}


def _exceptions(case: Case) -> Iterator[Subject]:
    return (turn.subject for turn in case.turns_of(Kind.EXCEPTION))


def _critical(case: Case) -> Iterator[Subject]:
    """What nobody has classified yet counts as critical."""
    return (one for one in _exceptions(case) if _said(case, one, "class") in {"", CRITICAL})


def _said(case: Case, exception: Subject, field: str) -> str:
    value = case.value(exception.id, field)
    return value.content if value else ""

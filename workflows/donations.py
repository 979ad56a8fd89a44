"""The number of a donation names one collection of one patient, in the words that labels need.

One donation may go into two therapies of the same patient. On record of another patient, or of
another collection of the therapy, the number is on the wrong collection.
"""

from collections.abc import Iterable

from workflows.case import Case, NotTold
from workflows.draft import Mismatch, Strange
from workflows.labelled import DONATION, NEEDS, NOT_KNOWN, template_of
from workflows.model import Verb
from workflows.refusal import Refusal

NUMBERED_ONCE = "donation_is_numbered_once"
"""The guard that every step with a donation number asks."""
OF_ANOTHER = "DONATION_OF_ANOTHER"
_SAYS_ISBT128 = frozenset(name for name, needs in NEEDS.items() if DONATION in needs)
"""The packaged templates that say the donation in the codes of ISBT 128."""


def against(case: Case, subject: str, number: str) -> Refusal | None:
    """What stands against this number on this collection."""
    if not number or number == NOT_KNOWN:
        return None
    if case.facts.donations is None:
        raise NotTold("donations")
    own = case.facts.therapy
    others = [one for one in case.facts.donations if one.subject != subject]
    if any(one.patient != own.patient for one in others):
        return Refusal(
            OF_ANOTHER,
            "STOP. This donation number is on record of another patient",
            f"Put everything aside that bears it. Call QA{_exchanged(case)}",
        )
    if strange := next((one for one in others if one.coi == own.coi), None):
        return elsewhere(strange.subject, _exchanged(case))
    return _no_number_of_isbt128(case, number) if _is_printed(case) else None


def _exchanged(case: Case) -> str:
    """What to do of two collections each of which has the number of the other."""
    if case.action.verb is not Verb.CORRECT:
        return ""
    return (
        f". Where two numbers were exchanged, correct this one to {NOT_KNOWN}, then the other one,"
        " and then this one"
    )


def elsewhere(subject: str, exchanged: str = "") -> Refusal:
    """The number is that of another collection of the therapy."""
    return Refusal(
        "DONATION_ELSEWHERE",
        f"This donation number is that of {subject}",
        f"Each collection has a number of its own: scan the one of this collection{exchanged}",
    )


def of_others(case: Case) -> tuple[Mismatch, ...]:
    """Each therapy of another patient whose collection bears the number that is given: it is told.

    A label of that collection may be on a bag of this one, or the other way round.
    """
    if not (case.action.asks(NUMBERED_ONCE) or case.action.verb is Verb.CORRECT):
        return ()
    own = case.facts.therapy
    return tuple(
        Mismatch(one.coi, one.subject, what=Strange.DONATION)
        for one in case.facts.donations or ()
        if one.patient != own.patient
    )


def say_isbt128(case: Case, templates: Iterable[str]) -> bool:
    """One of these templates says the donation in the codes of ISBT 128."""
    return not (_SAYS_ISBT128 | case.facts.own_isbt128).isdisjoint(templates)


def _is_printed(case: Case) -> bool:
    """Some label of the therapy says the donation in the codes of ISBT 128."""
    labelled = (machine.name for machine in case.workflow.machines.values() if machine.labelled)
    return say_isbt128(case, (template_of(case.workflow, name) for name in labelled))


def _no_number_of_isbt128(case: Case, number: str) -> Refusal | None:
    if not case.facts.reads_isbt128:
        return not_read()
    if number not in case.facts.donations_said:
        return Refusal(
            "DONATION_NOT_ISBT128",
            f"“{number[:64]}” is no donation number of ISBT 128, which labels of this therapy say",
            "Scan the number on the collection, or type it with its check character",
        )
    return None


def not_read() -> Refusal:
    """The site reads no ISBT 128, and is to record or to print it."""
    return Refusal(
        "ISBT128_OFF",
        "This site does not read ISBT 128, in which labels of this therapy say the donation",
        "QA of the site switches it on first, on the page “Codes of others”",
    )

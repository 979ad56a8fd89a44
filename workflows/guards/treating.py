"""Which hospital treats: who goes on with a therapy, who is asked to, and what the former one may.

The rights move with the signature of the physician who takes the patient over. What a hospital
has in hand then stays its own to hand over, to ship, and to destroy.
"""

from collections.abc import Iterator

from workflows.case import Case
from workflows.facts import Unit
from workflows.guards.shipping import DESTINATION
from workflows.model import Action, Verb
from workflows.refusal import Refusal
from workflows.treating import ASKED, TREATING, Treatment
from workflows.versions import version_at

OF_WHAT_IS_IN_HAND = frozenset(
    {
        *(Verb.RELEASE_CUSTODY, Verb.ACCEPT, Verb.TAKE_BACK, Verb.LOSE),
        *(Verb.PACK, Verb.UNPACK, Verb.RELOCATE, Verb.DESTROY),
    }
)
"""What a hospital that does not treat does with what it has in hand, or what comes to it."""

TELLS = frozenset({Verb.OPEN_EXCEPTION})
"""Whoever sees that something is wrong tells it, and stops nothing but what is critical."""

TAKES_OVER, CALLS_OFF = "site_is_asked_to_treat", "change_of_site_is_open"
"""The guards of the steps by which a hospital answers that is asked."""


def is_left_to_others(action: Action) -> bool:
    """A hospital that does not treat may take this step too: with what it has, or to answer."""
    return is_answer(action) or action.verb in OF_WHAT_IS_IN_HAND | TELLS


def is_answer(action: Action) -> bool:
    """It answers, or calls off, that a hospital was asked to treat: without that it is no step."""
    return action.asks(TAKES_OVER) or action.asks(CALLS_OFF)


def site_goes_on(case: Case) -> Refusal | None:
    """A hospital that does not treat, no more or not yet, acts only on what it has in hand."""
    if case.request.unit.site not in _treatment(case).aside or is_left_to_others(case.action):
        return None
    return Refusal(
        "SITE_DOES_NOT_TREAT",
        "Another hospital treats this patient, and goes on with the therapy",
        "Hand over what you still have; for all else call the hospital that treats",
    )


def consignee_goes_on(case: Case) -> Refusal | None:
    """Nothing is sent to a hospital that does not treat, unless it hands on within its walls."""
    told, consignee = _treatment(case), case.facts.consignee
    if consignee is None or may_be_sent(consignee.site, case.request.unit.site, told):
        return None
    return Refusal(
        "CONSIGNEE_DOES_NOT_TREAT",
        f"The site of {consignee.id} does not treat this patient",
        "Send it to the hospital that treats",
    )


def may_be_sent(site: str, from_site: str, told: Treatment) -> bool:
    """Something may be sent from one site to another, as far as it matters who treats."""
    return site not in told.aside or site == from_site


def patient_was_admitted_here(case: Case) -> Refusal | None:
    """After a change of the hospital nobody touches the patient before they were admitted there."""
    if not any(rule.patient for rule in case.action.moves):
        return None
    for verb, took_over in _admitted_or_taken_over(case):
        if verb is Verb.ADMIT:
            return None
        if took_over:
            return Refusal(
                "NOT_ADMITTED_HERE",
                "The patient was not identified anew since this hospital took the therapy over",
                "Admit the patient, who then gets a wristband of this hospital",
            )
    return None


def _admitted_or_taken_over(case: Case) -> Iterator[tuple[Verb, bool]]:
    """Of each earlier step, the newest first, its verb, and whether a hospital took over by it."""
    for deed in sorted(case.history, key=lambda deed: deed.seq, reverse=True):
        then = version_at(deed.seq, case.workflow, case.facts.earlier)
        action = then.actions.get(deed.action)
        if action is not None and deed.kind in {"act", "late", "transcribed"}:
            yield action.verb, action.asks(TAKES_OVER)


def another_hospital_is_asked(case: Case) -> Refusal | None:
    """The hospital that treats asks another one."""
    told, named = _treatment(case), _named(case, ASKED)
    if case.request.unit.site != told.treats:
        return Refusal(
            "SITE_DOES_NOT_TREAT",
            "Another hospital treats this patient, and goes on with the therapy",
            "The physician who treats asks",
        )
    if named is None or named.site == told.treats:
        return Refusal(
            "SAME_HOSPITAL",
            "The unit that is named is of the hospital that treats already",
            "Name a unit of the other hospital",
        )
    return None


def site_is_asked_to_treat(case: Case) -> Refusal | None:
    """The hospital that takes the patient over was asked to, at the unit that it names."""
    told, given = _treatment(case), case.given(TREATING)
    wanted = case.value(case.facts.therapy.coi, ASKED)
    if case.request.unit.site != told.asked or wanted is None:
        return Refusal(
            "NOT_ASKED_TO_TREAT",
            "Your hospital was not asked to treat this patient, or it was called off",
            "The physician who treats now asks first",
        )
    if given != wanted.content:
        return Refusal(
            "OTHER_UNIT_ASKED",
            f"The unit that was asked is {wanted.content}",
            "Name that unit",
        )
    return None


def change_of_site_is_open(case: Case) -> Refusal | None:
    """A hospital was asked and has not answered; it, or the one that asked, calls it off."""
    told = _treatment(case)
    if told.asked and case.request.unit.site in {told.treats, told.asked}:
        return None
    return Refusal(
        "NOTHING_TO_CALL_OFF",
        "No change of the hospital waits for an answer of yours",
        "Look at the therapy once more",
    )


def destination_treats(case: Case) -> Refusal | None:
    """A shipment is re-routed to the hospital that treats."""
    named = _named(case, DESTINATION)
    if named is not None and named.site == _treatment(case).treats:
        return None
    return Refusal(
        "DESTINATION_DOES_NOT_TREAT",
        "A shipment is re-routed to the hospital that treats, and the unit is of another",
        "Name a unit of the hospital that treats",
    )


def _named(case: Case, field: str) -> Unit | None:
    """The unit that the request names in a field, if it is known."""
    return (case.facts.units or {}).get(case.given(field))


def _treatment(case: Case) -> Treatment:
    if case.facts.treatment is None:  # pragma: no cover - a guard that needs it is refused before
        raise LookupError("treatment")
    return case.facts.treatment

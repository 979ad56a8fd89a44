"""Soft warnings: what a person should know. They stop nothing, and stay on the record."""

from collections.abc import Iterator
from decimal import Decimal

from workflows.case import Case
from workflows.facts import Mode
from workflows.guards.bedside import filled_ml, infused_ml
from workflows.model import Custody, Kind, Verb
from workflows.refusal import Notice, Refusal


def notices(case: Case, bent: list[Refusal]) -> Iterator[Notice]:
    """Everything that is worth a warning about an allowed case."""
    for warn in (_typed, _late, _temperature, _lymphodepletion, _remainder):
        notice = warn(case)
        if notice is not None:
            yield notice
    if bent:
        yield Notice("RULES_BROKEN", f"{len(bent)} rules did not hold; exceptions are open")


def _typed(case: Case) -> Notice | None:
    """A code came from the keyboard: nobody has proven that the label was there."""
    if all(scan.how != "typed" for scan in case.request.scans):
        return None
    return Notice("TYPED", "A code was typed, not scanned")


def _late(case: Case) -> Notice | None:
    """The entry tells of something earlier."""
    if case.request.mode is not Mode.LATE:
        return None
    return Notice("LATE_ENTRY", "Entered after it happened")


def _temperature(case: Case) -> Notice | None:
    """A shipment was opened before its logger was read."""
    if case.action.verb is not Verb.UNPACK or case.given("temperature_high_celsius"):
        return None
    return Notice("LOGGER_NOT_READ", "The temperature on the way is not recorded yet")


_TAKEN_AWAY = {"rejected", "destroyed", "lost"}


def _lymphodepletion(case: Case) -> Notice | None:
    """Something is stopped, rejected or lost while the patient has no way back."""
    therapy = case.facts.subjects.get(case.facts.therapy.coi)
    if therapy is None or therapy.position.state not in {"conditioning", "treating"}:
        return None
    held = case.action.verb is Verb.HOLD
    if not any(held or t.rule.to_state in _TAKEN_AWAY for t in case.turns_of(Kind.CONTAINER)):
        return None
    return Notice("LYMPHODEPLETION_RUNS", "Lymphodepletion has begun: tell the physician at once")


def _remainder(case: Case) -> Notice | None:
    """A bag is empty, much less was infused than was filled, and nobody says why."""
    if case.action.verb is not Verb.ADMINISTER or case.given("remainder_because"):
        return None
    under = case.workflow.product.get("infused_under_percent")
    if under is None or case.facts.values is None:
        return None
    for turn in (t for t in case.turns_of(Kind.CONTAINER) if t.rule.custody is Custody.ENDS):
        filled = filled_ml(case, turn.subject.id)
        least = (filled or 0) * (100 - Decimal(str(under))) / 100
        if infused_ml(case, turn.subject.id) < least:
            return Notice("REMAINDER_UNEXPLAINED", "Much less was infused than the bag held")
    return None

"""Soft warnings: what a person should know. They stop nothing, and stay on the record."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from workflows.case import Case
from workflows.draft import Move
from workflows.facts import Mode
from workflows.guards.bedside import filled_ml, infused_ml
from workflows.guards.identity import AT_THE_BEDSIDE
from workflows.labelled import INFECTION, known_of, old_values
from workflows.model import Custody, Kind, Verb
from workflows.refusal import Notice, Refusal


def notices(case: Case, bent: list[Refusal], moves: Iterable[Move]) -> Iterator[Notice]:
    """Everything that is worth a warning about an allowed case, and about what it moves."""
    for warn in (_typed, _late, _temperature, _remainder, _old_statement):
        notice = warn(case)
        if notice is not None:
            yield notice
    if _has_begun(case) and any(_takes_away(case, move) for move in moves):
        yield Notice(
            "CONDITIONING_RUNS", "The patient is being conditioned: tell the physician at once"
        )
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
    opens = any(turn.rule.custody is Custody.ENDS for turn in case.turns_of(Kind.SHIPMENT))
    if not opens or case.action.verb is not Verb.UNPACK or case.given("temperature_high_celsius"):
        return None
    return Notice("LOGGER_NOT_READ", "The temperature on the way is not recorded yet")


def _old_statement(case: Case) -> Notice | None:
    """At the bedside a label states something else of infection than the record does."""
    old = (turn.label for turn in case.turns if turn.label is not None and turn.label.may_be_old)
    if case.action.verb not in AT_THE_BEDSIDE or case.facts.values is None:
        return None
    known = known_of(case, case.facts.values)
    if any(INFECTION in old_values(known, label.subject, label.issued_in) for label in old):
        return Notice(
            "INFECTION_TESTS_NEWER",
            "The label is older than the patient's infection tests: handle the bag by these",
        )
    return None


_TAKEN_AWAY = {"rejected", "destroyed", "lost", "failed"}
_OF_THE_PRODUCT = {Kind.CONTAINER, Kind.LOT, Kind.PACKAGE, Kind.SHIPMENT}


def _has_begun(case: Case) -> bool:
    """The patient is prepared for the product, and has no way back."""
    therapy = case.facts.subjects.get(case.facts.therapy.coi)
    if therapy is None:
        return False
    return case.workflow.machines[therapy.machine].states[therapy.position.state].prepared


def _takes_away(case: Case, move: Move) -> bool:
    """Something that the patient waits for is stopped, rejected or lost."""
    gone = move.after.state in _TAKEN_AWAY and move.after.state != move.before.state
    return case.kind_of(move.machine) in _OF_THE_PRODUCT and (gone or move.stop_effect > 0)


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

"""Soft warnings: what a person should know. They stop nothing, and stay on the record."""

from collections.abc import Iterator

from workflows.case import Case
from workflows.facts import Mode
from workflows.model import Kind, Verb
from workflows.refusal import Notice, Refusal


def notices(case: Case, bent: list[Refusal]) -> Iterator[Notice]:
    """Everything that is worth a warning about an allowed case."""
    for warn in (_typed, _late, _temperature, _lymphodepletion):
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


_STOPS = {Verb.HOLD, Verb.LOSE, Verb.DESTROY}


def _lymphodepletion(case: Case) -> Notice | None:
    """Something is stopped or lost while the patient has no way back."""
    if case.action.verb not in _STOPS or not any(case.turns_of(Kind.CONTAINER)):
        return None
    therapy = case.facts.subjects.get(case.facts.therapy.coi)
    if therapy is None or therapy.position.state not in {"conditioning", "treating"}:
        return None
    return Notice("LYMPHODEPLETION_RUNS", "Lymphodepletion has begun: tell the physician at once")

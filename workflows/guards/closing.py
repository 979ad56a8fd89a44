"""What must be settled before something ends: material, exceptions, dispensations."""

from collections.abc import Sequence
from itertools import permutations
from operator import contains

from workflows.case import Case
from workflows.expansion import THINGS
from workflows.facts import Subject
from workflows.given import products
from workflows.model import ActionName, Kind
from workflows.refusal import Refusal


def some_material_is_there(case: Case) -> Refusal | None:
    """At least one container of collected cells is still there."""
    if any(not case.is_final(s) for s in case.subjects_of(Kind.CONTAINER)):
        return None
    return Refusal("NO_MATERIAL", "No collected cells are there", "Collect, or cancel the therapy")


def no_product_is_left(case: Case) -> Refusal | None:
    """No product is there that could still be given: it is lost, rejected or gone."""
    made = products(case.workflow)
    for subject in case.subjects_of(Kind.CONTAINER):
        usable = subject.machine in made and subject.position.state != "rejected"
        if usable and not case.is_final(subject):
            return Refusal(
                "PRODUCT_IS_LEFT",
                f"{subject.id} is there and not rejected",
                "Use it, or have it rejected",
            )
    return None


def nothing_is_left_to_account_for(case: Case) -> Refusal | None:
    """Every container, sample, shipment and lot has come to its end, every exception is closed."""
    kinds = (*THINGS, Kind.LOT, Kind.EXCEPTION)
    left = [s.id for s in case.subjects_of(*kinds) if not case.is_final(s)]
    if not left:
        return None
    return Refusal(
        "LEFT_OVER",
        f"{len(left)} things have not come to their end; the first is {left[0]}",
        "Use, destroy, decide or close each",
    )


def therapy_is_cancelled(case: Case) -> Refusal | None:
    """The therapy was cancelled: what is left of it is ended, and nothing is begun."""
    therapy = case.facts.subjects[case.facts.therapy.coi]
    if therapy.position.state == "cancelled":
        return None
    return Refusal(
        "NOT_CANCELLED",
        "The therapy goes on",
        "Decide on the lot by its results, or cancel the therapy first",
    )


def material_disposition_is_stated(case: Case) -> Refusal | None:
    """Where cells or product exist, it is said what becomes of them."""
    exists = any(not case.is_final(s) for s in case.subjects_of(Kind.CONTAINER))
    if exists and case.given("material_disposition") == "none exists":
        return Refusal(
            "DISPOSITION_NEEDED",
            "Cells or product of this therapy exist",
            "Say whether they are destroyed, kept or used in research",
        )
    return None


def _stops(case: Case) -> set[str]:
    """What the exceptions that move stop: 'item', 'therapy', 'pairing' or 'nothing'."""
    found = (case.value(turn.subject.id, "stops") for turn in case.turns_of(Kind.EXCEPTION))
    return {value.content if value else "nothing" for value in found}


def _several(case: Case) -> Refusal | None:
    """A hold is one stop and one exception; several lifted at once would not balance."""
    if len(list(case.turns_of(Kind.EXCEPTION))) <= 1:
        return None
    return Refusal("ONE_AT_A_TIME", "One hold is lifted at a time", "Lift one, then the next")


def exception_stops_an_item(case: Case) -> Refusal | None:
    """One exception that holds a container, lot, sample or shipment: lifting frees it."""
    if _stops(case) == {"item"}:
        return _several(case)
    return Refusal("NOT_A_HOLD", "This exception holds no item", "Close it, or lift the therapy's")


def exception_stops_the_therapy(case: Case) -> Refusal | None:
    """One exception that holds the whole therapy."""
    if _stops(case) == {"therapy"}:
        return _several(case)
    return Refusal("NOT_A_HOLD", "This exception does not hold the therapy", "Close or lift it")


def these_have_stopped_it(case: Case, *, actions: Sequence[ActionName]) -> Refusal | None:
    """Each stop that is lifted was put on by one of these steps: who stops says who lifts."""
    for turn in case.turns_of(Kind.EXCEPTION):
        opened = next((d for d in case.history if d.seq == turn.subject.born_seq), None)
        if opened is None or opened.action not in actions:
            by = f"“{case.title_of_step(opened.action)}”" if opened else "a step that is unknown"
            return Refusal(
                "STOPPED_BY_OTHERS",
                f"{turn.subject.id} was put on by {by}",
                "What QA stopped is lifted by QA; what the physician stopped, by both",
            )
    return None


def exception_stops_nothing(case: Case) -> Refusal | None:
    """The exception holds nothing: it can be closed without lifting."""
    if not _stops(case) & {"item", "therapy"}:
        return None
    return Refusal("STILL_A_HOLD", "This exception is a hold", "Lift the hold; that closes it")


def closer_did_not_open_it(case: Case) -> Refusal | None:
    """Nobody closes an exception that they opened, or a wrong scan at which they were."""
    for turn in case.turns_of(Kind.EXCEPTION):
        openers = who_opened(case, turn.subject)
        # If nobody knows who opened it, nobody is known to be somebody else.
        if not openers or openers & {case.request.actor.id, *case.signers}:
            return Refusal(
                "OWN_EXCEPTION",
                "Who opened an exception does not close it",
                "Somebody else reviews and closes it",
            )
    return None


def who_opened(case: Case, exception: Subject) -> set[str]:
    """Who took or signed the step that opened it, whichever that was, or was at a wrong scan."""
    opened = next((d for d in case.history if d.seq == exception.born_seq), None)
    pairing = case.value(exception.id, "pairing")
    if opened is None:
        return set()
    at_the_scan = pairing.content.split() if pairing else []
    return {opened.actor, *(person for person, _ in opened.persons), *at_the_scan}


def one_thing_is_meant(case: Case) -> Refusal | None:
    """A hold or a dispensation is about exactly one thing, so that its end is too."""
    if len(case.turns) == 1:
        return None
    return Refusal("ONE_AT_A_TIME", "Exactly one thing must be meant", "Name one, then the next")


def rule_may_be_dispensed(case: Case) -> Refusal | None:
    """The definition allows a departure from this rule, signed by the roles it names."""
    roles = case.workflow.dispensable.get(case.given("guard"))
    if roles is None:
        return Refusal(
            "NOT_DISPENSABLE",
            "There is no dispensation from this rule",
            f"Possible are: {', '.join(case.workflow.dispensable)}",
        )
    held = [{role for role, _ in signing.person.roles} for signing in case.request.signings]
    # Each signature stands for one role: whoever holds two of them signs for one.
    if any(all(map(contains, order, roles)) for order in permutations(held, len(roles))):
        return None
    return Refusal(
        "DISPENSATION_UNSIGNED",
        f"The dispensation takes one signature each of: {', '.join(roles).replace('_', ' ')}",
        "Have it signed by them",
    )

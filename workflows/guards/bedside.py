"""At the bedside: a fresh check, a new pair after a mismatch, a product that is really here."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from workflows.case import Case
from workflows.facts import Deed, Mode
from workflows.fields import is_number
from workflows.given import at_the_bedside, begun, given, products
from workflows.model import Kind, Verb
from workflows.refusal import Refusal
from workflows.shift import is_checked_by_two


def one_bag_is_in_hand(case: Case) -> Refusal | None:
    """Bags are checked and infused one at a time, each with its own scans and its own volume."""
    if len(list(case.turns_of(Kind.CONTAINER))) <= 1:
        return None
    return Refusal(
        "ONE_BAG_AT_A_TIME",
        "Several bags were scanned in one step",
        "Put all but one aside; take the step for each bag",
    )


def the_bag_before_is_in(case: Case) -> Refusal | None:
    """No other bag is partly infused here: the next one is checked when the one before is in."""
    in_hand = {turn.subject.id for turn in case.turns_of(Kind.CONTAINER)}
    partly = begun(case.workflow)
    for bag in case.subjects_of(Kind.CONTAINER):
        position = bag.position
        # On hold, or handed over, it was put aside: the next may follow.
        is_here = position.holder == case.request.unit.id and not position.in_transit
        is_begun = (bag.machine, position.state) in partly and not position.stops
        # With no bag in hand it is not said yet which one is meant; another rule asks for one.
        if in_hand and bag.id not in in_hand and is_begun and is_here:
            return Refusal(
                "BAG_BEFORE_NOT_IN",
                f"{bag.id} was begun and is not yet in",
                "Infuse its rest first, destroy it, or have it put on hold",
            )
    return None


def bedside_check_is_fresh(case: Case) -> Refusal | None:
    """Bag and patient were checked together a short while ago, where the bag is now (BD-01)."""
    minutes = _session_minutes(case)
    for turn in case.turns_of(Kind.CONTAINER):
        check = _last_check(case, turn.subject.id)
        age = case.facts.now - check.happened_at if check else timedelta.max
        # A negative age is no fresh check: told late, an infusion may lie before the check.
        if check is None or not timedelta() <= age <= timedelta(minutes=minutes):
            return Refusal(
                "CHECK_TOO_OLD",
                f"The bedside check of {turn.subject.id} is older than {minutes} minutes",
                "Check bag and patient again, both of you",
            )
        # What two read on paper was not read blind; it holds for what was done on paper too.
        if check.kind == "late" and case.request.mode is not Mode.LATE:
            return Refusal(
                "CHECKED_ON_PAPER",
                f"The bedside check of {turn.subject.id} was copied from paper",
                "Check bag and patient again, both of you, each at your own screen",
            )
        if any(_is_after(deed, check) for deed in _handoffs(case, turn.subject.id)):
            return Refusal(
                "CHECKED_BEFORE_HANDOVER",
                f"{turn.subject.id} was handed over after its bedside check",
                "Check bag and patient again, both of you",
            )
    return None


def _session_minutes(case: Case) -> int:
    return int(str(case.workflow.product["bedside_session_minutes"]))


def check_ends_at(case: Case, bag: str) -> datetime | None:
    """Until when the latest bedside check of a bag counts; None where there is none."""
    check = _last_check(case, bag)
    return check.happened_at + timedelta(minutes=_session_minutes(case)) if check else None


def who_infuses_has_checked(case: Case) -> Refusal | None:
    """Who signs for the infusion signed the bedside check of this bag: one session (BD-01)."""
    for turn in case.turns_of(Kind.CONTAINER):
        check = _last_check(case, turn.subject.id)
        checkers = {person for person, _ in check.persons} if check else set()
        if not set(case.signers) <= checkers:
            return Refusal(
                "OTHERS_CHECKED",
                f"Others than you checked {turn.subject.id} at the bedside",
                "Check bag and patient again, both of you, and then infuse",
            )
    return None


def second_check_is_at_another_device(case: Case) -> Refusal | None:
    """Where the site asks for it, each of two checks at a registered device of their own (BD-06).

    What has happened is recorded from anywhere: a late fact tells of no device.
    """
    request = case.request
    is_asked = request.mode is Mode.ASK and is_checked_by_two(case.action, request.unit.country)
    if not is_asked or not case.asks_other_device:
        return None
    checkers = dict.fromkeys((*request.checked_at, *case.signers))
    return why_at_one_device([request.checked_at.get(one, ("",)) for one in checkers])


def why_at_one_device(devices: Sequence[Collection[str]]) -> Refusal | None:
    """Why it cannot be told that each checked at devices that are nobody else's; '' is none."""
    if any(not of_one or "" in of_one for of_one in devices):
        return Refusal(
            "SAME_DEVICE",
            "The second check is made here at another device, and this one is not registered here",
            "Make each check at another registered device of this site;"
            " where there is none, an administrator or quality assurance takes this rule back on"
            " the page Devices, or both check on paper, by the downtime kit",
        )
    every = [one for of_one in devices for one in of_one]
    if len(every) == len(set(every)):
        return None
    return Refusal(
        "SAME_DEVICE",
        "The first check was made at this device, and the second is made here at another one",
        "Make the second check at another registered device;"
        " where there is none, an administrator or quality assurance takes this rule back on"
        " the page Devices, or both check on paper, by the downtime kit",
    )


def another_pair_checks_after_a_mismatch(case: Case) -> Refusal | None:
    """Who was at a wrong scan that is still open goes on with nothing: two others check anew."""
    for subject in case.subjects_of(Kind.EXCEPTION):
        pairing = case.value(subject.id, "pairing")
        if pairing is None or case.is_final(subject):
            continue
        if set(pairing.content.split()) & {case.request.actor.id, *case.signers}:
            return Refusal(
                "SAME_PAIR_AFTER_MISMATCH",
                "One of you was at the wrong scan that stands open",
                "Two others make a full check from the beginning",
            )
        if case.action.verb is Verb.ADMINISTER and _is_checked_before(case, subject.born_seq):
            return Refusal(
                "CHECKED_BEFORE_MISMATCH",
                "The bedside check was made before the wrong scan that stands open",
                "Two others make a full check from the beginning",
            )
    return None


_CHANGES_HANDS = frozenset({Verb.RELEASE_CUSTODY, Verb.ACCEPT, Verb.TAKE_BACK})


def _of_verbs(case: Case, verbs: Collection[Verb], subject: str) -> Iterator[Deed]:
    """The newest entry of each action of these verbs that moved the subject."""
    names = [action.name for action in case.workflow.actions.values() if action.verb in verbs]
    deeds = (case.last_deed(name, subject) for name in names)
    return (deed for deed in deeds if deed is not None)


def _last_check(case: Case, subject: str) -> Deed | None:
    """The latest bedside check of a bag, or None."""
    checks = _of_verbs(case, {Verb.CHECK}, subject)
    return max(checks, key=lambda deed: deed.happened_at, default=None)


def _handoffs(case: Case, subject: str) -> Iterator[Deed]:
    """When a bag last changed hands, by each way in which it can."""
    return _of_verbs(case, _CHANGES_HANDS, subject)


def _is_after(deed: Deed, check: Deed) -> bool:
    """It may have been after the check: it was recorded later, or happened later."""
    return deed.seq > check.seq or deed.happened_at > check.happened_at


def _is_checked_before(case: Case, seq: int) -> bool:
    """Some bag in hand has not been checked since this entry."""
    checks = [_last_check(case, turn.subject.id) for turn in case.turns_of(Kind.CONTAINER)]
    return any(check is None or check.seq < seq for check in checks)


def no_more_is_infused_than_was_filled(case: Case) -> Refusal | None:
    """What was infused of a bag, all in all, is no more than was filled into it."""
    over = Decimal(str(case.workflow.product["infused_over_percent"]))
    for turn in case.turns_of(Kind.CONTAINER):
        filled = filled_ml(case, turn.subject.id)
        if not is_number(case.given("infused_ml")):
            continue  # the field itself says so
        infused = infused_ml(case, turn.subject.id)
        # Where nobody knows what was filled, nobody can say that it was enough.
        if filled is None or infused > filled * (100 + over) / 100:
            return Refusal(
                "MORE_THAN_FILLED",
                f"{infused} mL are more than the {filled or 'unknown'} mL in {turn.subject.id}",
                "Read the volume again; if it is right, report an exception",
            )
    return None


def filled_ml(case: Case, bag: str) -> Decimal | None:
    """What was filled into a bag, or None where that is not on record."""
    value = case.value(bag, "volume_ml")
    return Decimal(value.content) if value else None


def infused_ml(case: Case, bag: str) -> Decimal:
    """What was infused of a bag so far, with what is told now."""
    earlier = (Decimal(v.content) for v in case.occasions(bag, "infused_ml"))
    return sum(earlier, Decimal(case.given("infused_ml")))


def product_is_accepted_at_site(case: Case) -> Refusal | None:
    """Of each sort that may have to be given, something stands accepted before conditioning."""
    accepted = {
        s.machine
        for s in case.subjects_of(Kind.CONTAINER)
        # One on hold may never be given, and the chemotherapy cannot be taken back.
        if s.position.state == "accepted" and not s.position.in_transit and not s.position.stops
    }
    missing = sorted(given(case.workflow) - accepted)
    if not missing:
        return None
    title = case.workflow.machines[missing[0]].title.lower()
    return Refusal(
        "PRODUCT_NOT_ACCEPTED",
        f"STOP. No {title} is received and accepted at the treating site",
        f"Wait for the {title}; conditioning cannot be taken back",
    )


def something_is_infused(case: Case) -> Refusal | None:
    """The patient has received at least a part, and no bag is still waiting at the bedside."""
    taken = {deed.action for deed in case.history if deed.kind != "refused"}
    if not taken & _gives_product(case):
        return Refusal("NOTHING_INFUSED", "Nothing has been infused", "Infuse, or cancel")
    waits = at_the_bedside(case.workflow)
    waiting = [
        s.id for s in case.subjects_of(Kind.CONTAINER) if (s.machine, s.position.state) in waits
    ]
    if waiting:
        return Refusal(
            "BAG_AT_BEDSIDE",
            f"{waiting[0]} is ready, and neither infused nor destroyed",
            "Infuse the rest, or destroy it",
        )
    return None


def _gives_product(case: Case) -> set[str]:
    """The actions by which the patient receives what was made."""
    made = products(case.workflow)
    return {
        action.name
        for action in case.workflow.actions.values()
        if action.verb is Verb.ADMINISTER and any(rule.machine in made for rule in action.moves)
    }

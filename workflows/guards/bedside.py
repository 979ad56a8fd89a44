"""At the bedside: a fresh check, a new pair after a mismatch, a product that is really here."""

from datetime import timedelta

from workflows.case import Case
from workflows.model import Kind, Verb
from workflows.refusal import Refusal


def bedside_check_is_fresh(case: Case) -> Refusal | None:
    """Bag and patient were checked together a short while ago (BD-01)."""
    minutes = int(str(case.workflow.product["bedside_session_minutes"]))
    checks = [a.name for a in case.workflow.actions.values() if a.verb is Verb.CHECK]
    for turn in case.turns_of(Kind.CONTAINER):
        deeds = [case.last_deed(name, turn.subject.id) for name in checks]
        latest = max((d.happened_at for d in deeds if d), default=None)
        if latest is None or case.facts.now - latest > timedelta(minutes=minutes):
            return Refusal(
                "CHECK_TOO_OLD",
                f"The bedside check of {turn.subject.id} is older than {minutes} minutes",
                "Check bag and patient again, both of you",
            )
    return None


def another_pair_checks_after_a_mismatch(case: Case) -> Refusal | None:
    """Who was at a wrong scan that is still open does not check again: two others do."""
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
    return None


def product_is_accepted_at_site(case: Case) -> Refusal | None:
    """A product stands accepted at the treating site before lymphodepletion begins."""
    accepted = [
        s
        for s in case.subjects_of(Kind.CONTAINER)
        if s.machine == "product" and s.position.state == "accepted" and not s.position.in_transit
    ]
    if any(not s.position.stops for s in accepted):
        return None
    return Refusal(
        "PRODUCT_NOT_ACCEPTED",
        "STOP. No product is received and accepted at the treating site",
        "Wait for the product; lymphodepletion cannot be taken back",
    )


def something_is_infused(case: Case) -> Refusal | None:
    """The patient has received at least a part, and no bag is still waiting at the bedside."""
    taken = {deed.action for deed in case.history if deed.kind != "refused"}
    if not taken & {"infuse", "infuse_part"}:
        return Refusal("NOTHING_INFUSED", "Nothing has been infused", "Infuse, or cancel")
    waiting = [
        s.id
        for s in case.subjects_of(Kind.CONTAINER)
        if s.position.state in {"thawed", "checked", "infusing"}
    ]
    if waiting:
        return Refusal(
            "BAG_AT_BEDSIDE",
            f"{waiting[0]} is thawed and neither infused nor destroyed",
            "Infuse the rest, or destroy it",
        )
    return None

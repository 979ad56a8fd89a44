"""Who may: roles, training, and two who are really two."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from workflows.case import Case
from workflows.facts import Mode, Person, Signing, Unit
from workflows.model import ActionName, Custody, Meaning, SignatureRule, Verb
from workflows.refusal import Refusal

EVERY_SITE = "-"
"""The site of a role that is held for the whole organisation."""


def role_in_use(case: Case) -> str | None:
    """The role in which the actor acts here, or None: the first that the action names."""
    unit = case.request.unit
    for who in case.action.who:
        if who.site_kind not in {"*", unit.site_kind}:
            continue
        if who.role == "*":
            return next(
                (role for role, at in sorted(case.request.actor.roles) if at == unit.id), None
            )
        if case.request.actor.has_role(who.role, unit.id):
            return who.role
    return None


def actor_may_do_this(case: Case) -> Refusal | None:
    """The actor holds a role, at this unit, that the action is given to (P11-10g)."""
    if role_in_use(case):
        return None
    roles = ", ".join(sorted({who.role.replace("_", " ") for who in case.action.who}))
    return Refusal(
        "ROLE_LACKING",
        f"“{case.action.title}” is not among your tasks at this unit",
        f"Ask somebody who is here as: {roles}",
    )


def people_are_active(case: Case) -> Refusal | None:
    """The accounts of the actor and of each signer are open."""
    for person in (case.request.actor, *(signing.person for signing in case.request.signings)):
        if not person.active:
            return Refusal(
                "ACCOUNT_INACTIVE",
                f"The account {person.username} is closed",
                "Ask the administrator",
            )
    return None


_LEFT_TO_PROGRAMS = frozenset({Verb.ORDER, Verb.PLAN, Verb.RECORD, Verb.OPEN_EXCEPTION})
"""What can be told by somebody who sees, holds and decides nothing."""


def no_program_stands_for_a_person(case: Case) -> Refusal | None:
    """A program signs nothing, and takes no step in which somebody looks, holds or decides.

    What is left to it is a list, and whatever is not on it is refused (SEC-38).
    """
    for signing in case.request.signings:
        if signing.person.is_service:
            return Refusal(
                "PROGRAM_CANNOT_SIGN",
                f"{signing.person.username} is a program, and cannot sign",
                "A person signs, with a password of their own",
            )
    if not case.request.actor.is_service or _is_left_to_programs(case):
        return None
    return Refusal(
        "PROGRAM_MAY_NOT",
        f"“{case.action.title}” is not left to a program, as {case.request.actor.username} is one",
        "A person takes this step, and signs it where it is signed",
    )


def _is_left_to_programs(case: Case) -> bool:
    """Nothing is signed, scanned, heard or handed over, and it is told when it happens."""
    action, request = case.action, case.request
    asks_for_a_person = any(
        rule.patient or rule.scan or rule.custody is not Custody.NONE for rule in action.moves
    )
    tells_of_a_person = bool(request.scans or request.identity_checks)
    return (
        action.verb in _LEFT_TO_PROGRAMS
        and not action.every_signature
        and not (asks_for_a_person or tells_of_a_person)
        and request.mode is Mode.ASK
    )


def people_are_trained(case: Case) -> Refusal | None:
    """The actor and each signer are trained for the role in use (hard guard 10)."""
    unit, actor = case.request.unit, case.request.actor
    # A program is not trained but validated, and by those who run it.
    needed = [] if actor.is_service else [(actor, role_in_use(case))]
    needed += [(s.person, signing_role(s.person, rule, unit)) for s, rule in _pairs(case)]
    for person, role in needed:
        until = person.trained_until.get(role or "")
        # At the moment at which it ends, training has ended.
        if role and (until is None or until <= case.facts.now):
            return Refusal(
                "TRAINING_EXPIRED",
                f"{person.username} has no current training as {role.replace('_', ' ')}",
                "Renew the training record, or let a trained colleague act",
            )
    return None


def _pairs(case: Case) -> Iterator[tuple[Signing, SignatureRule]]:
    """Each signing beside the rule that it is to fulfil."""
    rules = case.action.signatures_for(case.request.unit.country)
    # Too few signatures, or too many, are told by `every_signature_is_given`.
    return zip(case.request.signings, rules, strict=False)


def signing_role(person: Person, rule: SignatureRule, unit: Unit) -> str | None:
    """The role in which a person signs: at the unit in hand, else at its site.

    A colleague of another site signs only where the definition says so (P11-10g).
    """
    for role in rule.roles:
        # Every role is tried at the unit before any at the site: the nearest right goes on record.
        if person.has_role(role, unit.id):
            return role
    for role in rule.roles:
        if (role, unit.site) in person.site_roles:
            return role
    return next((role for role, _ in sorted(person.roles) if role in rule.anywhere), None)


def every_signature_is_given(case: Case) -> Refusal | None:
    """As many signatures as the action asks, each with its meaning and by a role that may give it.

    Whoever takes the step is among the signers: nobody acts under others' names. A signer's
    account must be proofed and the signature statement accepted (hard guard 7, 21 CFR 11.50,
    P11-100b, P11-10j).
    """
    rules = case.action.signatures_for(case.request.unit.country)
    signings = case.request.signings
    if len(signings) != len(rules):
        return Refusal(
            "SIGNATURE_MISSING",
            f"“{case.action.title}” takes {len(rules)} signatures; {len(signings)} were given",
            _who_signs(rules),
        )
    for signing, rule in zip(signings, rules, strict=True):
        if signing.meaning != rule.meaning or not _is_entitled(case, signing.person, rule):
            return Refusal(
                "SIGNER_NOT_ENTITLED",
                f"{signing.person.username} cannot sign “{rule.meaning}” here",
                _who_signs(rules),
            )
        if not (signing.person.proofed and signing.person.accepted_policy):
            return Refusal(
                "SIGNER_NOT_ENABLED",
                f"{signing.person.username} cannot sign yet",
                "The identity check and the signature statement must be recorded first",
            )
    if rules and case.request.actor.id not in case.signers:
        return Refusal(
            "ACTOR_DOES_NOT_SIGN",
            f"{case.request.actor.username} takes the step and does not sign for it",
            "Whoever takes the step signs it",
        )
    return None


def _is_entitled(case: Case, person: Person, rule: SignatureRule) -> bool:
    """The person may sign this here; from afar only who is of a site that takes part, or of all."""
    unit = case.request.unit
    here = replace(rule, anywhere=frozenset())
    if signing_role(person, here, unit):
        return True
    sites = {EVERY_SITE, *(case.facts.sites or ())}
    return any(role in rule.anywhere and site in sites for role, site in person.site_roles)


def _who_signs(rules: Sequence[SignatureRule]) -> str:
    """What to do about missing signatures, in one sentence."""
    lines = [f"{r.meaning}: {' or '.join(r.roles).replace('_', ' ')}" for r in rules]
    return "; ".join(lines) or "It takes none"


def signers_are_different_people(case: Case) -> Refusal | None:
    """No person signs twice: performer and verifier are two (hard guard 8, SEC-29).

    Whoever entered something in the step before it was handed over is no second one either.
    """
    signers = case.signers
    twice = {person for person in signers if signers.count(person) > 1}
    if twice:
        return Refusal(
            "SAME_PERSON",
            "The second signature is by the same person as the first",
            "A second person must check and sign",
        )
    people = [one.person for one in case.request.signings]
    others = (one for one in people if one.id != case.request.actor.id)
    entered = [one for one in others if one.id in case.request.took_part]
    if entered:
        return Refusal(
            "TOOK_PART",
            f"{entered[0].username} took part in this step before it was handed over",
            "Somebody who entered nothing in it checks and signs",
        )
    return None


def signer_took_no_part(
    case: Case, *, meaning: Meaning, earlier: Sequence[ActionName]
) -> Refusal | None:
    """Who signs with this meaning did not act in these earlier steps (SEC-30)."""
    signers = {s.person.id: s.person for s in case.request.signings if s.meaning == meaning}
    for deed in case.history:
        # Whoever tried and was refused has made nothing.
        if deed.action not in earlier or deed.kind == "refused":
            continue
        took_part = {deed.actor, *(person for person, _ in deed.persons)} & signers.keys()
        for person in took_part:
            step = case.title_of_step(deed.action)
            return Refusal(
                "TOOK_PART",
                f"{signers[person].username} took part in “{step}” and cannot sign “{meaning}”",
                "Somebody who did not make it must decide",
            )
    return None

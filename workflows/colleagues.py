"""Who may go on with a colleague's step: the rules about people, asked before anything is told.

Whoever entered something in a step took part in it, and so is neither its independent verifier nor
the one who releases what came of it (SEC-30).
"""

from collections.abc import Sequence
from dataclasses import replace

from workflows.decide import decide
from workflows.facts import Facts, Person, Request, Signing
from workflows.guards.people import signing_role
from workflows.model import SignatureRule, Workflow
from workflows.refusal import Refusal

_OF_PEOPLE = frozenset(
    {
        *("actor_may_do_this", "people_are_active", "people_are_trained"),
        *("no_program_stands_for_a_person", "signer_took_no_part"),
    }
)
"""The guards that ask who goes on with a step; all others are asked when it is finished."""


def why_not_handed_to(
    workflow: Workflow, request: Request, facts: Facts, person: Person
) -> tuple[Refusal, ...]:
    """What keeps a person from going on with a step, whatever is told in it later.

    They hold a role that takes it here and are trained for it; where it is signed, they can give
    one of its signatures, and nothing that they did before bars them from that one.
    """
    rules = workflow.actions[request.action].signatures_for(request.unit.country)
    theirs = [rule for rule in rules if signing_role(person, rule, request.unit)]
    if rules and not theirs:
        return (_no_signer(workflow, request, person, rules),)
    found = [_against(workflow, request, facts, (person, rule)) for rule in theirs or (None,)]
    return min(found, key=len)


def _against(
    workflow: Workflow, request: Request, facts: Facts, by: tuple[Person, SignatureRule | None]
) -> tuple[Refusal, ...]:
    """What the rules about people say, if this person took the step, and signed so."""
    person, rule = by
    action = workflow.actions[request.action]
    action = replace(action, signatures=(rule,) if rule else (), signatures_in={})
    signings = (Signing(person, rule.meaning),) if rule else ()
    asked = replace(request, actor=person, signings=signings)
    alone = replace(workflow, actions={**workflow.actions, action.name: action})
    refusals = decide(alone, asked, facts).refusals
    return tuple(one for one in refusals if one.guard in _OF_PEOPLE)


def _no_signer(
    workflow: Workflow, request: Request, person: Person, rules: Sequence[SignatureRule]
) -> Refusal:
    roles = sorted({role.replace("_", " ") for rule in rules for role in rule.roles})
    return Refusal(
        "SIGNER_NOT_ENTITLED",
        f"{person.username} cannot sign “{workflow.actions[request.action].title}” here",
        f"Hand it to somebody who is here as: {', '.join(roles)}",
    )

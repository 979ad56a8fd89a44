"""Whether the people whom an action asks can do their parts. That they differ is the engine's."""

from collections.abc import Iterator

from workflows.model import Action, SignatureRule, Workflow
from workflows.problem import Problem

ANYBODY = "*"


def signatures_are_different(workflow: Workflow) -> Iterator[Problem]:
    """Each signature names who may give it; no two of one action say the same."""
    for place, _action, rules in _asked(workflow):
        for n, rule in enumerate(rules):
            if not rule.roles:
                yield Problem(f"{place}[{n}]", "can be given by nobody", "Name a role")
            if rule in rules[:n]:
                reason = f"says the same as [{rules.index(rule)}]"
                yield Problem(f"{place}[{n}]", reason, "Give it a meaning of its own")


def actors_can_sign(workflow: Workflow) -> Iterator[Problem]:
    """Whoever may act may give at least one of the signatures, wherever the action is taken."""
    for place, action, rules in _asked(workflow):
        signers = {role for rule in rules for role in rule.roles} | {ANYBODY}
        # Where nothing is signed there is nothing that an actor could not sign.
        for n, who in enumerate(action.who if rules else ()):
            if who.role not in signers:
                asked = place.removeprefix(f"actions.{action.name}.")
                reason = f"{who.role} may act, but gives none of {asked}"
                mend = "Remove it here, or let it sign"
                yield Problem(f"actions.{action.name}.who[{n}]", reason, mend)


def _asked(workflow: Workflow) -> Iterator[tuple[str, Action, tuple[SignatureRule, ...]]]:
    """The signatures of each action, everywhere and by country, with their places."""
    for action in workflow.actions.values():
        place = f"actions.{action.name}"
        yield f"{place}.signatures", action, action.signatures
        for country, rules in action.signatures_in.items():
            yield f"{place}.signatures_in.{country}", action, rules

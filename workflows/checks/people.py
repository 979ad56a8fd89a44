"""Whether the people whom an action asks can do their parts. That they differ is the engine's."""

from collections.abc import Iterator

from workflows.model import Action, SignatureRule, Workflow
from workflows.problem import Problem

ANYBODY = "*"


def signatures_are_different(workflow: Workflow) -> Iterator[Problem]:
    """Each signature names who may give it; no two of one action say the same."""
    for action in workflow.actions.values():
        for place, rules in _asked(action):
            for n, rule in enumerate(rules):
                if not rule.roles:
                    yield Problem(f"{place}[{n}]", "can be given by nobody", "Name a role")
                if rule in rules[:n]:
                    reason = f"says the same as [{rules.index(rule)}]"
                    yield Problem(f"{place}[{n}]", reason, "Give it a meaning of its own")


def actors_can_sign(workflow: Workflow) -> Iterator[Problem]:
    """Whoever may act may give at least one of the signatures, wherever the action is taken."""
    for action in workflow.actions.values():
        for place, rules in _asked(action):
            signers = {role for rule in rules for role in rule.roles}
            for n, who in enumerate(action.who):
                if rules and who.role not in signers | {ANYBODY}:
                    asked = place.removeprefix(f"actions.{action.name}.")
                    reason = f"{who.role} may act, but gives none of {asked}"
                    mend = "Remove it here, or let it sign"
                    yield Problem(f"actions.{action.name}.who[{n}]", reason, mend)


def _asked(action: Action) -> Iterator[tuple[str, tuple[SignatureRule, ...]]]:
    """The signatures of an action, everywhere and by country, with their places."""
    place = f"actions.{action.name}"
    yield f"{place}.signatures", action.signatures
    for country, rules in action.signatures_in.items():
        yield f"{place}.signatures_in.{country}", rules

"""Who may do what, as a definition says it: each role beside each action."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.model import Action, Workflow

ANY = "*"
"""Every role, or every kind of site."""


@dataclass(frozen=True, slots=True)
class Right:
    """What one role may do of one action: take it, and sign with these meanings."""

    acts_at: frozenset[str] = frozenset()  # kinds of site; `ANY` is each of them
    signs: tuple[str, ...] = ()
    signs_anywhere: frozenset[str] = frozenset()  # of these, at another site's step too

    def acts(self, site_kind: str) -> bool:
        """The role takes the action at a site of this kind."""
        return bool(self.acts_at & {ANY, site_kind})


def right_of(action: Action, role: str) -> Right:
    """What a role may do of an action."""
    rules = [rule for rule in action.every_signature if role in rule.roles]
    return Right(
        acts_at=frozenset(who.site_kind for who in action.who if who.role in {ANY, role}),
        signs=tuple(dict.fromkeys(rule.meaning for rule in rules)),
        signs_anywhere=frozenset(rule.meaning for rule in rules if role in rule.anywhere),
    )


def rights(workflow: Workflow, role: str) -> Mapping[str, Right]:
    """What a role may do of each action, in the definition's order."""
    return {name: right_of(action, role) for name, action in workflow.actions.items()}

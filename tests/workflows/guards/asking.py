"""How a guard is shown: an allowed request, and the one change for which the guard refuses it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.builders import a_scan, decided
from tests.performer import a_request
from workflows.draft import Decision
from workflows.facts import Facts, Request
from workflows.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Example:
    """An action that is allowed, and what must be otherwise for one guard to refuse it."""

    guard: str
    action: str
    told: Facts  # the guard holds
    why: str
    code: str
    but: Mapping[str, Any] = field(default_factory=dict)  # changes of the request
    told_instead: Facts | None = None
    holds_with: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.guard}: {self.why}"

    @property
    def good(self) -> tuple[Request, Facts]:
        """The request as it is allowed, and how things stand."""
        return a_request(self.told, self.action, **self.holds_with), self.told

    @property
    def bad(self) -> tuple[Request, Facts]:
        """The request as it is refused, and how things stand then."""
        request, _ = self.good
        changes = {
            name: change(request) if callable(change) else change
            for name, change in self.but.items()
        }
        return replace(request, **changes), self.told_instead or self.told


def answer(example: Example, decision: Decision) -> list[Refusal]:
    """What the example's guard says in a decision; empty when it holds."""
    return [refusal for refusal in decision.refusals if refusal.guard == example.guard]


def holds(example: Example) -> None:
    """The request is allowed."""
    decision = decided(*example.good)

    assert decision.refusals == ()
    assert decision.allowed


def fails(example: Example) -> None:
    """The guard refuses, with its code, a sentence and what to do next."""
    decision = decided(*example.bad)

    assert not decision.allowed
    (refusal,) = answer(example, decision)
    assert refusal.code == example.code
    assert refusal.sentence
    assert refusal.next_step


def fails_beside_another(example: Example) -> None:
    """Both reasons are told at once, where something else is wrong too."""
    request, told = example.bad
    if example.guard == "containers_are_expected":
        also, code = {"actor": replace(request.actor, active=False)}, "ACCOUNT_INACTIVE"
    else:
        also, code = {"scans": (*request.scans, a_scan(None, raw="??"))}, "UNKNOWN_CODE"

    decision = decided(replace(request, **also), told)

    assert {example.code, code} <= {refusal.code for refusal in decision.refusals}

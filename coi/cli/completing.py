"""Ask for what an action needs and the command line did not say."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import click

from coi.cli.asking import ask_lines, ask_until_right
from coi.clock import rfc3339
from coi.services.directory import ListedUnit
from coi.services.identity import Stated
from workflows import fields
from workflows.facts import NewSubject
from workflows.files import kinds_in_words
from workflows.model import (
    Action,
    Custody,
    Field,
    FieldKind,
    Kind,
    Pick,
    SignatureRule,
    Verb,
    Workflow,
)

NOW = "now"
TYPED = "typed:"
AT = "@"
"""How a file is given: by the path at which it lies."""
BY_TWO = "patient_is_identified_by_two_people"
ASKED_OF_PATIENT = ("family_name", "birth_date")
# Lots and shipments are born one at a time, so that nobody is asked how many.
_IN_NUMBERS = {Kind.CONTAINER, Kind.SAMPLE}


@dataclass(slots=True)
class Wish:
    """What the command line says of an action; grows while it is completed."""

    coi: str
    action: str
    username: str
    unit: str
    scanned: tuple[str, ...]
    typed: tuple[str, ...]
    values: dict[str, str]
    births: tuple[NewSubject, ...]
    named: tuple[str, ...]
    consignee: str
    bench: str
    signers: tuple[str, ...]
    stated: tuple[Stated, ...]
    happened_at: datetime | None
    late: bool
    seen: dict[str, int]


@dataclass(frozen=True, slots=True)
class Completion:
    """An action of a workflow, and the moment at which somebody is asked about it."""

    workflow: Workflow
    action: Action
    rules: tuple[SignatureRule, ...]
    now: datetime
    units: Mapping[str, ListedUnit] = dataclasses.field(default_factory=dict)

    def written_out(self, wish: Wish) -> None:
        """Put the time in the place of `now`, wherever a time is recorded."""
        times = {field.name for field in self.action.fields if field.kind is FieldKind.TIME}
        wish.values = self._written_out(wish.values, times)
        wish.births = tuple(
            replace(new, values=self._written_out(dict(new.values), times)) for new in wish.births
        )

    def _written_out(self, values: dict[str, str], times: set[str]) -> dict[str, str]:
        return {
            name: rfc3339(self.now) if name in times and text == NOW else text
            for name, text in values.items()
        }

    def with_files(self, wish: Wish, hold: Callable[[str], str]) -> None:
        """Put what is held of a file in the place of its path, wherever a file is recorded."""
        names = {field.name for field in self.action.fields if field.kind is FieldKind.FILE}

        def held(values: Mapping[str, str]) -> dict[str, str]:
            return {
                name: hold(text.removeprefix(AT)) if name in names and text.startswith(AT) else text
                for name, text in values.items()
            }

        wish.values = held(wish.values)
        wish.births = tuple(replace(new, values=held(new.values)) for new in wish.births)

    def asked(self, wish: Wish) -> None:
        """Ask for everything that is missing, in the order in which it happens at the bench."""
        self._ask_signers(wish)
        if not wish.scanned and not wish.typed and self._is_scanned():
            self._ask_scans(wish)
        self._ask_stated(wish)
        if wish.consignee == "-" and self._is_sent():
            wish.consignee = str(click.prompt("To which unit", err=True))
        self._ask_births(wish)
        self._ask_values(wish)

    def _ask_signers(self, wish: Wish) -> None:
        """A user name for each signature."""
        for rule in self.rules[len(wish.signers) :]:
            roles = " or ".join(rule.roles).replace("_", " ")
            question = f"Who signs “{rule.meaning}” ({roles})"
            # Whoever acts most often signs first; the second has to be somebody else.
            default = None if wish.signers else wish.username
            name = click.prompt(question, default=default, err=True)
            wish.signers = (*wish.signers, str(name))

    def _is_scanned(self) -> bool:
        """Something must be scanned."""
        scanned = any(rule.scan or rule.patient for rule in self.action.moves)
        from_order = self.action.asks("order_is_scanned")
        return scanned or from_order

    def _ask_scans(self, wish: Wish) -> None:
        """Every code, until an empty line."""
        question = f"Scan a code ({TYPED}CODE for one typed by hand, nothing to end)"
        lines = ask_lines(question)
        wish.scanned = tuple(line for line in lines if not line.startswith(TYPED))
        wish.typed = tuple(line.removeprefix(TYPED) for line in lines if line.startswith(TYPED))

    def _ask_stated(self, wish: Wish) -> None:
        """What the patient says, asked by each signer."""
        if wish.stated or not self.action.asks(BY_TWO):
            return
        for username in wish.signers:
            told = {
                name: str(click.prompt(f"{username}, the patient states {name}", err=True))
                for name in ASKED_OF_PATIENT
            }
            wish.stated = (*wish.stated, Stated(username, told))

    def _is_sent(self) -> bool:
        """Custody goes to somebody."""
        return any(rule.custody is Custody.RELEASES for rule in self.action.moves)

    def _ask_births(self, wish: Wish) -> None:
        """How many containers or samples come into being, and what is recorded of each."""
        for machine in self._born():
            if all(new.machine != machine for new in wish.births):
                title = self.workflow.machines[machine].title.lower()
                count = click.prompt(f"How many of: {title}", type=int, default=1, err=True)
                wish.births = (*wish.births, *(NewSubject(machine) for _ in range(count)))
        wish.births = tuple(
            replace(new, values=self._asked_of(wish, new, n))
            for n, new in enumerate(wish.births, start=1)
        )

    def _born(self) -> Iterator[str]:
        """The machines of which any number can be born."""
        for rule in self.action.moves:
            kind = self.workflow.machines[rule.machine].kind
            if rule.pick is Pick.BORN and kind in _IN_NUMBERS:
                yield rule.machine

    def _asked_of(self, wish: Wish, new: NewSubject, n: int) -> dict[str, str]:
        """The values of one new container."""
        values = dict(new.values)
        for field in self.action.fields:
            known = field.name in values or field.name in wish.values
            if field.on == new.machine and field.required and not known:
                values[field.name] = self._ask(field, f"{field.title} of number {n}")
        return values

    def _ask_values(self, wish: Wish) -> None:
        """Every field that is recorded once."""
        values = dict(wish.values)
        # What is recorded of new things was asked for each of them, not once for all.
        born = {new.machine for new in wish.births}
        for field in self.action.fields:
            if field.required and field.on not in born and field.name not in values:
                values[field.name] = self._ask(field, field.title)
        if self.action.verb is Verb.TEST:
            self._ask_result(values)
        wish.values = values

    def _ask(self, field: Field, title: str) -> str:
        """One value, as the field takes it."""
        units = sorted(one.id for one in self.units.values() if one.site.kind == field.at)

        def read(text: str) -> str:
            if field.kind is FieldKind.FILE and text.startswith(AT):
                return text  # it is read once somebody has proven who they are
            is_now = field.kind is FieldKind.TIME and text == NOW
            found = fields.read(field, rfc3339(self.now) if is_now else text)
            if field.kind is FieldKind.UNIT and found not in units:
                raise fields.Unreadable(f"“{found}” is no unit of a {field.at} that is known here")
            return found

        return ask_until_right(f"{title}{_hint(field, units)}", read)

    def _ask_result(self, values: dict[str, str]) -> None:
        """Which test, and what came out."""
        names = click.Choice(sorted(self.workflow.tests))
        if "test" not in values:
            values["test"] = str(click.prompt("Test", type=names, err=True))
        test = self.workflow.tests.get(values["test"])
        if "result" not in values and test:
            told = "/".join(test.choices) or test.unit
            values["result"] = str(click.prompt(f"Result of {test.title} ({told})", err=True))


def _hint(field: Field, units: Sequence[str]) -> str:
    """Unit, limits or choices of a field, in brackets."""
    limits = _limits(field)
    unit = "" if field.unit == "-" else field.unit
    kinds = {
        FieldKind.DATE: "as 2026-11-30",
        FieldKind.TIME: "as 2026-11-30T09:15+01:00, or now",
        FieldKind.YES_NO: "yes/no",
        FieldKind.CHOICE: "/".join(field.choices),
        FieldKind.UNIT: "/".join(units),
        FieldKind.EQUIPMENT: "its number, or the serial of its label",
        FieldKind.FILE: f"{AT}PATH of a file, {kinds_in_words(field.accept)}",
    }
    told = ", ".join(filter(None, (unit, limits, kinds.get(field.kind, ""))))
    return f" ({told})" if told else ""


def _limits(field: Field) -> str:
    """What is possible, in words."""
    if field.low is not None and field.high is not None:
        return f"{field.low} to {field.high}"
    if field.low is not None:
        return f"at least {field.low}"
    return f"at most {field.high}" if field.high is not None else ""

"""The published matrix of roles and steps of each packaged definition, cell by cell (P11-10g).

What is expected is read out of the documents themselves, as somebody reads them who gives roles;
what is true is asked of the engine. Whatever else is refused, whoever lacks the role is told so.
Through the use cases the same is walked in `tests/coi/services/test_role_matrix.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from coi.definitions import packaged_workflow
from tests import cast
from tests.builders import facts
from workflows.decide import decide
from workflows.facts import Facts, Person, Request, Signing, Unit
from workflows.model import Workflow

DOCUMENTS = {
    "autologous-car-t": "permissions.md",
    "gene-edited-hsc": "permissions-gene-edited-hsc.md",
    "point-of-care-car-t": "permissions-point-of-care-car-t.md",
    "til": "permissions-til.md",
}
UNIT_OF = {unit.site_kind: unit for unit in (cast.WARD, cast.FACTORY, cast.COURIER)}
UNIT_OF |= {"laboratory": cast.LABORATORY}
NEXT_DOOR = replace(cast.WARD, id="next-door")
"""A unit of the ward's site at which nobody here acts."""

Cell = tuple[str, str, str]
"""A role, a step, and where or as what."""

each_definition = pytest.mark.parametrize("name", sorted(DOCUMENTS))


@dataclass(frozen=True, slots=True)
class Matrix:
    """One document: its tables, each row as its cells."""

    overview: tuple[tuple[str, ...], ...]
    places: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, name: str) -> "Matrix":
        """The matrix as it is published."""
        text = (Path("docs") / DOCUMENTS[name]).read_text(encoding="utf-8")
        overview, places = re.split("^## ", text, flags=re.MULTILINE)[1:3]
        return cls(tuple(_rows(overview)), tuple(_rows(places)))

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that has a column."""
        return tuple(_role(words) for words in self.overview[0][1:])

    def takers(self) -> Iterator[Cell]:
        """Who takes which step, at a site of which kind."""
        for step, taken_by, _signed_by in self.places[1:]:
            for kind, roles in re.findall("at (?:an?y? )([a-z ]+): ([^;]+)", taken_by):
                kinds = UNIT_OF if kind == "site" else [kind]
                named = self.roles if roles == "any role" else map(_role, roles.split(" or "))
                yield from ((role, _name(step), one) for role in named for one in kinds)

    def signers(self) -> Iterator[tuple[str, list[tuple[str, set[str], set[str]]]]]:
        """Of each step its signatures: what each means, who gives it, and who of them from afar."""
        for step, _taken_by, signed_by in self.places[1:]:
            rules = [
                (meaning, {_role(one) for one in roles}, {_role(r) for r in roles if _afar(r)})
                for meaning, listed in re.findall("“([^”]+)”: ([^;]+)", signed_by)
                for roles in [listed.split(" or ")]
            ]
            assert len(rules) == signed_by.count("“"), signed_by
            yield _name(step), rules

    def cells(self, word: str) -> set[tuple[str, str]]:
        """Role and step of each cell of the overview that says this."""
        return {
            (role, _name(step))
            for step, *cells in self.overview[1:]
            for role, cell in zip(self.roles, cells, strict=True)
            if word in cell.split(", ")
        }


def _rows(section: str) -> Iterator[tuple[str, ...]]:
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    for line in (one for one in lines if not one.startswith("| ---")):
        yield tuple(line.removeprefix("| ").removesuffix(" |").split(" | "))


def _name(step: str) -> str:
    """The name of a step, which stands behind its title."""
    return step.rpartition("(`")[2].removesuffix("`)")


def _role(words: str) -> str:
    return words.removesuffix(" (any site)").replace(" ", "_")


def _afar(words: str) -> bool:
    return words.endswith(" (any site)")


@cache
def published(name: str) -> Matrix:
    """The document of a definition."""
    return Matrix.of(name)


@cache
def standing(name: str) -> tuple[Workflow, Facts]:
    """A therapy of this definition, at which every kind of site takes part."""
    told = facts()
    return packaged_workflow(name), replace(told, therapy=replace(told.therapy, workflow=name))


def holding(role: str, unit: Unit, n: int = 0) -> Person:
    """Who holds this role at this unit, and no other."""
    return cast.a_person(f"{role}-{unit.id}-{n}", (role, unit))


def is_among_the_tasks(name: str, step: str, actor: Person, unit: Unit) -> bool:
    """The engine does not say that the role is lacking; nor that it could not be asked."""
    workflow, told = standing(name)
    decision = decide(workflow, Request(cast.COI_A, step, actor, unit), told)
    assert decision.draft is None  # nothing was scanned, entered or signed
    return "actor_may_do_this" not in {reason.guard for reason in decision.refusals}


@each_definition
def test_the_document_has_each_step_of_the_definition(name):
    """None is left out, and none is of another definition."""
    of_definition = [*standing(name)[0].actions]

    assert [_name(row[0]) for row in published(name).places[1:]] == of_definition
    assert [_name(row[0]) for row in published(name).overview[1:]] == of_definition


@each_definition
def test_a_role_takes_the_steps_of_the_published_matrix_and_no_other(name):
    """Each step by each role, at each kind of site."""
    taken = {
        (role, step, kind)
        for role in published(name).roles
        for kind, unit in UNIT_OF.items()
        for step in standing(name)[0].actions
        if is_among_the_tasks(name, step, holding(role, unit), unit)
    }

    assert taken == set(published(name).takers())
    assert {(role, step) for role, step, _kind in taken} == published(name).cells("acts")


@each_definition
def test_a_role_that_is_held_next_door_takes_no_step(name):
    """It is held at a unit, and acts there: not at another one of the same site."""
    taken = [
        (role, step)
        for role in published(name).roles
        for step in standing(name)[0].actions
        if is_among_the_tasks(name, step, holding(role, NEXT_DOOR), cast.WARD)
    ]

    assert taken == []


@each_definition
def test_a_role_gives_the_signatures_of_the_published_matrix_and_no_other(name):
    """Here or next door; of another site that takes part where the matrix says so; else not."""
    given: set[tuple[str, str]] = set()
    for step, rules in published(name).signers():
        unit = place_of(name, step)
        next_door = replace(unit, id="next-door")
        for n, (_meaning, roles, from_afar) in enumerate(rules):
            for role in published(name).roles:
                signed = [
                    is_taken_as_signed(name, step, (rules, n), holding(role, one), unit)
                    for one in (unit, next_door, far_from(unit), cast.OTHER_WARD)
                ]
                may, may_from_afar = role in roles, role in from_afar
                assert signed == [may, may, may_from_afar, False], (step, n, role)
                given |= {(role, step)} if may else set()

    assert given == published(name).cells("signs")


def place_of(name: str, step: str) -> Unit:
    """Where a step is taken, by the matrix."""
    return UNIT_OF[next(kind for _role, of, kind in published(name).takers() if of == step)]


def far_from(unit: Unit) -> Unit:
    """A unit of another site that takes part."""
    return next(one for one in UNIT_OF.values() if one.site != unit.site)


def is_taken_as_signed(
    name: str,
    step: str,
    asked: tuple[list[tuple[str, set[str], set[str]]], int],
    who: Person,
    unit: Unit,
) -> bool:
    """The n-th signature is by this person, the others by those who give them."""
    rules, n = asked
    people = [holding(min(roles), unit, i + 1) for i, (_meaning, roles, _afar) in enumerate(rules)]
    people[n] = who
    signings = tuple(
        Signing(one, meaning) for one, (meaning, *_) in zip(people, rules, strict=True)
    )
    workflow, told = standing(name)
    request = Request(cast.COI_A, step, who, unit, signings=signings)
    reasons = {reason.guard for reason in decide(workflow, request, told).refusals}
    return "every_signature_is_given" not in reasons

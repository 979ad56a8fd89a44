"""Each rule of the schema has its reason: without it, a forgery would get into the record."""

from functools import partial

import pytest

from tests.mutation.judging import is_noticed, names_of_forgeries, not_missed_on
from tests.mutation.listed import constraints, is_listed
from tests.mutation.weakenings import Weakening, locks, rules, weakenings

_TARGETS = {rule.name for rule in rules() if rule.is_target}
"""Keys that hold all of another one refuse nothing; other keys need them to refer to."""
_ONLY_ON_SQLITE = {"uq_subject_id", "uq_label_turn_voided", "uq_lineage_package"}
"""PostgreSQL asks `uq_subject_chain` first; `ck_subject_id` lets no other chain share a name. There
`ck_label_turn_change` lets no label be voided twice; the key is what `fk_label_voided` refers to.
`uq_lineage_pair` lets no package be closed twice around one thing; `fk_move_put_into` refers to the
other key.
"""


def test_every_named_constraint_refuses_a_forgery():
    """No constraint and no lock is there that nobody has tried to break."""
    named = {rule.name for rule in rules()} | set(locks())

    assert named - names_of_forgeries() == _TARGETS


def test_what_is_listed_is_a_weakening():
    """The list in docs/mutation.md speaks of the schema as it is."""
    known = [*weakenings()]

    stale = [row for row in constraints() if not any(map(partial(_is, row), known))]

    assert stale == []


@pytest.mark.soak
def test_every_weakening_is_noticed_or_listed():
    """A schema that lacks any part of any rule lets a forgery through, or stops a legal story.

    What nobody can notice is listed in docs/mutation.md with its reason.
    """
    listed = constraints()
    unlisted = [one for one in weakenings() if not is_listed(one.name, one.change, listed)]

    survived = [str(weakening) for weakening in unlisted if not is_noticed(weakening)]

    assert survived == []


def test_every_constraint_is_missed_on_postgresql(postgres_server):
    """Whatever is dropped there lets a forgery through that it had refused."""
    assert set(not_missed_on(postgres_server)) == _TARGETS | _ONLY_ON_SQLITE


def _is(row: object, weakening: Weakening) -> bool:
    return is_listed(weakening.name, weakening.change, [row])

"""What is written down of what could be done next is what the positions say, always."""

from collections import Counter
from contextlib import suppress
from random import Random

import pytest
from sqlalchemy import select

from coi.clock import rfc3339
from coi.demo.cast import PATIENTS
from coi.errors import CoiError
from coi.services.tasks import planned
from coi.services.therapies import look
from coi.store import tables as t
from coi.store.tasks import standing, task_rows
from tests.journeys.worlds import Databases, copy_of
from tests.journeys.written import misplanned


@pytest.fixture
def performer(lives, migrated_file, tmp_path):
    """The cast, in a world of therapies that went through a good deal, for this test alone."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as acting:
        yield acting


def test_what_is_written_is_what_the_positions_say(lives):
    """For every therapy of a world in which much went wrong."""
    assert misplanned(lives.performer.installation) == []


@pytest.mark.parametrize("seed", range(3))
def test_it_is_so_after_every_step_of_a_random_walk(performer, seed):
    """Whatever is done next, and whatever is refused: two therapies of two patients."""
    random, taken = Random(seed), Counter()
    cois = [performer.order(patient) for patient in PATIENTS[:2]]
    for _ in range(60):
        coi = random.choice(cois)
        possible = look(performer.installation, coi).next_actions
        usual = [action for action in possible if not action.is_rare]
        action = random.choice(usual if usual and random.random() < 0.9 else possible)
        with suppress(CoiError, LookupError):
            performer.do(coi, action.name)
            taken[action.name] += 1
        assert misplanned(performer.installation, cois) == []

    assert len(taken) > 8


def test_a_subject_stands_where_it_stands_since_it_came_there(lives):
    """Neither a signature nor a value puts a deadline off: only a new state or another holder."""
    installation = lives.performer.installation
    coi = lives.cois["positive after infusion"]

    def came(tx):
        at = {}
        joined = (t.entry.c.chain == t.move.c.chain) & (t.entry.c.seq == t.move.c.seq)
        moves = select(t.move, t.entry.c.happened_at).join_from(t.move, t.entry, joined)
        for row in tx.execute(moves.where(t.move.c.chain == coi).order_by(t.move.c.seq)):
            left = (row.from_state, row.holder_before, row.consignee_before)
            if left != (row.to_state, row.holder_after, row.consignee_after):
                at[row.subject] = row.happened_at
        return at

    expected, found = installation.read(lambda tx: (came(tx), standing(tx, coi)))

    assert {name: rfc3339(since) for name, (_subject, since) in found.items()} == expected


def test_tasks_that_are_as_they_were_are_not_written_again(lives):
    """Planning the same again changes nothing, and stores no row twice."""
    installation, coi = lives.performer.installation, lives.cois["on hold"]

    stored, again = installation.read(
        lambda tx: (task_rows(tx, coi), planned(tx, installation, coi))
    )

    assert stored == again
    assert {row[4] for row in stored} == {"all"}

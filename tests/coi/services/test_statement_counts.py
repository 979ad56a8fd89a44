"""How often a handoff asks the database; more than that is noticed here, before it is felt."""

import pytest
from sqlalchemy import event

from benchmarks.clinic import leg_after, new_clinic, open_clinic

LOCKS = {"sqlite": 0, "postgresql": 1}  # on SQLite it is taken as the transaction begins
READS = 9  # request, person, label before and behind the lock, therapy, subjects, sites, links,
# and whether the site asks for its own devices
WRITES = 5  # entry, signature, move, position, request
PLANS = 9  # what stands where, who takes part, the tasks so far; those that are gone, and the new;
# what is said of when something rings, the alarms so far; those that are gone, and the new


@pytest.fixture
def statements_of_two_legs(engine):
    """What a release and then an acceptance send, after the same was done once before."""
    (bag, *_) = new_clinic(engine, 1)
    clinic = open_clinic(engine)
    for _ in range(4):
        clinic.hand_over(bag, clinic.turn_of(bag), f"warm {clinic.turn_of(bag)}")
    turn, legs = clinic.turn_of(bag), []
    event.listen(engine, "before_cursor_execute", lambda *told: legs[-1].append(told[2]))
    for each in (turn, turn + 1):
        legs.append([])
        clinic.hand_over(bag, each, f"key {each}")
    assert [leg_after(turn).action, leg_after(turn + 1).action] == [
        "release_custody",
        "accept_custody",
    ]
    return legs


def test_a_handoff_sends_so_many_statements(engine, statements_of_two_legs):
    """What takes the lock, reads, writes and plans; accepting records a value more."""
    release, accept = map(len, statements_of_two_legs)

    handoff = LOCKS[engine.dialect.name] + READS + WRITES + PLANS
    assert (release, accept) == (handoff, handoff + 1)


def test_no_query_is_planned_each_time(statements_of_two_legs):
    """A parameter as LIMIT makes SQLite plan the query anew; it costs as much as six queries."""
    sent = " ".join(statement for leg in statements_of_two_legs for statement in leg)

    assert "LIMIT 1" in sent
    assert "LIMIT ?" not in sent
    assert "LIMIT %" not in sent

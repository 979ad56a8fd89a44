"""What starts the clocks of a page of therapies is found along indexes, however much there is."""

from coi.store import facts, running
from tests.plans import heard, walked

COI = "TEST-1"


def test_no_growing_table_is_walked_for_the_clocks_of_a_page(engine):
    """Nor for who had a step in hand, which guards ask."""
    with heard(engine) as sent, engine.connect() as connection:
        running.started(connection, [COI], ["lot"])
        facts.history(connection, COI)

    assert len(sent) == 4
    with engine.connect() as connection:
        assert [walked(connection, *one) for one in sent] == [set()] * len(sent)


def test_of_no_therapy_nothing_is_asked(engine):
    """An empty list of work asks for no clock."""
    with heard(engine) as sent, engine.connect() as connection:
        assert running.started(connection, [], []) == {}

    assert sent == []

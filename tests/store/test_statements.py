"""Statements that go past SQLAlchemy: what they find is the same, and so is what goes wrong."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from coi.store import people, registers
from coi.store.engine import read, write


def unit_of_nobody(connection):
    """A query that finds nothing, and needs a connection that lives."""
    return people.unit(connection, "nowhere")


def test_a_lost_connection_is_an_error_once_and_no_longer_after_it(
    postgres_engine, postgres_server
):
    """The broken one is thrown away: the next use case gets another."""

    def ask_after_it_was_cut():
        with write(postgres_engine) as connection:
            pid = connection.connection.driver_connection.info.backend_pid
            postgres_server.command(f"SELECT pg_terminate_backend({pid})")
            unit_of_nobody(connection)

    with pytest.raises(OperationalError) as lost:
        ask_after_it_was_cut()

    assert lost.value.connection_invalidated
    with write(postgres_engine) as connection:
        assert unit_of_nobody(connection) is None


def test_a_connection_that_was_cut_while_it_waited_is_not_used(postgres_engine, postgres_server):
    """Its server said so, or the system: nobody is told of a restart before (F-06)."""
    with read(postgres_engine) as connection:
        pid = connection.connection.driver_connection.info.backend_pid

    postgres_server.command(f"SELECT pg_terminate_backend({pid}, 5000)")

    with read(postgres_engine) as connection:
        assert unit_of_nobody(connection) is None
        assert connection.connection.driver_connection.info.backend_pid != pid


def test_postgresql_plans_what_is_looked_for_often_only_once(postgres_engine):
    """What its driver has prepared outlives the looks in which it was sent."""
    for _ in range(8):
        with read(postgres_engine) as connection:
            unit_of_nobody(connection)

    with read(postgres_engine) as connection:
        prepared = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements")
        assert any("unit" in statement for (statement,) in prepared)


def test_a_refusal_of_the_database_shows_no_parameters(engine):
    """An error's text goes into logs, and a parameter may be a name."""
    with pytest.raises(IntegrityError) as refused, write(engine) as connection:
        registers.add_party(connection, "O'Brien", "of no known kind")

    assert "ck_party_kind" in str(refused.value)
    assert "[parameters" not in str(refused.value)


def test_whoever_listens_hears_every_statement_and_finds_the_same(engine):
    """The tests cut handoffs short between any two of them."""
    heard = []
    event.listen(engine, "before_cursor_execute", lambda *told: heard.append(told[2]))
    with read(engine) as connection:
        assert unit_of_nobody(connection) is None

    assert [text for text in heard if "FROM unit" in text]

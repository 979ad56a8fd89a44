"""What a load balancer asks: does the process live, and can work be done here now."""

from dataclasses import replace
from threading import Event
from time import monotonic

import pytest

from coi.app import create_app
from coi.services.installation import Installation
from coi.services.readiness import NO_ANSWER, OK, Readiness, Ready, readiness_of
from coi.services.seen import Standstill
from coi.store.condition import may_be_written
from coi.store.engine import open_engine

RIGHT = Ready({"database": OK})


@pytest.fixture
def installation(clinic) -> Installation:
    """An installation where nothing was treated yet."""
    return clinic.installation


def test_the_process_answers_without_its_database(installation):
    """A database that is away is no reason to start the process anew."""
    away = open_engine("sqlite+pysqlite:////nowhere/coi.sqlite3")
    asked = create_app(replace(installation, engine=away)).test_client()

    assert asked.get("/healthz").json == {"status": "ok"}


def test_it_is_ready_where_everything_can_be_saved(app):
    """Each check has its word, and nobody is remembered by a cookie."""
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["ready"]) == (200, True)
    assert set(answer.json["checks"].values()) == {"ok"}
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_head_is_enough_and_a_post_is_refused(app, path):
    """A probe need not read anything, and changes nothing."""
    asked = app.test_client()

    assert (asked.head(path).status_code, asked.head(path).data) == (200, b"")
    assert asked.post(path).status_code == 404


def a_replica(installation, _folder):
    """A database whose file we may only read; for root, one that is not there."""
    away = open_engine("sqlite+pysqlite:////proc/nothing/coi.sqlite3")
    return replace(installation, engine=away)


def a_full_disk(installation, _folder):
    """The disk failed while we ran."""
    installation.disk.failed = True
    return installation


def an_older_record(installation, _folder):
    """The record is shorter than it was."""
    return replace(installation, standstill=Standstill("it has 3 entries, and 5 were seen"))


def a_newer_record(installation, _folder):
    """The database was migrated by a newer program."""
    with installation.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    return installation


SPOILT = [
    (a_replica, "database"),
    (a_full_disk, "disk"),
    (an_older_record, "record"),
    (a_newer_record, "schema"),
]


@pytest.mark.parametrize(("spoil", "check"), SPOILT, ids=lambda one: getattr(one, "__name__", one))
def test_it_is_not_ready_where_something_stands_in_the_way(installation, tmp_path, spoil, check):
    """The check is named, and nothing else is told: neither a path nor an error's text."""
    asked = create_app(spoil(installation, tmp_path)).test_client()

    answer = asked.get("/readyz")

    assert (answer.status_code, answer.json["ready"]) == (503, False)
    assert answer.json["checks"][check] == "failed"
    assert set(answer.json["checks"].values()) <= {"ok", "failed", "not asked"}


def test_asking_often_looks_once_a_second():
    """Whoever asks a thousand times takes nothing from those who work."""
    looks = []

    def look() -> Ready:
        looks.append(1)
        return RIGHT

    ready = Readiness(look)
    answers = {id(ready.answer()) for _ in range(1000)}

    assert (len(looks), len(answers)) == (1, 1)


def test_a_database_that_hangs_is_waited_for_once(monkeypatch):
    """The first who asks waits a little, the next not at all, and no thread is added."""
    monkeypatch.setattr("coi.services.readiness.PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("coi.services.readiness.FRESH_SECONDS", 0.0)
    goes_on = Event()
    ready = Readiness(lambda: RIGHT if goes_on.wait(60) else NO_ANSWER)

    began = monotonic()
    hung = [ready.answer() for _ in range(1000)]
    took = monotonic() - began
    goes_on.set()
    ready._under_way.result(60)  # noqa: SLF001 - so that the next look is a new one

    assert (set(map(id, hung)), took < 20) == ({id(NO_ANSWER)}, True)
    assert ready.answer() is RIGHT


def test_a_replica_of_a_server_takes_no_writes(postgres_engine):
    """A server that only reads is not ready; one that writes is."""
    with postgres_engine.connect() as connection:
        writes = may_be_written(connection)
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        reads = may_be_written(connection)

    assert (writes, reads) == (True, False)


def test_readiness_is_looked_up_on_a_server_too(installation, postgres_engine):
    """The same checks, with the other database."""
    there = replace(installation, engine=postgres_engine)

    assert readiness_of(there).is_ready

"""A label that grows old while somebody who has scanned it waits for the therapy's lock."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from coi.clock import parse_rfc3339, rfc3339
from coi.demo.cast import PATIENTS, STAFF
from coi.demo.chapters import OUT, play
from coi.demo.performer import Wish
from coi.errors import Refused
from coi.services.acting import taken
from coi.services.therapies import look
from tests.journeys.asking import act, ids
from tests.journeys.worlds import Databases, build_world, copy_of

A_WHILE = 60
BY_THE_MANUFACTURER = tuple(one.username for one in STAFF if one.username not in {"mia", "milo"})
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def performer(migrated_file, postgres_server, tmp_path):
    """Everybody, on PostgreSQL, where readers wait for nobody."""
    databases = Databases(migrated_file, postgres_server)
    world = build_world(databases, tmp_path / "empty")
    with copy_of(databases, world, tmp_path) as acting:
        yield acting


def an_earlier_expiry(performer, coi, bag):
    """Ask to correct the expiry of a bag by a minute."""
    known = look(performer.installation, coi).values
    expiry = next(v.content for v in known if (v.subject, v.field) == (bag, "expires_at"))
    content = rfc3339(parse_rfc3339(expiry) - timedelta(minutes=1))
    told = {"of": "expires_at", "content": content, "on": bag}
    wish = Wish(values=told, avoid=BY_THE_MANUFACTURER)
    return performer.request(coi, "correct_value", wish)


def somebody_waits(performer):
    """Wait until another transaction waits for a lock."""
    until = time.monotonic() + A_WHILE
    while time.monotonic() < until:
        with performer.installation.engine.connect() as connection:
            if connection.execute(WAITING).scalar_one():
                return
        time.sleep(0.01)
    pytest.fail("nobody waits")


def meanwhile(performer, first, second):
    """Take the first step; the second has scanned by then, and waits until the first is saved."""
    with ThreadPoolExecutor(1) as pool:

        def work(tx):
            done = taken(tx, performer.installation, *first)
            waiting = pool.submit(act, performer, second)
            somebody_waits(performer)
            return done, waiting

        _, waiting = performer.installation.transact(work)
        return waiting.exception(A_WHILE)


@pytest.mark.parametrize(
    ("first", "code"),
    [("correct_value", "LABEL_SHOWS_OLD_VALUE"), ("relabel", "OLD_LABEL")],
)
def test_a_label_counts_as_it_is_when_the_step_is_decided(performer, first, code):
    """What was corrected, or labelled anew, between the scan and the lock is not missed."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, OUT)
    bag = ids(performer, coi, "product", "released")[0]
    moving = performer.request(coi, "release_custody", Wish(on=(bag,), to="works-store"))
    earlier = an_earlier_expiry(performer, coi, bag)
    if first == "relabel":
        act(performer, earlier)
        earlier = performer.request(coi, "relabel", Wish(on=(bag,), values={"label_says": ""}))

    told = meanwhile(performer, earlier, moving)

    assert isinstance(told, Refused)
    assert code in [refusal.code for refusal in told.refusals]

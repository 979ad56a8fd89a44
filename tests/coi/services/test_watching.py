"""What is new is verified again and again, and what is found is on record and stops a release."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.services.doubt import in_doubt_since
from coi.services.upkeep import VERIFY, WHOLE, last_done
from coi.services.watching import Watch
from coi.store.engine import open_engine, write
from tests.coi.clinic import NOW


def at(installation, minutes):
    """The same installation, so many minutes after its hour."""
    now = NOW + timedelta(hours=1, minutes=minutes)
    return replace(installation, clock=SteppedClock(now, timedelta(0)))


def spoil(installation):
    """Somebody changes a row past the product."""
    engine = open_engine(installation.settings.database_url)
    with write(engine) as connection:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'attestation'"
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(
            "UPDATE attestation SET role = 'courier' WHERE kind = 'role' AND role = 'coordinator'"
        )
    engine.dispose()


@pytest.fixture
def watched(clinic):
    """An installation that was verified as a whole at its hour."""
    Watch(at(clinic.installation, 0)).step()
    return clinic.installation


def test_the_first_look_is_at_the_whole_and_later_ones_at_what_is_new(watched):
    """Each when its time has come, and not before (TL-20)."""
    whole = last_done(watched.settings, WHOLE)

    early, due = Watch(at(watched, 14)).step(), Watch(at(watched, 15)).step()

    assert (early, due) == (False, True)
    assert last_done(watched.settings, VERIFY).at == at(watched, 15).clock.now()
    assert last_done(watched.settings, WHOLE) == whole
    assert watched.read(in_doubt_since) == ""


def test_what_was_changed_past_the_product_is_found_and_on_record(watched, caplog):
    """Within a quarter of an hour: an alarm, and the reason why nothing is released (F-17)."""
    spoil(watched)

    Watch(at(watched, 15)).step()

    assert watched.read(in_doubt_since)
    assert not last_done(watched.settings, VERIFY).passed
    assert "verification_failed" in [record.message for record in caplog.records]


def test_what_is_found_again_is_not_told_twice(watched):
    """The record holds what is news."""
    spoil(watched)
    Watch(at(watched, 15)).step()
    since = watched.read(in_doubt_since)

    Watch(at(watched, 30)).step()

    assert watched.read(in_doubt_since) == since

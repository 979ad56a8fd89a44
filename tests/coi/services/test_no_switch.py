"""No setting switches the record off: what is done under it is on record (DI-06)."""

from dataclasses import replace

import pytest

from coi.errors import CoiError
from coi.services import sites
from coi.services.installation import open_installation
from coi.settings import Settings, declared_settings
from coi.store.size import entries_in
from tests.coi.clinic import QUICK, copied

WORDS = (
    *("", "off", "on", "no", "none", "false", "0", "1", "-1", "30", "64", "1000", "999999999"),
    *("OFF", "NORMAL", "EXTRA", "json", "/dev/null", "/nowhere/file", "localhost", "127.0.0.1"),
    *("tcp://127.0.0.1:1", "smtp://127.0.0.1:1", "sqlite+pysqlite:////dev/shm/none.sqlite3"),
    *("AAAA", "ES256", "de", "a@example.org", "x" * 40, "https://coi.example.org"),
)

PLACES = {"COI_HOME", "COI_DATABASE_URL", "COI_VAULT_KEY_FILE"}
"""Which record it is; none of the words names one."""


@pytest.fixture(scope="module")
def clinic(first_clinic, tmp_path_factory):
    """One for all of them."""
    found = copied(first_clinic, tmp_path_factory.mktemp("switch") / "home")
    yield found
    found.installation.engine.dispose()


def done_under(clinic, environ):
    """How many entries come of something that is done so; None where nothing starts."""
    try:
        settings = Settings.from_environment(environ)
        if not settings.home.is_dir():
            return None
        opened = open_installation(settings)
    except CoiError:
        return None
    installation = replace(opened, clock=clinic.installation.clock, hasher=QUICK)
    try:
        before = installation.read(entries_in)
        number = f"unit-{before}"
        sites.register_unit(installation, clinic.root, number, "north", "A unit")
        return installation.read(entries_in) - before
    finally:
        opened.engine.dispose()


@pytest.mark.parametrize("name", [one.name for one in declared_settings()])
def test_no_setting_keeps_an_entry_from_being_written(clinic, name):
    """A word that a setting takes changes nothing of that; any other stops the start."""
    home = {"COI_HOME": str(clinic.installation.settings.home)}

    found = {word: done_under(clinic, {**home, name: word}) for word in WORDS}

    assert set(found.values()) <= {None, 1}
    assert (1 in found.values()) is (name not in PLACES)

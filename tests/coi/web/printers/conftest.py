"""The small world of the pages, on whose machine printers may be."""

from dataclasses import replace

import pytest

from coi.services.printers import every_printer
from coi.settings import Settings
from tests.coi.web.printers.registering import register
from tests.printer9100 import a_printer


@pytest.fixture
def installation(performer):
    """The installation, on whose machine printers may be."""
    home = str(performer.installation.settings.home)
    settings = Settings.from_environment({"COI_HOME": home, "COI_PRINTER_ALLOW": "127.0.0.1"})
    return replace(performer.installation, settings=settings)


@pytest.fixture
def printer():
    """A printer that prints each label once."""
    with a_printer() as there:
        yield there


@pytest.fixture
def desk(someone, printer, installation):
    """A printer that was registered: its id."""
    assert register(someone("queenie"), printer.address).status_code == 303
    return installation.read(every_printer)[0].id

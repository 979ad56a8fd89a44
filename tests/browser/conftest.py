"""One browser for each process that runs tests; houses that are served, and people in them."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import ORDERED, collected, play
from tests.browser.house import KEYS_OF_THE_HOUSE, House, begun_long_ago, house_of, things_of
from tests.browser.line import stands_by
from tests.browser.looking import look_at
from tests.browser.person import Person
from tests.coi.lives import played
from tests.fixtures import DATABASES
from tests.journeys.worlds import Databases, build_world

CALM = (
    "--no-sandbox",  # there is none for the system's first user
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 820, "height": 1180}


def program() -> str:
    """Chromium; without the frame of a desktop around each page a device costs a quarter."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert found, "Chromium is not installed; scripts/install_system_packages test"
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's browser; it looks for nothing in the network."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=CALM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory, migrated_file) -> Iterator[House]:
    """Therapies that went through a good deal, served from a file."""
    folder = tmp_path_factory.mktemp("sqlite-house")
    lived = played(migrated_file, folder, begun_long_ago())
    with house_of(Databases(migrated_file), lived, folder / "served") as house:
        yield replace(house, things=things_of(house))


@pytest.fixture(scope="session")
def postgres_house(tmp_path_factory, migrated_file, postgres_server) -> Iterator[House]:
    """Sites, units and people, and no therapy yet, served from PostgreSQL by two processes."""
    folder = tmp_path_factory.mktemp("postgres-house")
    databases = Databases(migrated_file, postgres_server)
    (folder / "empty").mkdir()
    empty = build_world(databases, folder / "empty", begun_long_ago())
    with house_of(databases, empty, folder / "served") as house:
        yield house


@pytest.fixture(params=DATABASES)
def house(request) -> House:
    """A served world in a database of each kind; each test orders therapies of its own in it."""
    return request.getfixturevalue(f"{request.param}_house")


PATIENCE_MS = 60_000
"""Of whoever waits for a page: how fast it is, is measured elsewhere; here the machine is busy."""

expect.set_options(timeout=PATIENCE_MS / 2)
Someone = Callable[..., Person]


@pytest.fixture
def people(chromium) -> Iterator[Callable[..., Person]]:
    """Give people, each with a device of their own; at the end nothing went wrong on any."""
    here: list[Person] = []

    def arrive(house: House, username: str, **device: object) -> Person:
        context = chromium.new_context(
            **{"base_url": house.served.url, "viewport": WIDE, "locale": "en-GB", **device}
        )
        context.set_default_timeout(PATIENCE_MS)
        person = Person.at(username, context)
        here.append(person)
        return person

    yield arrive
    for person in here:
        person.context.close()
    assert {p.username: p.troubles for p in here if p.troubles} == {}


@pytest.fixture
def someone(people) -> Someone:
    """Give people who have signed in."""

    def arrive(house: House, username: str, **device: object) -> Person:
        person = people(house, username, **device)
        person.sign_in(KEYS_OF_THE_HOUSE if username == "root" else PASSWORD)
        return person

    return arrive


@pytest.fixture
def at_device(house, people, request) -> Callable[..., Person]:
    """Give somebody at a device of their site that was registered for them."""

    def arrive(username: str, unit: str = "north-ward", **device: object) -> Person:
        person = people(house, "root", **device)
        person.sign_in(KEYS_OF_THE_HOUSE)
        person.open("/devices")
        person.page.select_option("#unit", unit)
        person.page.fill("#name", f"Tablet {request.node.name} {username}"[:90])
        person.page.fill("#password", KEYS_OF_THE_HOUSE)
        person.press("Register")
        person.username = username
        person.sign_in()
        stands_by(person)
        return person

    return arrive


@pytest.fixture
def glance(pictures) -> Callable[[Person, str], None]:
    """Look at whatever somebody sees, by the name that its picture gets: nothing is wrong."""

    def at(person: Person, name: str) -> None:
        assert look_at(person, re.sub("[^a-z0-9]+", "-", name.lower()), pictures) == []

    return at


@pytest.fixture
def coi(house: House) -> str:
    """A therapy whose cells are in the hands of the cell laboratory."""
    coi = house.performer.order(PATIENTS[2])
    play(house.performer, coi, (*ORDERED, *collected(1)))
    return coi

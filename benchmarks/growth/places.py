"""A record that was made, opened to be worked in: by the use cases, and by its pages.

Whatever is measured is done to therapies that are ordered now, through the use cases: so they are
as long in a small record as in a large one.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import cycle

from flask import Flask
from sqlalchemy import select

from benchmarks.clinic import LEGS, Bag, Clinic
from benchmarks.growth.making import Place
from benchmarks.growth.workshop import Salted, key_of
from benchmarks.handoffs import WARM, handing_over, walk_on
from benchmarks.measure import Work
from benchmarks.pages import Browser, scanning
from coi.app import create_app
from coi.clock import SteppedClock, parse_rfc3339
from coi.demo.cast import PATIENTS, STAFF
from coi.demo.chapters import ORDERED, SEEN_AND_CLOSED, collected, play
from coi.demo.performer import Performer
from coi.services.installation import Installation
from coi.services.proofs import JustProven, person_of
from coi.services.therapies import look
from coi.services.vault import INDEXED, Vault
from coi.services.verifying import MEMORY, verify_new
from coi.store import tables as t
from coi.store.engine import read
from coi.store.facts import newest_time
from coi.store.size import heads_in
from coi.store.transactions import Transaction
from coi.store.verified import Reached, remember

THERAPIES, CROWD = 12, 50
"""So many to hand over; and so many more, each with an exception, that every list fills a page."""

_SEEN = SEEN_AND_CLOSED[0]
_LATER = timedelta(days=30)
_STEP = timedelta(milliseconds=20)
"""What passes with each look at the clock: the record's own day goes on while it is measured."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A record with therapies that were just ordered and collected."""

    clinic: Clinic
    bags: list[Bag]
    browsers: Mapping[str, Browser]
    app: Flask

    def operations(self) -> dict[str, Work]:
        """What is measured, by name."""
        return {
            "a signed handoff, in process": handing_over(self.clinic, self.bags),
            "a code in the scan box": scanning(self.browsers["leo"], self.bags),
            "the page of a therapy": self._getting(f"/therapies/{bag.coi}" for bag in self.bags),
            "the values of a therapy": self._getting(
                f"/therapies/{bag.coi}/values" for bag in self.bags
            ),
            "my work": self._getting(["/"]),
            "all work at my sites": self._getting(["/?which=all"]),
            "all work of one therapy": self._getting(
                f"/?which=all&coi={bag.coi}" for bag in self.bags
            ),
            "the exceptions": self._getting(["/exceptions"]),
        }

    def take_as_verified(self) -> None:
        """Remember the record as verified, which takes minutes where it is large."""
        installation = self.clinic.installation
        file = installation.settings.vault_key_file.with_name(MEMORY)
        heads, newest = installation.read(lambda tx: (heads_in(tx), newest_time(tx)))
        remember(file, heads, Reached(newest), whole=True)

    def verify_new(self) -> int:
        """Verify what was added since it was last verified; returns how many entries were read."""
        new = verify_new(self.clinic.installation)
        assert new is not None
        assert new.verdict.holds, new.verdict.findings[:3]
        return new.verdict.entries

    def _getting(self, paths: Iterable[str]) -> Work:
        """Each call asks for the next of these pages."""
        browser, queue = self.browsers["carla"], cycle(paths)
        return lambda: got(browser, next(queue))


def got(browser: Browser, path: str) -> None:
    """Ask for a page, without what a test client adds."""
    path, _, query = path.partition("?")
    told: list[str] = []
    answer = browser.app.wsgi_app(
        {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": browser._cookie,  # noqa: SLF001 - what the browser holds
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
        },
        lambda status, _headers, _error=None: told.append(status) or told.append,
    )
    b"".join(answer)
    assert told[0].startswith("200"), told


def opened(place: Place, therapies: int = THERAPIES, crowd: int = CROWD) -> Opened:
    """Open it some weeks after its newest entry; order and collect therapies, and walk on a bit."""
    installation = _installation(place)
    performer = installation.read(lambda tx: _performer(tx, installation))
    for number in range(crowd):
        play(performer, _ordered(performer, number), (*ORDERED, *collected(1), _SEEN))
    bags = [bag for number in range(therapies) for bag in _collected(performer, number)]
    usernames = dict.fromkeys(leg.username for leg in LEGS)
    proven = {username: performer.proven[username] for username in usernames}
    clinic = Clinic(installation, proven)
    for bag in bags:
        for _ in range(WARM):
            walk_on(clinic, bag)
    app = create_app(installation)
    return Opened(clinic, bags, {name: Browser(app, name) for name in (*usernames, "carla")}, app)


def _installation(place: Place) -> Installation:
    engine = place.engine()
    vault = Vault(key_of(place.seed), secrets.token_bytes)
    with read(engine) as tx:
        begins = parse_rfc3339(newest_time(tx)) + _LATER
    clock = SteppedClock(begins, _STEP)
    return Installation(place.settings, engine, clock, secrets.token_bytes, Salted(), vault)


def _performer(tx: Transaction, installation: Installation) -> Performer:
    """Who acts for everybody that the world has."""
    found = [person_of(tx, one.username) for one in STAFF]
    proven = {
        one.person.username: JustProven(one.person.username, one.person.id, one.credential)
        for one in found
    }
    shipper = select(t.attestation.c.about).where(t.attestation.c.kind == "shipper")
    return Performer(installation, proven, tx.execute(shipper).scalars().first() or "-")


def _ordered(performer: Performer, number: int) -> str:
    """A therapy for somebody new."""
    someone = {**PATIENTS[number % len(PATIENTS)], INDEXED: secrets.token_hex(8)}
    return performer.order(someone)


def _collected(performer: Performer, number: int) -> Iterator[Bag]:
    """Order a therapy for somebody new, and collect it into one bag."""
    coi = _ordered(performer, number)
    play(performer, coi, (*ORDERED, *collected(1)))
    view = look(performer.installation, coi)
    for subject in view.subjects.values():
        if subject.machine == "material":
            yield Bag(coi, subject.id, view.labels[subject.id][-1])

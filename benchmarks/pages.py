"""A signed handoff as its last screen is sent, and a scanned code: from request to answer.

The application is asked in this process, as a server asks it; what a server adds is no part of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count, cycle
from typing import Protocol
from urllib.parse import urlencode

from flask import Flask

from benchmarks.clinic import Bag, Clinic, Leg, leg_after
from benchmarks.handoffs import WARM, handing_over, walk_on
from benchmarks.measure import Row, Work, cpu_ms, interleaved, ratio, spread
from coi.app import create_app
from coi.demo.cast import PASSWORD

ROUNDS = 400


def rows(clinic: Clinic, bags: Sequence[Bag]) -> Iterator[Row]:
    """CPU of a handoff by its page, interleaved with the same without a page; and of a scan."""
    for bag in bags:
        for _ in range(WARM):
            walk_on(clinic, bag)
    app = create_app(clinic.installation)
    browsers = {username: Browser(app, username) for username in clinic.proven}
    half = len(bags) // 2
    by_page = Handing(browsers, clinic, bags[:half])
    bare_work = handing_over(clinic, bags[half:])
    paged, bare = interleaved(by_page.sign, bare_work, ROUNDS, ready=by_page.as_far_as_signing)
    yield Row("a signed handoff by its last screen, password apart", spread(paged))
    yield Row("... as a multiple of the handoff itself", f"{ratio(paged, bare):.2f}")
    scan = scanning(browsers["leo"], bags)
    yield Row("a code in the scan box", spread([cpu_ms(scan) for _ in range(ROUNDS)]))


@dataclass(slots=True)
class Browser:
    """One person's browser, signed in; it costs next to nothing itself."""

    app: Flask
    username: str
    password: str = PASSWORD
    location: str = field(init=False, default="")  # where the last answer led
    _token: str = field(init=False)
    _cookie: str = field(init=False)

    def __post_init__(self) -> None:
        """Sign in, and keep the cookie and the token of the forms."""
        client = self.app.test_client()
        given = {"username": self.username, "password": self.password}
        client.post("/sign-in", data={"csrf_token": _token(client.get("/sign-in").text), **given})
        self._token = _token(client.get("/").text)
        cookie = client.get_cookie("coi")
        assert cookie is not None
        self._cookie = f"coi={cookie.value}"

    def send(self, path: str, fields: Mapping[str, str]) -> str:
        """Send a form; returns the status of the answer."""
        body = urlencode({"csrf_token": self._token, **fields}).encode()
        told: list[str] = []
        answer = self.app.wsgi_app(
            {
                "REQUEST_METHOD": "POST",
                "SCRIPT_NAME": "",
                "PATH_INFO": path,
                "QUERY_STRING": "",
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "HTTP_HOST": "localhost",
                "HTTP_COOKIE": self._cookie,
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.url_scheme": "http",
                "wsgi.input": BytesIO(body),
            },
            lambda status, headers, _error=None: self._hear(told, status, headers),
        )
        b"".join(answer)
        return told[0]

    def _hear(self, told: list[str], status: str, headers: list[tuple[str, str]]) -> object:
        """Keep the status of an answer, and where it leads."""
        told.append(status)
        self.location = dict(headers).get("Location", self.location)
        return told.append


class Sends(Protocol):
    """A browser as far as a handoff needs one."""

    username: str
    password: str

    @property
    def location(self) -> str:
        """Where the last answer led."""

    def send(self, path: str, fields: Mapping[str, str]) -> str:
        """Send a form; returns the status of the answer."""


def _token(page: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


class Handing:
    """Hands one bag after the other over, screen by screen; the last screen signs."""

    def __init__(
        self, browsers: Mapping[str, Browser], clinic: Clinic, bags: Sequence[Bag]
    ) -> None:
        self._browsers = browsers
        self._turns = {bag: clinic.turn_of(bag) for bag in bags}
        self._numbers, self._queue = count(), cycle(bags)
        self._last: Work | None = None

    def as_far_as_signing(self) -> None:
        """Begin with the next bag, and answer every screen but the last."""
        bag = next(self._queue)
        key = f"page-{next(self._numbers):024}"
        leg = leg_after(self._turns[bag])
        self._last = up_to_signing(self._browsers[leg.username], bag, leg, key)
        self._turns[bag] += 1

    def sign(self) -> None:
        """Sign: the step is taken, and recorded."""
        assert self._last is not None
        self._last()


def up_to_signing(browser: Sends, bag: Bag, leg: Leg, key: str) -> Work:
    """Answer every screen of a handoff but the last, which what is returned sends: it signs."""
    told = {"key": key, "unit": leg.unit}
    assert browser.send(f"/therapies/{bag.coi}/actions/{leg.action}", told).startswith("303")
    scanned = {"code": f"{bag.serial}/{bag.coi}", "how": "scanned"}
    accepts = leg.action == "accept_custody"
    asked = {"value-condition": "intact"} if accepts else {"consignee": leg.to}
    for version, fields in enumerate((scanned, {"done": "1"}, asked, {}), start=1):
        answer = browser.send(browser.location, {"version": str(version), **fields})
        assert answer.startswith("303")
    path = browser.location
    signed = {
        "signer-1-username": browser.username,
        "signer-1-password": browser.password,
    }

    def sign() -> None:
        assert browser.send(path, {"version": "5", **signed}).startswith("303")

    return sign


def scanning(browser: Browser, bags: Sequence[Bag]) -> Work:
    """Each call looks the next bag up."""
    queue = cycle(bags)

    def one() -> None:
        bag = next(queue)
        assert browser.send("/scan", {"code": f"{bag.serial}/{bag.coi}"}).startswith("200")

    return one

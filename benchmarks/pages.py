"""A signed handoff as its last screen is sent, and a scanned code: from request to answer.

The application is asked in this process, as a server asks it; what a server adds is no part of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count, cycle
from urllib.parse import urlencode

from flask import Flask

from benchmarks.clinic import Bag, Clinic, leg_after
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
    location: str = field(init=False, default="")  # where the last answer led
    _token: str = field(init=False)
    _cookie: str = field(init=False)

    def __post_init__(self) -> None:
        """Sign in, and keep the cookie and the token of the forms."""
        client = self.app.test_client()
        given = {"username": self.username, "password": PASSWORD}
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
        self._sent: tuple[Browser, str, str] | None = None

    def as_far_as_signing(self) -> None:
        """Begin with the next bag, and answer every screen but the last."""
        bag = next(self._queue)
        leg = leg_after(self._turns[bag])
        browser = self._browsers[leg.username]
        told = {"key": f"page-{next(self._numbers):024}", "unit": leg.unit}
        begun = browser.send(f"/therapies/{bag.coi}/actions/{leg.action}", told)
        assert begun.startswith("303")
        accepts = leg.action == "accept_custody"
        scanned = {"code": f"{bag.serial}/{bag.coi}", "how": "scanned"}
        asked = {"value-condition": "intact"} if accepts else {"consignee": leg.to}
        for version, fields in enumerate((scanned, {"done": "1"}, asked, {}), start=1):
            answer = browser.send(browser.location, {"version": str(version), **fields})
            assert answer.startswith("303")
        self._sent = (browser, browser.location, leg.username)
        self._turns[bag] += 1

    def sign(self) -> None:
        """Sign: the step is taken, and recorded."""
        assert self._sent is not None
        browser, path, username = self._sent
        told = {"version": "5", "signer-1-username": username, "signer-1-password": PASSWORD}
        assert browser.send(path, told).startswith("303")


def scanning(browser: Browser, bags: Sequence[Bag]) -> Work:
    """Each call looks the next bag up."""
    queue = cycle(bags)

    def one() -> None:
        bag = next(queue)
        assert browser.send("/scan", {"code": f"{bag.serial}/{bag.coi}"}).startswith("200")

    return one

"""A person's browser over HTTP, as far as the pages need one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from benchmarks.beside.load import Line
from coi.demo.cast import PASSWORD


@dataclass(slots=True)
class Visitor:
    """One signed-in person; what is sent carries the cookie and the token of the forms."""

    port: int
    username: str
    password: str = PASSWORD
    location: str = ""  # where the last answer led
    line: Line = field(init=False)
    _token: str = ""

    def __post_init__(self) -> None:
        """Sign in at the door."""
        self.line = Line(self.port)
        self._take(self.line.must(200, "GET", "/sign-in"))
        told = self.send("/sign-in", {"username": self.username, "password": self.password})
        assert told.startswith("302"), told
        self._take(self.line.must(200, "GET", "/"))

    def send(self, path: str, fields: Mapping[str, str]) -> str:
        """Send a form; returns the status of the answer."""
        body = urlencode({"csrf_token": self._token, **fields})
        form = "application/x-www-form-urlencoded"
        status, _told = self.line.ask("POST", path, body, {"Content-Type": form})
        self._keep_cookie()
        where = urlsplit(self.line.last.get("location", self.location))
        self.location = where.path + (f"?{where.query}" if where.query else "")
        return str(status)

    def _take(self, page: bytes) -> None:
        """The token of the first form of a page."""
        self._keep_cookie()
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.decode())
        assert found is not None
        self._token = found[1]

    def _keep_cookie(self) -> None:
        if cookie := self.line.last.get("set-cookie"):
            self.line.headers["Cookie"] = cookie.partition(";")[0]

"""Ourselves as programs use us, under `/api/v1`: a grant signs one request, and JSON is read."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from benchmarks.beside.load import Line, Work
from benchmarks.beside.ours import HASHED, Served
from benchmarks.beside.rounds import Contender
from benchmarks.beside.words import HANDOFF, HISTORY, WITH_HASH, WORK_LIST, Base
from benchmarks.clinic import MEANINGS, Bag, Leg, a_handoff
from benchmarks.peers.ring import PASSWORD as REAL_PASSWORD
from coi.demo.cast import PASSWORD
from labels.identifiers import PAYLOAD_SEPARATOR

ROOT = "/api/v1"
ROWS = 50  # of a list: as many as the peers show
MOST = 100  # of entries: all that the peers give in one answer fit in
_NOT_FOUND = 404


def has_interface(served: Served) -> bool:
    """This version answers programs at all."""
    line = Line(served.port)
    status, _told = line.ask("GET", f"{ROOT}/sessions/current")
    line.close()
    return status != _NOT_FOUND


def by_a_program(served: Served, base: Base) -> Contender:
    """Ourselves as programs use us."""
    entries = f"{ROOT}/therapies/{served.bags[-1].coi}/entries?limit={MOST}"
    operations = {
        HANDOFF: _Handing(served, {"nina": PASSWORD, "leo": PASSWORD}, {}).granted,
        WITH_HASH: _Handing(served, dict.fromkeys(HASHED, REAL_PASSWORD), HASHED).granting,
        HISTORY: lambda _client, number: _getting(served, "leo", entries, number, all_of_it=True),
        WORK_LIST: lambda _client, number: _getting(
            served, "carla", f"{ROOT}/therapies?limit={ROWS}", number
        ),
    }
    return Contender("ours, by a program", base.with_database(served.process), operations)


def _getting(
    served: Served, username: str, path: str, number: int, *, all_of_it: bool = False
) -> list[Work]:
    """The same list so many times, in a session of its own: one page, or every page of it."""
    line = _signed_in(served, username, PASSWORD)

    def work() -> None:
        found = json.loads(line.must(200, "GET", path))
        while all_of_it and found["next"]:
            found = json.loads(line.must(200, "GET", f"{path}&cursor={found['next']}"))

    return [work] * number


def _signed_in(served: Served, username: str, password: str) -> Line:
    """A connection whose requests are somebody's; new for each burst, as a program's own is."""
    line = Line(served.port, {"Content-Type": "application/json"})
    served.lines.append(line)
    told = json.dumps({"username": username, "password": password})
    token = json.loads(line.must(201, "POST", f"{ROOT}/sessions", told))["token"]
    line.headers["Authorization"] = f"Bearer {token}"
    return line


@dataclass(slots=True)
class _Handing:
    """Handoffs that a grant signs."""

    served: Served
    passwords: Mapping[str, str]
    colleagues: Mapping[str, str]  # who takes whose place

    def granted(self, client: int, number: int) -> list[Work]:
        """The grants are given before, and not counted."""
        ready = []
        for one in self._prepared(client, number):
            grant = one.grant()
            ready.append(lambda one=one, grant=grant: one.hand_over(grant))
        return ready

    def granting(self, client: int, number: int) -> list[Work]:
        """Each asks for its grant with the password, and uses it: two requests."""
        return [
            lambda one=one: one.hand_over(one.grant()) for one in self._prepared(client, number)
        ]

    def _prepared(self, client: int, number: int) -> list["_Request"]:
        lines = {
            name: _signed_in(self.served, self.colleagues.get(name, name), password)
            for name, password in self.passwords.items()
        }
        ready = []
        for slot in self.served.slots(client, number):
            bag = self.served.bags[slot]
            leg = self.served.next_leg(bag)
            ready.append(_request(lines[leg.username], bag, leg, self.passwords[leg.username]))
        return ready


@dataclass(frozen=True, slots=True)
class _Request:
    """One step as it is sent, and what is needed to have it signed."""

    line: Line
    path: str
    key: str
    body: str
    meaning: str
    password: str

    def grant(self) -> str:
        """Let this request, and no other, be signed."""
        told = f"POST\n{self.path}\n{self.key}\n\n{self.body}"  # nothing was seen before
        digest = sha256(told.encode()).hexdigest()
        wanted = {"password": self.password, "meaning": self.meaning, "request_sha256": digest}
        given = self.line.must(201, "POST", f"{ROOT}/grants", json.dumps(wanted))
        return str(json.loads(given)["grant"])

    def hand_over(self, grant: str) -> None:
        """Take the step."""
        told = {"Idempotency-Key": self.key, "Signature-Grant": grant}
        self.line.must(201, "POST", self.path, self.body, told)


def _request(line: Line, bag: Bag, leg: Leg, password: str) -> _Request:
    """The leg as a program sends it."""
    key = f"beside-{secrets.token_hex(12)}"
    wanted = a_handoff(bag, leg, key)
    code = f"{bag.serial}{PAYLOAD_SEPARATOR}{bag.coi}"
    body = {
        "unit": wanted.unit,
        "codes": [{"raw": code, "how": "scanned", "device": "-"}],
        "values": dict(wanted.values),
        "consignee": wanted.consignee,
    }
    path = f"{ROOT}/therapies/{bag.coi}/actions/{leg.action}"
    return _Request(line, path, key, json.dumps(body), MEANINGS[leg.action], password)

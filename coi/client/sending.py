"""How a request is sent: under a key, signed by grants, and once more where the network failed.

What is sent again is the same to the last byte, under the same key: it has one effect.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Generic, TypeVar

import httpx

from coi.client.problem import Problem, Unanswered

ROOT = "/api/v1"
TRIES = 4
LONGEST_WAIT = 10.0
"""Seconds: whoever stands at a patient is told sooner that it does not work."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_LETTERS, _RANDOM_BITS = 26, 80

T = TypeVar("T")
Sign = Callable[[str], str]
"""Gives the grant that signs the request with this digest."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """What was looked at, with the tag by which a step says what it rests on."""

    answer: T
    tag: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that is about to be given: what it means, and how its grant is had."""

    meaning: str
    sign: Sign = field(repr=False)


def version_tag(version: int) -> str:
    """The tag of a version of an errand."""
    return f'"{version}"'


def digest_of(method: str, path: str, key: str, seen: str, body: bytes) -> str:
    """What a grant is bound to: the SHA-256 of method, path, key, `If-Match` and body."""
    lines = (one.encode() for one in (method, path, key, seen))
    return sha256(b"\n".join((*lines, body))).hexdigest()


def new_key() -> str:
    """A key that nobody has used: a ULID, of the time and 80 random bits."""
    number = (time.time_ns() // 1_000_000 << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    return "".join(_LETTERS[(number >> 5 * n) & 31] for n in reversed(range(_ULID_LETTERS)))


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as a method of the client asks for it."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, object] = field(default_factory=dict)
    writes: bool = False
    key: str = ""
    seen: str = ""
    signatures: Sequence[Signature] = ()


class Connection:
    """A server, and by whose session or token it is asked."""

    def __init__(
        self,
        base_url: str,
        token: str = "",
        *,
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.token = token
        self.first: Callable[[], object] | None = None  # what is done before anything is asked
        self._http = httpx.Client(base_url=base_url, transport=transport, timeout=30)
        self._wait = wait

    def close(self) -> None:
        """Close what is open."""
        self._http.close()

    def ask(self, call: Call) -> Any:  # noqa: ANN401 - what the description says of this call
        """What is answered, as plain values.

        Raises:
            Problem: it was not done, and why not.
            Unanswered: nobody knows whether it was done; the same key finds it out.
        """
        return self._answered(call).json()

    def look(self, call: Call) -> Seen[Any]:
        """The same, with its tag."""
        answer = self._answered(call)
        return Seen(answer.json(), answer.headers.get("ETag", ""))

    def fetch(self, call: Call) -> bytes:
        """What is answered as a document."""
        return self._answered(call).content

    def do(self, call: Call) -> None:
        """Ask for what is answered with nothing."""
        self._answered(call)

    def _answered(self, call: Call) -> httpx.Response:
        if self.token and (first := self.first) is not None:
            # It asks something itself; where it fails, it is done again before the next call.
            self.first = None
            try:
                first()
            except BaseException:
                self.first = first
                raise
        request = self._request(call)
        is_harmless = call.writes or call.method == "GET"
        answer = self._sent(request, TRIES if is_harmless else 1)
        if answer.is_error:
            raise Problem.of(answer)
        return answer

    def _request(self, call: Call) -> httpx.Request:
        """The request, whole: it is built once, however often it is sent."""
        body = b"" if call.body is None else json.dumps(call.body).encode()
        query = {name: _text(value) for name, value in call.query.items() if value is not None}
        headers = {"Accept": "application/json, application/pdf, application/problem+json"}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if call.seen:
            headers["If-Match"] = call.seen
        if call.writes:
            headers["Idempotency-Key"] = call.key or new_key()
        request = self._http.build_request(
            call.method, ROOT + call.path, params=query or None, content=body, headers=headers
        )
        if call.signatures:
            request.headers["Signature-Grant"] = ", ".join(_grants(request, call.signatures))
        return request

    def _sent(self, request: httpx.Request, tries: int) -> httpx.Response:
        """The answer; sent again after a while where none came, or where the server was busy."""
        for n in range(1, tries + 1):
            try:
                answer = self._http.send(request)
            except httpx.TransportError as error:
                if n == tries:
                    raise Unanswered(request.headers.get("Idempotency-Key", "")) from error
                self._wait(min(LONGEST_WAIT, 0.2 * 2**n))
                continue
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or n == tries:
                return answer
            self._wait(min(LONGEST_WAIT, _seconds(answer)))
        raise AssertionError(tries)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _seconds(answer: httpx.Response) -> float:
    told = answer.headers.get("Retry-After", "1")
    return float(told) if told.isdigit() else 1.0


def _grants(request: httpx.Request, signatures: Sequence[Signature]) -> list[str]:
    """A grant of each signer, for this request and no other."""
    query = request.url.query.decode()
    path = f"{request.url.path}?{query}" if query else request.url.path
    key = request.headers.get("Idempotency-Key", "")
    seen = request.headers.get("If-Match", "")
    digest = digest_of(request.method, path, key, seen, request.content)
    return [one.sign(digest) for one in signatures]

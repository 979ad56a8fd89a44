"""Closed-loop clients: each sends its next request when the last was answered."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, RemoteDisconnected
from threading import Barrier, Thread
from types import MappingProxyType

from benchmarks.beside.processes import cpu_seconds

Work = Callable[[], object]
Ready = Callable[[int, int], Sequence[Work]]
"""Makes so many calls ready for a client of this number; what that takes is not counted.

A client alone has the number 0; of several each has its own, from 1.
"""


@dataclass(slots=True)
class Burst:
    """What the clients did together: CPU of the servers, and the wall time of each call."""

    cpu_ms: float
    wall_ms: list[float]
    failed: list[str] = field(default_factory=list)

    @property
    def each_ms(self) -> float:
        """CPU of one operation."""
        return self.cpu_ms / len(self.wall_ms)


class Failed(AssertionError):
    """A server answered otherwise than it should have."""


def burst(roots: Sequence[int], work: Sequence[Sequence[Work]]) -> Burst:
    """Let each client make its calls, all clients at once; the clients' own CPU is not counted.

    Raises:
        Failed: a call failed; a figure of those that did not would say nothing.
    """
    barrier, done = Barrier(len(work) + 1), Burst(0.0, [])
    threads = [Thread(target=_send, args=(calls, barrier, done)) for calls in work]
    for thread in threads:
        thread.start()
    before = cpu_seconds(roots)
    barrier.wait()
    for thread in threads:
        thread.join()
    done.cpu_ms = (cpu_seconds(roots) - before) * 1000
    if done.failed:
        raise Failed(done.failed[0])
    return done


def _send(calls: Sequence[Work], barrier: Barrier, done: Burst) -> None:
    barrier.wait()
    for call in calls:
        started = time.perf_counter()
        try:
            call()
        except Exception as error:  # noqa: BLE001 - it is raised again where the burst is waited for
            done.failed.append(repr(error))
            return
        done.wall_ms.append((time.perf_counter() - started) * 1000)


@dataclass(slots=True)
class Line:
    """A connection that is kept open, with what stands in the head of each request."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)  # the head of the last answer
    _connection: HTTPConnection | None = None

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> tuple[int, bytes]:
        """Send one request; returns the status and the body of the answer."""
        told = {**self.headers, **more}
        for attempt in (1, 2):
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self._connection.request(method, path, body, told)
                answer = self._connection.getresponse()
            except (BrokenPipeError, RemoteDisconnected):
                # The server ends a connection over which nobody asked for a while.
                self.close()
                if attempt == 2:
                    raise
            else:
                self.last = {name.lower(): value for name, value in answer.getheaders()}
                return answer.status, answer.read()
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End it; asked again, it begins anew."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def must(
        self,
        status: int,
        method: str,
        path: str,
        body: str | bytes | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> bytes:
        """The same, where one status is right.

        Raises:
            Failed: it was another.
        """
        found, told = self.ask(method, path, body, more)
        if found != status:
            raise Failed(f"{method} {path}: {found} {told[:300]!r}")
        return told

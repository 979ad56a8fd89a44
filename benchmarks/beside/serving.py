"""Servers on this machine, each in a process of its own, all gone at the end."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 60


class NotServed(Exception):
    """A server did not begin to listen; it says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server runs: its folder, its environment, and the file for what it says."""

    folder: Path
    environ: Mapping[str, str]
    said: Path


@contextmanager
def serving(words: Sequence[str], place: Place) -> Iterator[tuple[int, int]]:
    """A server that is told its port as the last word; yields its process and its port.

    Raises:
        NotServed: it ended, or does not listen.
    """
    port = _free_port()
    with place.said.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - the servers that are measured
            [*words, "--port", str(port)],
            cwd=place.folder,
            env=dict(place.environ),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        _wait_for(port, process, place.said)
        yield process.pid, port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with its workers, which may outlive it
        process.wait()


def granian(python: Path, served: str, workers: int) -> list[str]:
    """The command of granian as our own server runs it, for another application."""
    told = ["--interface", "wsgi", "--workers", str(workers), "--blocking-threads", "16"]
    quiet = ["--no-ws", "--no-access-log", "--log-level", "error", "--host", "127.0.0.1"]
    return [str(python), "-m", "granian", *told, *quiet, served]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NotServed(said.read_text()[-300:])
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            time.sleep(0.5)  # it listens a moment before its workers answer
            return
        time.sleep(0.1)
    raise NotServed(f"nothing listens on {port}: {said.read_text()[-300:]}")

"""What happens is on a second machine before anybody is answered (SEC-46)."""

import json
import logging
import os
import re
import signal
import socket
import threading

import pytest

from coi.collector import collector_of
from coi.events import tell
from coi.logs import JSON, write_logs
from tests.serving import a_kept_port, answer_of, environ_of, serving

HEAD = re.compile(rb"^<(\d+)>1 \S+Z \S+ coi \d+ (\S+) - (\{.*\})$")


class Collector:
    """A second machine: it takes what comes, and counts by the length before each line."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.got = b""
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        """Take each connection."""
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.read, args=(connection,), daemon=True).start()

    def read(self, connection):
        """Take all that comes by it."""
        with connection:
            while came := connection.recv(65536):
                self.got += came

    def lines(self):
        """Each whole line, as its length says."""
        left, found = self.got, []
        while left:
            number, _, rest = left.partition(b" ")
            if not rest or len(rest) < int(number):
                break  # the rest of it is on its way
            found.append(HEAD.match(rest[: int(number)]))
            left = rest[int(number) :]
        assert None not in found
        return [(int(one[1]), one[2].decode(), json.loads(one[3])) for one in found]


@pytest.fixture
def collector():
    """A machine that listens."""
    found = Collector()
    yield found
    found.server.shutdown(socket.SHUT_RDWR)
    found.server.close()


@pytest.fixture
def logging_restored():
    """The root logger is what it was, for the tests that come."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for one in root.handlers:
        if one not in before:
            one.close()
    root.handlers[:] = before
    root.setLevel(level)


def test_a_server_that_is_killed_has_told_what_it_answered(clinic, collector, tmp_path):
    """The line is there at the moment of the answer; no end of the server is needed."""
    environ = environ_of(clinic.installation.settings)
    environ["COI_LOG_COLLECTOR"] = f"tcp://127.0.0.1:{collector.port}"

    with serving(environ, tmp_path / "said", "serve") as served:
        status, _page = answer_of(served.port, "/healthz")
        os.killpg(served.process.pid, signal.SIGKILL)
        served.process.wait()

    # It may still be on its way through this machine; the server that sent it is gone.
    for _ in range(1200):
        told = [event for _, event, one in collector.lines() if one.get("endpoint")]
        if told:
            break
        threading.Event().wait(0.05)
    assert status == 200
    assert told[-1] == "request_answered"
    assert "started" in [event for _, event, _ in collector.lines()]


@pytest.mark.usefixtures("logging_restored")
def test_a_collector_that_is_away_stops_nobody_and_is_told_once(capsys):
    """What happens is written here, each time."""
    with a_kept_port() as port:
        write_logs(JSON, collector=f"tcp://127.0.0.1:{port}")
        for _ in range(20):
            tell("anchor_away", sentence="\n<0>1 forged")

    said = capsys.readouterr().err
    assert said.count("anchor_away") == 20
    assert said.count("second machine for the log is away") == 1


@pytest.mark.usefixtures("logging_restored")
def test_a_line_has_the_severity_of_its_event_and_cannot_be_forged(collector):
    """Whatever a text holds, one event is one line."""
    write_logs(JSON, collector=f"tcp://127.0.0.1:{collector.port}")

    tell("anchor_away", sentence="\n<0>1 forged")
    tell("verification_failed", findings=1)
    for _ in range(3000):
        if collector.got.count(b"verification_failed") > 1:
            break
        threading.Event().wait(0.02)

    told = [(priority, event) for priority, event, _ in collector.lines()]
    assert told == [(132, "anchor_away"), (131, "verification_failed")]


def test_lines_go_by_packets_too():
    """Where a house collects so."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as machine:
        machine.bind(("127.0.0.1", 0))
        machine.settimeout(60)
        handler = collector_of(f"udp://127.0.0.1:{machine.getsockname()[1]}")
        record = logging.LogRecord("coi", logging.WARNING, "", 0, "{}", None, None)
        handler.handle(record)
        handler.close()

        assert HEAD.match(machine.recv(2000))

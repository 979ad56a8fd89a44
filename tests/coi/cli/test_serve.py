"""`coi serve` in a process of its own, with a real server."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection

import pytest


def a_free_port():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(clinic):
    """The pages of a clinic, served; gives the port and the process."""
    port = a_free_port()
    environ = os.environ | {"COI_HOME": str(clinic.installation.settings.home)}
    command = [sys.executable, "-m", "coi.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    yield port, process
    process.kill()
    process.communicate()


def answer_of(port, path="/sign-in", seconds=30):
    """The status and the page; waits until the server listens."""
    until = time.monotonic() + seconds
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


def test_the_pages_are_served_until_they_are_stopped(server):
    """The door answers; a polite stop ends the server without an error."""
    port, process = server
    status, page = answer_of(port)

    process.send_signal(signal.SIGTERM)

    assert (status, "User name" in page) == (200, True)
    assert process.wait(timeout=20) == 0

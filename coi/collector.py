"""What the log says, sent to a second machine as it happens (SEC-46): syslog, as RFC 5424 has it.

A line is handed to the network before an answer goes out, so that it is elsewhere when this machine
is taken. It is written here in any case; while the collector is away, what it misses is here alone.
"""

import logging
import os
import platform
from datetime import UTC, datetime
from logging.handlers import DatagramHandler, SocketHandler
from urllib.parse import urlsplit

_LOCAL = 16  # the facility for what is installed on a machine
_SEVERITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_log = logging.getLogger(__name__)


def collector_of(address: str) -> SocketHandler:
    """What sends to `tcp://host:port` or `udp://host:port`."""
    at = urlsplit(address)
    handler = OverTcp if at.scheme == "tcp" else OverUdp
    return handler(str(at.hostname), at.port or 0)


def framed(record: logging.LogRecord, said: str) -> bytes:
    """One line of the log with the head that a collector sorts it by."""
    severity = next((code for level, code in _SEVERITIES if record.levelno >= level), 7)
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
    event = getattr(record, "event", "notice")
    host = platform.node() or "-"
    head = f"<{_LOCAL * 8 + severity}>1 {at[:26]}Z {host} coi {os.getpid()} {event} -"
    return f"{head} {said}".encode()


class OverTcp(SocketHandler):
    """Each line with its length before it (RFC 6587); a connection that is lost is made anew.

    A collector that is away is tried again after a second, and ever later, up to half a minute: no
    answer waits longer than that one second.
    """

    away = False

    def makePickle(self, record: logging.LogRecord) -> bytes:  # noqa: N802 - of the library
        """The line, as it goes over the wire."""
        line = framed(record, self.format(record))
        return f"{len(line)} ".encode() + line

    def send(self, s: bytes) -> None:  # type: ignore[override]
        """Send it, and say once in the log of this machine that the collector is away."""
        super().send(s)
        was, self.away = self.away, self.sock is None
        if self.away and not was:
            _log.warning("The second machine for the log is away; what happens is kept here alone.")


class OverUdp(DatagramHandler):
    """Each line in a packet; whether it arrives nobody knows."""

    def makePickle(self, record: logging.LogRecord) -> bytes:  # noqa: N802 - of the library
        """The line, as it goes over the wire."""
        return framed(record, self.format(record))

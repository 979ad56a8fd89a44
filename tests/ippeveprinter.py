"""The real printer of IPP that CUPS brings for tests: one process, on this machine alone.

It announces itself by DNS-SD, and does not start where it cannot: so it gets a message bus and an
Avahi of its own, which speak on the loopback alone.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PORTS = range(8600, 8700)
PDF, ZPL = "application/pdf", "application/vnd.zebra-zpl"
_PROGRAMS = ("ippeveprinter", "avahi-daemon", "dbus-daemon")
_BUS = Path("/run/dbus/system_bus_socket")
_AVAHI = """[server]
allow-interfaces=lo
use-ipv6=no
"""


@dataclass(frozen=True, slots=True)
class IppPrinter:
    """Where it is, and the folder in which each label that it printed becomes a file."""

    port: int
    spool: Path

    @property
    def address(self) -> str:
        """Where it is, as an administrator writes it down."""
        return f"ipp://127.0.0.1:{self.port}/ipp/print"

    def printed(self) -> list[bytes]:
        """The bytes of each label, in the order of the jobs."""
        return [file.read_bytes() for file in sorted(self.spool.rglob("*")) if file.is_file()]


@contextmanager
def an_ipp_printer(folder: Path) -> Iterator[IppPrinter]:
    """The printer, until the end of the block."""
    if lacking := [name for name in _PROGRAMS if _found(name) is None]:
        message = f"{' and '.join(lacking)} not found; `scripts/install_system_packages test`"
        raise RuntimeError(f"{message} installs what the tests need.")
    printer = IppPrinter(_free_port(), folder / "spool")
    printer.spool.mkdir()
    with ExitStack() as stack:
        _announcing(stack)
        stack.enter_context(_running(_command(printer, folder), folder / "log"))
        _wait_for(printer, folder / "log")
        yield printer


def _found(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


def _free_port() -> int:
    for port in PORTS:
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free for a printer")


def _announcing(stack: ExitStack) -> None:
    """A message bus and an Avahi, where none is running."""
    if not _BUS.exists():
        _BUS.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    (folder / "avahi.conf").write_text(_AVAHI)
    bus = [str(_found("dbus-daemon")), "--system", "--nofork", "--nopidfile"]
    avahi = [str(_found("avahi-daemon")), "-f", str(folder / "avahi.conf")]
    stack.enter_context(_running(bus, folder / "bus"))
    time.sleep(0.3)
    stack.enter_context(_running([*avahi, "--no-chroot", "--no-rlimits"], folder / "avahi"))
    time.sleep(0.7)

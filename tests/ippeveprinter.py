"""The real printer of IPP that CUPS brings for tests: one process, on this machine alone.

It announces itself by DNS-SD, and does not start where it cannot. Root gives it a message bus and
an Avahi of its own, which speak on the loopback alone; whoever else runs the tests uses those of
the machine.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PORTS = range(8600, 8700)
PDF, ZPL = "application/pdf", "application/vnd.zebra-zpl"
_PROGRAMS = ("ippeveprinter", "avahi-daemon", "dbus-daemon")
_LOCK = Path(tempfile.gettempdir()) / f"coi-ipp-printer-{os.getuid()}.lock"
_AVAHI = "[server]\nallow-interfaces=lo\nuse-ipv6=no\n"
_BUS = """<busconfig><type>system</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/>
<allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/>
<allow receive_type="method_return"/><allow receive_type="error"/>
<allow receive_type="signal"/></policy></busconfig>
"""
_OF_THE_MACHINE = Path("/run/avahi-daemon/socket")
"""There is where a machine's own Avahi runs."""
_OPEN = ("--no-chroot", "--no-rlimits")
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class IppPrinter:
    """Where it is, and the folder in which each label that it printed becomes a file."""

    port: int
    spool: Path

    @property
    def address(self) -> str:
        """Where it is, as an administrator writes it down."""
        return f"ipp://127.0.0.1:{self.port}/ipp/print"

    @property
    def encrypted_address(self) -> str:
        """The same, where nobody else reads what is said."""
        return f"ipps://localhost:{self.port}/ipp/print"

    @property
    def certificate(self) -> Path:
        """Its own, which it makes when it is first spoken to so."""
        return self.spool.parent / "localhost.crt"

    def printed(self) -> list[bytes]:
        """The bytes of each label, in the order of the jobs."""
        files = [file for file in self.spool.iterdir() if file.suffix != ".prn"]
        return [file.read_bytes() for file in sorted(files, key=_number_of)]


def _number_of(file: Path) -> int:
    """The number of a job, by which the printer calls its file."""
    return int(file.name.partition("-")[0])


@contextmanager
def an_ipp_printer() -> Iterator[IppPrinter]:
    """The printer, until the end of the block; one on the machine, so that others wait."""
    if lacking := [name for name in _PROGRAMS if _found(name) is None]:
        message = f"{' and '.join(lacking)} not found; scripts/install_system_packages test"
        raise FileNotFoundError(message)
    with ExitStack() as stack:
        fcntl.flock(stack.enter_context(_LOCK.open("w")), fcntl.LOCK_EX)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        printer = IppPrinter(_free_port(), folder / "spool")
        printer.spool.mkdir()
        is_announced = os.geteuid() != 0 and _OF_THE_MACHINE.exists()
        bus = {} if is_announced else _announcing(stack, folder)
        stack.enter_context(_running(_command(printer, folder), folder / "log", bus))
        _wait_until(lambda: _answers(printer.port), folder / "log")
        yield printer


def _command(printer: IppPrinter, folder: Path) -> list[str]:
    """Every document is kept; without a command it would take ten seconds for each."""
    printing = folder / "printing"
    printing.write_text("#!/bin/sh\nsleep 0.3\n")
    printing.chmod(0o755)
    options = ("-k", "-c", str(printing), "-d", str(printer.spool), "-K", str(folder))
    return [
        *(str(_found("ippeveprinter")), *options, "-f", f"{PDF},{ZPL}", "-n", "localhost"),
        *("-p", str(printer.port), "Label printer of a test"),
    ]


def _announcing(stack: ExitStack, folder: Path) -> Mapping[str, str]:
    """A message bus and an Avahi; returns what leads to them."""
    socket_file = folder / "bus"
    (folder / "bus.conf").write_text(_BUS.format(socket_file))
    (folder / "avahi.conf").write_text(_AVAHI)
    there = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={socket_file}"}
    bus = [str(_found("dbus-daemon")), f"--config-file={folder}/bus.conf", "--nofork"]
    stack.enter_context(_running([*bus, "--nopidfile"], folder / "bus.log", {}))
    _wait_until(socket_file.exists, folder / "bus.log")
    # Only this one needs to be root; whoever is not must be allowed to become it.
    told = [f"{name}={value}" for name, value in there.items()]
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n", "env", *told]
    avahi = [*as_root, str(_found("avahi-daemon")), "-f", str(folder / "avahi.conf")]
    log = folder / "avahi.log"
    stack.enter_context(_running([*avahi, "--no-drop-root", *_OPEN], log, there))
    _wait_until(lambda: "startup complete" in log.read_text(), log)
    return there


@contextmanager
def _running(command: list[str], log: Path, more: Mapping[str, str]) -> Iterator[None]:
    """A program, until the end of the block."""
    with log.open("w") as file:
        process = subprocess.Popen(
            command, env={**os.environ, **more}, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _wait_until(holds: object, log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.02)


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


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

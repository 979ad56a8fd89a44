"""A printer at a raw connection that does what printers do: a real server, on this machine.

It speaks as the guide of ZPL says, unless it is told to be slow, to break off, to print twice, to
swallow half of a label, or to answer nonsense (R11).
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

PORTS = range(9100, 9200)
_NO_PORT = "no port is free for a printer"
ASK, CANCEL, BEGIN, END = b"~HS", b"~JA", b"^XA", b"^XZ"


@dataclass(frozen=True, slots=True)
class State:
    """What the lamps of the printer say, and what is left in its memory."""

    paper_out: int = 0
    paused: int = 0
    formats: int = 0
    buffer_full: int = 0
    partial: int = 0
    corrupt: int = 0
    cold: int = 0
    hot: int = 0
    head_open: int = 0
    ribbon_out: int = 0
    waiting: int = 0
    remaining: int = 0

    def told(self) -> bytes:
        """The three lines, as a printer of Zebra writes them."""
        first = f"030,{self.paper_out},{self.paused},1245,{self.formats:03},{self.buffer_full},0"
        first += f",{self.partial},000,{self.corrupt},{self.cold},{self.hot}"
        second = f"001,0,{self.head_open},{self.ribbon_out},1,2,6,{self.waiting}"
        lines = (first, f"{second},{self.remaining:08},1,000", "1234,0")
        return b"".join(b"\x02" + line.encode() + b"\x03\r\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Manners:
    """How the printer behaves; by default it prints each label once, and says so."""

    before: State = State()
    after: State = State()
    pieces: int = 1  # how many labels come out of one that was sent
    reads_at_most: int | None = None  # of a label, before it closes the connection
    closes_after: bool = False  # once it has the whole label
    closes_first: bool = False  # before it is asked anything
    silent_first: bool = False
    silent_after: bool = False
    garbage_first: bytes = b""
    garbage_after: bytes = b""
    busy_answers: int = 0  # so often it says after a label that it is not done yet
    drips: float = 0.0  # seconds between two bytes of an answer
    on_label: Callable[[str], None] = lambda _moment: None  # told "begun" and "taken"


@dataclass(slots=True)
class Printer:
    """What came out of it, and what it was told."""

    manners: Manners
    port: int = 0
    printed: list[bytes] = field(default_factory=list)
    received: bytes = b""
    cancelled: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        """Where it is, as an administrator writes it down."""
        return f"socket://127.0.0.1:{self.port}"

    def behave(self, **manners: object) -> None:
        """Be like this from now on."""
        self.manners = replace(Manners(), **manners)

    def serve(self, connection: socket.socket) -> None:
        """One connection, until either side ends it."""
        manners, held, done, answers = self.manners, b"", False, 0
        if manners.closes_first:
            return
        while part := connection.recv(256):
            held += part
            if BEGIN in held:
                manners.on_label("begun")
            if self._is_enough(held):
                return
            if BEGIN in held and END in held:
                self._take(held)
                manners.on_label("taken")
                held, done = held.split(END, 1)[1], True
                if manners.closes_after:
                    return
            while ASK in held and BEGIN not in held:
                held = held.replace(ASK, b"", 1)
                answers += done
                self._answer(connection, done=done, answers=answers)
            self.cancelled += CANCEL in held

    def _is_enough(self, held: bytes) -> bool:
        """It breaks off in the middle of a label."""
        most = self.manners.reads_at_most
        if most is None or BEGIN not in held or len(held) < most:
            return False
        self.received += held[:most]
        return True

    def _take(self, held: bytes) -> None:
        label = held[held.index(BEGIN) : held.index(END) + len(END)]
        self.received += label
        self.printed += [label] * self.manners.pieces

    def _answer(self, connection: socket.socket, *, done: bool, answers: int) -> None:
        manners = self.manners
        if manners.silent_after if done else manners.silent_first:
            return
        state = manners.after if done else manners.before
        if done and answers <= manners.busy_answers:
            state = State(formats=1)
        garbage = manners.garbage_after if done else manners.garbage_first
        told = garbage or state.told()
        if not manners.drips:
            connection.sendall(told)
            return
        for byte in told:
            if self.over.wait(manners.drips):
                return
            connection.sendall(bytes([byte]))


@contextmanager
def a_printer(**manners: object) -> Iterator[Printer]:
    """A printer that is there until the end of the block."""
    printer = Printer(Manners(**manners))  # type: ignore[arg-type]
    with _at_a_port(_listening) as listener:
        printer.port = listener.getsockname()[1]
        threading.Thread(target=_accept, args=(listener, printer), daemon=True).start()
        try:
            yield printer
        finally:
            printer.over.set()
            # Whoever waits in `accept` would keep the port.
            listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def one_that_is_off() -> Iterator[str]:
    """The address of a printer that is switched off: nobody listens there until the end."""
    with _at_a_port(_kept) as kept:
        yield f"socket://127.0.0.1:{kept.getsockname()[1]}"


def _kept(port: int) -> socket.socket:
    """A socket that keeps a port, so that nobody else listens there, and does not listen."""
    kept = socket.socket()
    try:
        kept.bind(("127.0.0.1", port))
    except OSError:
        kept.close()
        raise
    return kept


def _listening(port: int) -> socket.socket:
    """A socket that listens at a port."""
    return socket.create_server(("127.0.0.1", port))


def _at_a_port(opened: Callable[[int], socket.socket]) -> socket.socket:
    """A socket at the first port of printers that nobody uses."""
    for port in PORTS:
        with suppress(OSError):  # another process has it, perhaps since this moment
            return opened(port)
    raise RuntimeError(_NO_PORT)


def _accept(listener: socket.socket, printer: Printer) -> None:
    while not printer.over.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_served, args=(connection, printer), daemon=True).start()


def _served(connection: socket.socket, printer: Printer) -> None:
    with connection:
        try:
            printer.serve(connection)
        except OSError:
            return

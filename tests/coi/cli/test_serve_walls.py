"""The server itself, over TLS: what goes over the line, and what is sent to overwhelm it."""

import io
import os
import re
import socket
import ssl
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPSConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest

from coi.app import LARGEST_FORM
from tests.coi.clinic import PASSWORD, copied
from tests.serving import Served, a_certificate, environ_of, serving

GIGABYTES = 10 * 2**30
MOST_READ = 16 * LARGEST_FORM
"""Whoever sends more than this has filled the buffers of the line and of the server."""

FORM = "application/x-www-form-urlencoded"
MOST_SECONDS, MOST_MEMORY = 2.0, 64 * 2**20


@pytest.fixture(scope="module")
def served(first_clinic, tmp_path_factory) -> Iterator[Served]:
    """A clinic, served over TLS."""
    folder = tmp_path_factory.mktemp("served")
    installation = copied(first_clinic, folder / "home").installation
    installation.engine.dispose()
    certificate, secure = a_certificate(folder)
    words = ("serve", "--tls", *certificate)
    environ = environ_of(installation.settings)
    with serving(environ, folder / "said", *words, secure=secure) as found:
        yield found


# -- what goes over the line -----------------------------------------------------------------------


@dataclass
class Tapped:
    """A line to the server on which somebody listens."""

    to: int
    heard: bytearray = field(default_factory=bytearray)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        """Where to go to the server along this line."""
        port: int = self.listener.getsockname()[1]
        return port

    def listen(self) -> None:
        """Hand on whatever comes, both ways, and keep it."""
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._hand_on, args=(one, other), daemon=True).start()

    def _hand_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError), one, other:
            while piece := one.recv(65_536):
                self.heard += piece
                other.sendall(piece)


@pytest.fixture
def tapped(served) -> Iterator[Tapped]:
    """Somebody between the browser and the server."""
    line = Tapped(served.port)
    with line.listener:
        Thread(target=line.listen, daemon=True).start()
        yield line


@dataclass
class Browser:
    """Whoever works at the pages over TLS; `seen` is all that they sent and were shown."""

    port: int
    secure: ssl.SSLContext
    cookie: str = ""
    token: str = ""

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = FORM) -> tuple[int, str]:
        """Send a request; the status and the page."""
        # Over TLS a form says where it stands.
        there = f"https://127.0.0.1:{self.port}/"
        headers = {"Cookie": self.cookie, "Referer": there, "Content-Type": kind}
        line = HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.secure)
        with closing(line):
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            page = answer.read().decode()
        self.cookie = (answer.headers.get("Set-Cookie") or self.cookie).partition(";")[0]
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self.token = found[1] if found else self.token
        return answer.status, page

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Come in by the door."""
        self.ask("GET", "/sign-in")
        told = {"csrf_token": self.token, "username": username, "password": password}
        assert self.ask("POST", "/sign-in", urlencode(told).encode())[0] == 302


def test_whoever_listens_on_the_line_reads_nothing(served, tapped):
    """Neither who signs in with what, nor the cookie, nor a page, nor an address (P11-30)."""
    carla = Browser(tapped.port, served.secure)

    carla.sign_in("carla")
    _status, page = carla.ask("GET", "/")

    session = carla.cookie.partition("=")[2]
    secrets = ("carla", urlencode({"password": PASSWORD}), session, "csrf_token", "Cookie", "<html")
    assert "Carla" in page
    assert len(session) > 20
    assert len(tapped.heard) > len(page) // 8
    assert [one for one in secrets if one.encode() in tapped.heard] == []


def test_whoever_speaks_no_tls_is_told_nothing(served):
    """A browser that asks in clear gets no page, and no cookie."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as line:
        line.sendall(b"GET /sign-in HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        with suppress(ConnectionError):
            answer = line.recv(4096)

    assert b"HTTP" not in answer
    assert b"Sign in" not in answer


# -- what is sent to overwhelm it ------------------------------------------------------------------


@dataclass
class Load:
    """What the server has used: of processors, and of memory at its most."""

    pids: list[int]
    seconds: float
    resident: int

    @classmethod
    def of(cls, served: Served) -> "Load":
        """As it is now; the most of memory is counted from here on."""
        pids = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
        ours = [pid for pid in pids if _group(pid) == served.process.pid]
        for pid in ours:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        return cls(ours, sum(map(_seconds, ours)), sum(_memory(pid, "VmRSS") for pid in ours))

    def since(self) -> tuple[float, int]:
        """How many seconds of a processor, and how much more memory at its most, since then."""
        most = sum(_memory(pid, "VmHWM") for pid in self.pids)
        return sum(map(_seconds, self.pids)) - self.seconds, most - self.resident


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _group(pid: int) -> int:
    try:
        return int(_stat(pid)[2])
    except OSError:  # it has ended meanwhile
        return -1


def _seconds(pid: int) -> float:
    return sum(map(int, _stat(pid)[11:13])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int, what: str) -> int:
    told = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+) kB", told)[1]) * 1024


@pytest.mark.parametrize(
    "length",
    [f"Content-Length: {GIGABYTES}", "Transfer-Encoding: chunked"],
    ids=["said", "chunked"],
)
def test_ten_gigabytes_are_refused_and_not_read(served, length):
    """Whoever sends a stream without an end is answered, or cut off, after a few megabytes."""
    before = Load.of(served)
    piece = b"x" * 65_536
    framed = piece if "Length" in length else b"%x\r\n%s\r\n" % (len(piece), piece)
    head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\n{length}\r\n"
    head += f"Content-Type: {FORM}\r\n\r\n"

    sent, answer = 0, b""
    plain = socket.create_connection(("127.0.0.1", served.port), timeout=20)
    with served.secure.wrap_socket(plain, server_hostname="127.0.0.1") as line:
        line.sendall(head.encode())
        with suppress(OSError):
            while sent < GIGABYTES:
                line.sendall(framed)
                sent += len(framed)
                assert sent < MOST_READ, "it goes on being read"
        with suppress(OSError):
            answer = line.recv(4096)

    seconds, memory = before.since()
    assert answer[:12] in {b"", b"HTTP/1.1 413", b"HTTP/1.1 400"}
    assert seconds < MOST_SECONDS
    assert memory < MOST_MEMORY


def a_part(token: str, content: bytes) -> bytes:
    """A form with the token, and with a file."""
    head = '--p\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token
    head += '\r\n--p\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
    return head.encode() + content + b"\r\n--p--\r\n"


def a_bomb(unpacked: int) -> bytes:
    """A workbook of a few kilobytes that unpacks to so many bytes."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            packed.writestr(name, "<x/>")
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(unpacked // 2**20):
                sheet.write(b"0" * 2**20)
    return saved.getvalue()


def a_picture(side: int) -> bytes:
    """A picture (PNG) that says that it has so many points a side, in a few kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + end

    row, packer = bytes(1 + side // 8), zlib.compressobj(9)
    points = b"".join(packer.compress(row) for _ in range(side // 60)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*one) for one in ((b"IHDR", head), (b"IDAT", points), (b"IEND", b""))
    )


PARTS = b'--p\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 1_000_000
HUGE = {
    "a workbook that unpacks to much": lambda token: a_part(token, a_bomb(2**28)),
    "a picture of 60,000 points a side": lambda token: a_part(token, a_picture(60_000)),
    "a million parts": lambda _token: PARTS,
    "as many parts as a form is large": lambda _token: PARTS[: LARGEST_FORM - 1],
}


@pytest.mark.parametrize("name", HUGE)
def test_what_is_made_to_grow_is_refused_before_it_does(served, name):
    """By whoever may hand in a file; in two seconds, and without memory (SEC-41)."""
    carla = Browser(served.port, served.secure)
    carla.sign_in("carla")
    carla.ask("GET", "/imports/orders")
    body = HUGE[name](carla.token)
    before = Load.of(served)

    status, page = 413, ""  # it is answered before all of it is sent, and the line is closed
    with suppress(OSError):
        status, page = carla.ask("POST", "/imports/orders", body, "multipart/form-data; boundary=p")

    seconds, memory = before.since()
    assert status in {400, 413, 422}
    assert "Import all" not in page
    assert seconds < MOST_SECONDS
    assert memory < MOST_MEMORY

"""What a program asked the disk to do, call by call, as strace saw it.

Only the calls that reach the disk are told: what lies in memory beside them (an index that
processes share) is gone after a power cut, and is made anew.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_CALLS = "trace=pwrite64,write,ftruncate,fsync,fdatasync,unlink"
_LINE = re.compile(r"(?:\[?(?:pid )?\d+\]? +)?(\w+)\((.*)\) += (-?\d+)")
_PLACE = re.compile(r'(?:(\d+)<([^>]*)>(?:\(deleted\))?|"([^"]*)")(?:, (.*))?')


class Call(StrEnum):
    """What a program can ask of a disk, and that it said something was done."""

    WRITE = "write"
    SIZE = "size"
    SYNC = "sync"
    UNLINK = "unlink"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: of which file (or folder), where in it, and what."""

    call: Call
    path: str
    at: int = 0
    content: bytes = b""


def recorded(folder: Path, module: str, *arguments: str) -> list[Asked]:
    """Run a module of Python's to its end; returns what it asked the disk to do in this folder."""
    log = folder.parent / "strace.txt"
    strace = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "1000000", "-e", "signal=none"]
    subprocess.run(
        [*strace, "-e", _CALLS, "-o", log, sys.executable, "-m", module, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return [*_of_folder(log.read_text().splitlines(), str(folder.resolve()))]


def _of_folder(lines: Sequence[str], folder: str) -> Iterator[Asked]:
    for line in lines:
        if "+++" in line:
            continue
        name, arguments, returned = _groups(_LINE, line)
        number, opened, named, rest = _groups(_PLACE, arguments)
        path = _bytes(opened if named is None else named).decode()
        if name == "write" and number == "1":
            yield Asked(Call.SAID, "", 0, _bytes(rest.split('"')[1]))
        elif path.startswith(folder) and not path.endswith("-shm"):
            assert int(returned) >= 0, line
            yield _asked(name, path, rest)


def _groups(form: re.Pattern[str], text: str) -> Sequence[str]:
    found = form.fullmatch(text)
    assert found, text
    return found.groups()


def _asked(name: str, path: str, rest: str | None) -> Asked:
    if name in {"fsync", "fdatasync"}:
        return Asked(Call.SYNC, path)
    if name == "unlink":
        return Asked(Call.UNLINK, path)
    if name == "ftruncate":
        return Asked(Call.SIZE, path, int(rest))
    assert name == "pwrite64", name  # what is written without a place is not understood here
    _, content, numbers = rest.split('"')
    return Asked(Call.WRITE, path, int(numbers.split(", ")[2]), _bytes(content))


def _bytes(text: str) -> bytes:
    """What strace wrote in hexadecimal, or as it is where nothing asked for that."""
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()

"""CPU of processes with all their children, as the kernel counts it in `/proc`."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# Of a line of `stat` behind the name: parent, and the four counts of user and system time.
_PARENT, _FIRST, _BEHIND = 1, 11, 15


def cpu_seconds(roots: Iterable[int]) -> float:
    """Seconds of CPU that these processes and all below them took so far.

    A child that has ended is counted by its parent as soon as that has heard of it, so that nothing
    is lost or counted twice when a worker or a database's process ends meanwhile.
    """
    ticks, children = _of_everybody()
    return sum(ticks[pid] for pid in _below(roots, children) if pid in ticks) / _TICKS


def _of_everybody() -> tuple[dict[int, int], dict[int, list[int]]]:
    """The ticks of each process with those of its children that ended, and who its children are."""
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            told = (folder / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue
        fields = told[told.rindex(")") + 2 :].split()  # a name may hold anything but ends the last
        pid = int(folder.name)
        ticks[pid] = sum(map(int, fields[_FIRST:_BEHIND]))
        children[int(fields[_PARENT])].append(pid)
    return ticks, children


def _below(roots: Iterable[int], children: dict[int, list[int]]) -> Iterator[int]:
    """Each of them and of those below, once."""
    waiting, seen = list(roots), set[int]()
    while waiting:
        pid = waiting.pop()
        if pid not in seen:
            seen.add(pid)
            waiting.extend(children.get(pid, ()))
            yield pid

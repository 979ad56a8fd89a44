"""The two peers on Django: django-fsm-2 with its log behind a thin view, and sinpapel."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from benchmarks.beside.environments import PEERS, NotInstalled, environ, python_of
from benchmarks.beside.load import Line, Ready, Work
from benchmarks.beside.rounds import Contender
from benchmarks.beside.serving import Place, granian, serving
from benchmarks.beside.words import HANDOFF, HISTORY, WITH_HASH, WORK_LIST, Base
from benchmarks.peers.ring import NEXT, PASSWORD, STATES, TOKEN

OWN_ITEMS = 20  # that each client hands over by turns
EVENTS = 60
_JSON = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
FSM, PAPEL = "django-fsm-2 + fsm-log", "sinpapel"
LACKS: Mapping[str, Mapping[str, str]] = {
    FSM: {
        HANDOFF: "no scan, no signature, no chain, no key against sending twice, no work list kept;"
        " two conditions and a right for fifteen guards; its log says from, to, who",
        HISTORY: "plain rows: nothing signed, scanned or told; nobody's right to see it is asked",
        WORK_LIST: "what changed last, the same for everybody; not what waits for whom",
    },
    PAPEL: {
        HANDOFF: "no scan, no chain, no proof of who signs, no key against sending twice, no work"
        " list kept; its group, its flow and a row for the signature",
        HISTORY: "plain rows: nothing scanned or told",
        WORK_LIST: "it ships no list: a list of ours on its tables, what changed last for all",
    },
}


@dataclass(frozen=True, slots=True)
class _Peer:
    """How one of them is asked: its paths, what a handoff sends, and where a password goes."""

    name: str
    module: str  # of its application, and its lock file
    hand_over: str
    history: str
    work_list: str
    told: Callable[[str], Mapping[str, object]]
    lines: Callable[[bytes], Sequence[object]]


_PEERS = (
    _Peer(
        FSM,
        "fsm",
        "/items/{}/hand-over/",
        "/items/{}/history/",
        "/items/",
        lambda to: {"to": to, "description": "handed over, intact"},
        json.loads,
    ),
    _Peer(
        PAPEL,
        "papel",
        "/api/items/{}/transition/",
        "/api/items/{}/history/?page_size=100",
        "/list/",
        lambda to: {
            "target_state": to,
            "comentarios": "handed over, intact",
            "signature": {
                "backend": "manual",
                "scanned_image_path": "signature.png",
                "witness_name": "leo",
            },
        },
        lambda body: json.loads(body)["results"],
    ),
)


def django_peers() -> Mapping[str, _Peer]:
    """Both, by name."""
    return {peer.name: peer for peer in _PEERS}


@contextmanager
def a_peer(peer: _Peer, base: Base, items: int) -> Iterator[Contender]:
    """A peer with so many items, served as we are; the last item has a long history.

    Raises:
        NotInstalled, NotServed: it cannot take part here, and why.
    """
    python = python_of(peer.module)
    told = environ(BENCH_PEER=peer.module, BENCH_ITEMS=str(items), **base.for_django(peer.module))
    _begin(python, told)
    base.settle(told)
    place = Place(PEERS, told, base.folder / f"{peer.module}.log")
    with serving(granian(python, "served:application", base.workers), place) as (pid, port):
        asked = _Asked(peer, port)
        history = peer.history.format(items)
        while len(peer.lines(asked.line(0).must(200, "GET", history))) < EVENTS:
            asked.handoff(0, items)()
        operations: dict[str, Ready] = {
            HANDOFF: asked.handoffs,
            WITH_HASH: asked.proven_handoffs,
            HISTORY: lambda client, number: asked.getting(client, number, history),
            WORK_LIST: lambda client, number: asked.getting(client, number, peer.work_list),
        }
        yield Contender(peer.name, base.with_database(pid), operations, LACKS[peer.name])
        asked.close()


def _begin(python: Path, told: Mapping[str, str]) -> None:
    """Make its tables, its person and its items."""
    try:
        subprocess.run(  # noqa: S603 - our own program in the peer's environment
            [python, "begin.py"], cwd=PEERS, env=dict(told), check=True, capture_output=True
        )
    except subprocess.CalledProcessError as error:
        raise NotInstalled(error.stderr.decode()[-200:]) from error


class _Asked:
    """A peer's server as its clients ask it; each client hands over items of its own, by turns."""

    def __init__(self, peer: _Peer, port: int) -> None:
        self._peer, self._port = peer, port
        self._lines: dict[int, Line] = {}
        self._states: dict[int, str] = {}
        self._last: dict[int, int] = {}

    def line(self, client: int) -> Line:
        """The connection of a client."""
        return self._lines.setdefault(client, Line(self._port, dict(_JSON)))

    def close(self) -> None:
        """End every connection."""
        for line in self._lines.values():
            line.close()

    def getting(self, client: int, number: int, path: str) -> list[Work]:
        """The same question so many times."""
        line = self.line(client)
        return [lambda: line.must(200, "GET", path)] * number

    def handoffs(self, client: int, number: int) -> list[Work]:
        """So many handoffs."""
        return [self.handoff(client, self._next_item(client)) for _ in range(number)]

    def proven_handoffs(self, client: int, number: int) -> list[Work]:
        """The same, each with a password that is checked."""
        return [
            self.handoff(client, self._next_item(client), {"password": PASSWORD})
            for _ in range(number)
        ]

    def handoff(
        self, client: int, item: int, proof: Mapping[str, str] = MappingProxyType({})
    ) -> Work:
        """The next handoff of an item; sinpapel is asked for the password in a request before."""
        to = NEXT[self._states.get(item, STATES[0])]
        self._states[item] = to
        line, path = self.line(client), self._peer.hand_over.format(item)
        apart = bool(proof) and self._peer.name == PAPEL
        body = json.dumps({**self._peer.told(to), **({} if apart else proof)})

        def work() -> None:
            if apart:
                line.must(200, "POST", "/prove/", json.dumps(dict(proof)))
            line.must(201, "POST", path, body)

        return work

    def _next_item(self, client: int) -> int:
        """The client's items, one after the other."""
        number = self._last[client] = (self._last.get(client, -1) + 1) % OWN_ITEMS
        return 1 + client * OWN_ITEMS + number

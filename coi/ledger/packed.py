"""What is in which package, as the entries tell it: nothing is forgotten, or taken out unseen.

The tables refuse what one row can show. That a package was opened with all that is in it, and is
handed on with all that is in it, only several rows can show: they are asked here.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from workflows.packing import NOTHING

Moves = Mapping[str, Any]
_ALONG = ("releases", "accepts", "takes_back", "loses")
"""What a package does not do without everything that is in it."""
_ON_ITS_OWN = ("none", "loses")
"""What a thing does in its package: a decision on paper, or it is missing."""


class Standing(Protocol):
    """What the entries of a chain have told so far."""

    over: set[str]
    within: dict[str, set[str]]
    links: set[tuple[str, str, str]]


def faults(state: Standing, content: Moves) -> Iterator[str]:
    """What is wrong with the packages of an entry; `within` and `over` go on with it."""
    moves = {move["subject"]: move for move in content["moves"]}
    closed: dict[str, set[str]] = {}
    for link in content.get("links", ()):
        if link["relation"] == "packed_in":
            closed.setdefault(link["child"], set()).add(link["parent"])
    put_in: dict[str, set[str]] = {}
    for move in content["moves"]:
        subject = move["subject"]
        before, after = (move[side].get("inside", NOTHING) for side in ("from", "to"))
        if before == after != NOTHING and move["custody"] not in _ON_ITS_OWN:
            yield from _goes_along(moves, move, before)
        if before != after:
            yield from _taken_out(moves, subject, before)
            if after != NOTHING:
                put_in.setdefault(after, set()).add(subject)
            _lead_on(state, subject, before, after)
    if put_in != closed:
        yield "puts something else into a package than this was closed around"
    yield from _left_behind(state, moves)


def _lead_on(state: Standing, subject: str, before: str, after: str) -> None:
    if before != NOTHING:
        state.within[before].discard(subject)
    if after != NOTHING:
        state.within.setdefault(after, set()).add(subject)


def _goes_along(moves: Moves, move: Moves, package: str) -> Iterator[str]:
    """What is in a package moves with it, and as it does."""
    if package not in moves or moves[package]["custody"] != move["custody"]:
        yield f"moves {move['subject']}, which is in {package}, without it"


def _taken_out(moves: Moves, subject: str, package: str) -> Iterator[str]:
    """What is in a package comes out where that is opened."""
    if package != NOTHING and (package not in moves or moves[package]["custody"] != "ends"):
        yield f"takes {subject} out of {package}, which is not opened"


def _left_behind(state: Standing, moves: Moves) -> Iterator[str]:
    """Whatever is in a package that is opened comes out of it, and goes along where it goes."""
    state.over.update(s for s, move in moves.items() if move["custody"] in ("ends", "loses"))
    for package in moves.keys() & state.within.keys():
        custody = moves[package]["custody"]
        for subject in sorted(state.within[package] - state.over):
            if custody == "ends":
                yield f"opens {package}, and leaves {subject} in it"
            elif custody in _ALONG and moves.get(subject, {}).get("custody") != custody:
                yield f"moves {package} without {subject}, which is in it"

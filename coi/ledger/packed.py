"""What is in which package, as the entries tell it: nothing is forgotten, or taken out unseen.

The tables refuse what one row can show. That a package was opened with all that is in it, and is
handed on with all that is in it, only several rows can show: they are asked here.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from workflows.packing import NOTHING

Moves = Mapping[str, Any]
Words = dict[str, set[str]]  # subject -> the words of custody by which it moves
_ENDS = {"ends", "loses"}
_ALONG = {"releases", "accepts", "takes_back", "loses"}
"""What a package does not do without everything that is in it."""
ON_ITS_OWN = ("none", "loses")
"""What a thing does in its package: a decision on paper, or it is missing."""


class Standing(Protocol):
    """What the entries of a chain have told so far."""

    over: set[str]
    within: dict[str, set[str]]
    links: set[tuple[str, str, str]]


def faults(state: Standing, content: Moves) -> Iterator[str]:
    """What is wrong with the packages of an entry; `within` and `over` go on with it."""
    # Several moves of one subject: handed over and put on hold in one entry.
    moves: Words = {}
    for move in content["moves"]:
        moves.setdefault(move["subject"], set()).add(move["custody"])
    closed: dict[str, set[str]] = {}
    for link in content.get("links", ()):
        if link["relation"] == "packed_in":
            closed.setdefault(link["child"], set()).add(link["parent"])
    put_in: dict[str, set[str]] = {}
    for move in content["moves"]:
        subject = move["subject"]
        before, after = (move[side].get("inside", NOTHING) for side in ("from", "to"))
        if before == after != NOTHING and move["custody"] not in ON_ITS_OWN:
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


def _goes_along(moves: Words, move: Moves, package: str) -> Iterator[str]:
    """What is in a package moves with it, and as it does."""
    if move["custody"] not in moves.get(package, ()):
        yield f"moves {move['subject']}, which is in {package}, without it"


def _taken_out(moves: Words, subject: str, package: str) -> Iterator[str]:
    """What is in a package comes out where that is opened."""
    if package != NOTHING and "ends" not in moves.get(package, ()):
        yield f"takes {subject} out of {package}, which is not opened"


def _left_behind(state: Standing, moves: Words) -> Iterator[str]:
    """Whatever is in a package that is opened comes out of it, and goes along where it goes."""
    state.over.update(subject for subject, words in moves.items() if words & _ENDS)
    for package in moves.keys() & state.within.keys():
        for subject in sorted(state.within[package] - state.over):
            if "ends" in moves[package]:
                yield f"opens {package}, and leaves {subject} in it"
            elif (moves[package] & _ALONG) - moves.get(subject, set()):
                yield f"moves {package} without {subject}, which is in it"

"""What is in which package is told by several moves of an entry, and replayed from its bytes."""

from collections.abc import Callable
from typing import Any

import pytest

from coi.ledger.packed import faults
from coi.ledger.replay import CannotReplay, DoesNotFollow, State, advance
from tests.ledger.test_replay import HELD, SENT, UNBORN, Chapter, _entry, _move, a_story

BOX, BAG, OTHER = "COI/3.1", "COI/1.1", "COI/2.1"
INSIDE = HELD | {"inside": BOX}
GONE = HELD | {"state": "opened", "holder": "opened"}


def a_packed_story() -> list[Chapter]:
    """Two bags are filled, closed into a box, sent, taken back, and taken out again."""
    other = {"subject": OTHER}
    box = {"subject": BOX, "machine": "box"}
    closed = [{"child": BOX, "parent": bag, "relation": "packed_in"} for bag in (BAG, OTHER)]
    away = {**INSIDE, **SENT, "inside": BOX}
    return [
        *a_story()[:2],
        _entry(
            2,
            subjects=[{"id": OTHER, "machine": "bag", "origin": "COI"}],
            moves=[_move("creates", 1, UNBORN, HELD, **other)],
        ),
        _entry(
            3,
            subjects=[{"id": BOX, "machine": "box", "origin": "COI"}],
            links=closed,
            moves=[
                _move("creates", 1, UNBORN, HELD, **box),
                _move("keeps", 2, HELD, INSIDE),
                _move("keeps", 2, HELD, INSIDE, **other),
            ],
        ),
        _entry(
            4,
            moves=[
                _move("releases", 2, HELD, SENT, **box),
                _move("releases", 3, INSIDE, away),
                _move("releases", 3, INSIDE, away, **other),
            ],
        ),
        _entry(
            5,
            moves=[
                _move("takes_back", 3, SENT, HELD, **box),
                _move("takes_back", 4, away, INSIDE),
                _move("takes_back", 4, away, INSIDE, **other),
            ],
        ),
        _entry(
            6,
            moves=[
                _move("ends", 4, HELD, GONE, **box, holder_kind="gone"),
                _move("keeps", 5, INSIDE, HELD),
                _move("keeps", 5, INSIDE, HELD, **other),
            ],
        ),
    ]


def tell(story: list[Chapter]) -> State:
    """The state after the last entry."""
    state = State("COI")
    for chapter in story:
        advance(state, chapter)
    return state


def test_what_is_packed_is_inside_until_it_is_opened():
    """It goes in, goes along, and comes out."""
    story = a_packed_story()

    assert tell(story[:-1]).positions[BAG].inside == BOX
    assert tell(story[:-1]).within == {BOX: {BAG, OTHER}}
    assert tell(story).positions[BAG].inside == "-"


def _leave_out(seq: int, subject: str) -> Callable[[list[Chapter]], None]:
    """One of the moves of an entry is not told."""

    def change(story: list[Chapter]) -> None:
        story[seq]["moves"] = [one for one in story[seq]["moves"] if one["subject"] != subject]

    return change


def _told(seq: int, subject: str, **changes: Any) -> Callable[[list[Chapter]], None]:
    """One of the moves of an entry is told otherwise."""

    def change(story: list[Chapter]) -> None:
        (move,) = (one for one in story[seq]["moves"] if one["subject"] == subject)
        move |= changes

    return change


FORGED = [
    (f"opens {BOX}, and leaves {OTHER} in it", _leave_out(6, OTHER)),
    (f"takes {BAG} out of {BOX}, which is not opened", _leave_out(6, BOX)),
    (f"moves {BOX} without {OTHER}, which is in it", _leave_out(4, OTHER)),
    (f"moves {BAG}, which is in {BOX}, without it", _leave_out(4, BOX)),
    ("than this was closed around", _leave_out(3, OTHER)),
    ("than this was closed around", _told(3, OTHER, to=HELD | {"inside": "COI/9.1"})),
    ("in no package", _told(2, OTHER, to=HELD | {"inside": "-"})),
]


@pytest.mark.parametrize(("reason", "forge"), FORGED)
def test_a_package_that_forgets_something_cannot_be_replayed(reason, forge):
    """Each forgery is a possible story but for one thing."""
    story = a_packed_story()
    tell(story)
    forge(story)

    with pytest.raises(CannotReplay, match=reason):
        tell(story)


def test_what_is_packed_follows_on_where_it_is():
    """A bag that is in a box does not go on as if it were in none."""
    story = a_packed_story()
    _told(4, BAG, **{"from": HELD, "to": SENT})(story)

    with pytest.raises(DoesNotFollow):
        tell(story)


def test_what_is_missing_is_lost_alone_and_the_rest_comes_out():
    """A box that arrives incomplete can be opened once the missing bag is reported lost."""
    story = a_packed_story()
    lost = {**INSIDE, "state": "lost", "holder": "lost"}
    story.insert(6, _entry(6, moves=[_move("loses", 5, INSIDE, lost, subject=OTHER)]))
    story[6]["moves"][0]["holder_kind"] = "gone"
    story[7] |= {"seq": 7}
    _leave_out(7, OTHER)(story)

    assert tell(story).positions[BAG].inside == "-"


def test_what_is_taken_back_damaged_is_put_on_hold_in_the_same_entry():
    """The box moves twice in one entry, and its contents went along with the first move."""
    story = a_packed_story()[:-1]
    held = HELD | {"stops": 1}
    box = {"subject": BOX, "machine": "box"}
    story[-1]["moves"].append(_move("none", 4, HELD, held, **box))

    assert tell(story).positions[BOX].stops == 1


def test_an_entry_without_packages_has_no_faults():
    """Where nothing is packed nothing is asked."""
    assert list(faults(State("COI"), {"moves": a_story()[3]["moves"]})) == []

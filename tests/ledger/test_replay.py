"""The bytes of a chain must tell a possible story, whatever the tables hold."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from coi.ledger.replay import CannotReplay, DoesNotFollow, State, advance
from coi.ledger.transcribed import faults_of_signers

Chapter = dict[str, Any]
UNBORN = {"version": 1, "state": "", "holder": "-", "consignee": "-", "stops": 0}
ORDERED = UNBORN | {"state": "ordered"}
HELD = UNBORN | {"state": "held", "holder": "WARD"}
SENT = HELD | {"state": "sent", "consignee": "LAB"}
TAKEN = HELD | {"holder": "LAB"}


def _entry(seq: int, **said: object) -> Chapter:
    always = {"format": 1, "chain": "COI", "seq": seq, "kind": "act", "unit": "WARD", "stops": 0}
    always |= {"action": "any", "actor": "NINA"}
    always |= {"happened_at": f"2026-01-0{seq + 1}", "recorded_at": "2026-02-01"}
    return always | {"workflow": {"name": "bags", "version": 1, "hash": "h"}} | said


def _move(custody: str, turn: int, before: Chapter, after: Chapter, **said: object) -> Chapter:
    told = {"subject": "COI/1.1", "machine": "bag", "action": custody, "turn": turn}
    return told | {"from": before, "to": after, "holder_kind": "unit", "custody": custody} | said


NEWER = {"name": "bags", "version": 2, "hash": "h2"}


def a_migration(seq: int) -> Chapter:
    """The therapy, and nothing else, moves to version 2."""
    alone = {"subject": "COI", "machine": "therapy", "holder_kind": "nobody"}
    moved = _move("none", 2, ORDERED, ORDERED | {"version": 2}, **alone)
    document = {"kind": "migrate", "version": "1", "hash": "h"}
    return _entry(seq, kind="migrate", workflow=NEWER, document=document, moves=[moved])


def a_story() -> list[Chapter]:
    """A therapy is ordered; a bag is filled, weighed, sent, accepted and infused."""
    therapy = {"coi": "COI", "patient_id": "PAT", "workflow": "bags"}
    birth = {"subject": "COI", "machine": "therapy", "holder_kind": "nobody"}
    weight = {"subject": "COI/1.1", "field": "weight", "occurrence": 1, "reason": "-"}
    weight |= {"content": "71"}
    back = {"patient": "PAT", "wristband": "W1", "holder_kind": "patient", "label": "L1"}
    return [
        _entry(
            0,
            therapy=therapy,
            subjects=[{"id": "COI", "machine": "therapy"}],
            sites=["north"],
            moves=[_move("none", 1, UNBORN, ORDERED, **birth)],
            wristbands=[{"serial": "W1", "patient": "PAT", "issue": 1}],
        ),
        _entry(
            1,
            subjects=[{"id": "COI/1.1", "machine": "bag", "origin": "COI"}],
            links=[{"child": "COI/1.1", "parent": "COI", "relation": "made_of"}],
            labels=[{"serial": "L1", "subject": "COI/1.1", "template": "bag-1"}],
            moves=[_move("creates", 1, UNBORN, HELD)],
        ),
        _entry(2, values=[weight | {"revision": 1}]),
        _entry(3, moves=[_move("releases", 2, HELD, SENT)], sites=["assay"]),
        _entry(4, moves=[_move("accepts", 3, SENT, TAKEN)], unit="LAB"),
        _entry(
            5,
            moves=[_move("ends", 4, TAKEN, TAKEN | {"holder": "PAT"}, **back)],
            unit="LAB",
            values=[weight | {"revision": 2, "reason": "ab" * 32}],
        ),
    ]


def tell(story: list[Chapter]) -> State:
    """The state after the last entry."""
    state = State("COI")
    for chapter in story:
        advance(state, chapter)
    return state


def test_a_story_leads_to_its_state():
    """Positions, values, labels and wristbands are what the entries said last."""
    state = tell(a_story())

    assert state.positions["COI/1.1"].holder == "PAT"
    assert state.values["COI/1.1", "weight", 1]["revision"] == 2
    assert state.labels == {"L1": "COI/1.1"}
    assert state.wristbands == {"W1": 1}
    assert state.sites == {"north": 0, "assay": 3}
    assert state.links == {("COI/1.1", "COI", "made_of")}


def _in(seq: int, key: str, **changes: object) -> Callable[[list[Chapter]], None]:
    def change(story: list[Chapter]) -> None:
        story[seq][key][0] |= changes

    return change


def _of(at: int, /, **changes: object) -> Callable[[list[Chapter]], None]:
    return lambda story: story[at].update(changes)


def _of_no_therapy(story: list[Chapter]) -> None:
    del story[0]["therapy"], story[0]["workflow"]


def _turned(serial: str, turn: int, before: str, after: str) -> Chapter:
    told = {"serial": serial, "turn": turn, "before": before, "after": after}
    return told | {"how": "-", "reason": "-", "pieces": 0}


A_FIRST = {"serial": "L2", "subject": "COI/1.1", "template": "bag-1"}
A_SECOND = {**A_FIRST, "replaces": "L1"}
TWINS = [
    {"id": "COI/2.1", "machine": "bag", "origin": "COI"},
    {"id": "COI/2.2", "machine": "bag", "origin": "COI/2.1"},
]
FORGED = [
    ("another format", _of(2, format=2)),
    ("entry 2", _of(3, seq=4)),
    ("count 0 stops", _of(2, stops=1)),
    ("count 1 stops", _of(2, kind="hold")),
    ("count -1 stops", _of(2, kind="lift", stops=-1)),
    ("another workflow", _of(2, workflow={"name": "cars", "version": 1})),
    ("another version", _of(2, workflow={"name": "bags", "version": 2})),
    ("a second time", _of(2, subjects=[{"id": "COI/1.1", "machine": "bag", "origin": "COI"}])),
    ("brings in north a second time", _of(3, sites=["north"])),
    ("brings in assay a second time", _of(3, sites=["assay", "assay"])),
    ("brings sites into no therapy", _of_no_therapy),
    ("below nothing", _in(1, "subjects", origin=None)),
    ("is not older", _in(1, "subjects", origin="COI/1.1")),
    ("is not older", _of(2, subjects=TWINS)),
    ("below nothing", _in(0, "subjects", id="OTHER")),
    ("below nothing", _of(2, subjects=[{"id": "COI/2.1", "machine": "bag"}])),
    ("is not older", _in(1, "links", parent="COI/1.1")),
    ("labels COI/9.9, which is not born", _in(1, "labels", subject="COI/9.9")),
    ("again", _of(2, labels=[{"serial": "L1", "subject": "COI", "template": "bag-1"}])),
    ("does not replace its newest", _of(2, labels=[A_SECOND | {"replaces": "L9"}])),
    ("does not replace its newest", _of(2, labels=[{k: A_SECOND[k] for k in A_FIRST}])),
    ("L1 is not void", _of(2, labels=[A_SECOND])),
    ("was not issued before", _of(2, label_turns=[_turned("L9", 1, "issued", "printed")])),
    ("was not issued before", _of(1, label_turns=[_turned("L1", 1, "issued", "printed")])),
    ("where the label L1 stands", _of(2, label_turns=[_turned("L1", 2, "issued", "printed")])),
    ("where the label L1 stands", _of(2, label_turns=[_turned("L1", 1, "printed", "verified")])),
    ("no issued one becomes", _of(2, label_turns=[_turned("L1", 1, "issued", "applied")])),
    ("by a label that is void", _of(2, label_turns=[_turned("L1", 1, "issued", "voided")])),
    ("another patient", _in(0, "wristbands", patient="PAT-B")),
    ("no such subject", _in(3, "moves", subject="COI/9.9")),
    ("no such subject", _in(3, "moves", machine="lot")),
    ("no such subject", _of(2, moves=[_move("creates", 1, UNBORN, HELD)])),
    ("cannot give it", _of(3, unit="LAB")),
    ("cannot give it", _in(3, "moves", to=SENT | {"consignee": "WARD"})),
    ("cannot give it", _in(3, "moves", custody="keeps")),
    ("cannot give it", _of(4, unit="WARD")),
    ("cannot give it", _in(4, "moves", to=TAKEN | {"holder": "OTHER"})),
    ("cannot give it", _in(4, "moves", custody="takes_back")),
    ("cannot give it", _in(5, "moves", patient="PAT-B")),
    ("cannot give it", _in(5, "moves", to=TAKEN | {"holder": "PAT-B"})),
    ("cannot give it", _in(5, "moves", holder_kind="unit")),
    ("cannot give it", _in(5, "moves", custody="loses")),
    ("cannot give it", _in(0, "moves", custody="creates")),
    ("does not have", _in(4, "moves", to=TAKEN | {"stops": -1})),
    ("should record revision 1", _in(2, "values", revision=2)),
    ("without a reason", _in(5, "values", reason="-")),
    ("is not born", _in(2, "values", subject="COI/9.9")),
]


@pytest.mark.parametrize(("reason", "forge"), FORGED)
def test_an_impossible_story_is_refused(
    reason: str, forge: Callable[[list[Chapter]], None]
) -> None:
    """Bytes that hash well but tell what cannot have been are found all the same."""
    story = deepcopy(a_story())
    forge(story)

    with pytest.raises(CannotReplay, match=reason):
        tell(story)


def test_a_move_from_elsewhere_is_refused():
    """A move starts where the one before it ended."""
    story = a_story()
    story[4]["moves"][0]["from"] = SENT | {"version": 2}

    with pytest.raises(DoesNotFollow):
        tell(story)


def test_a_lost_bag_and_a_lifted_hold_are_possible():
    """Stops are counted up and down, and what was sent can be lost by either side."""
    story = a_story()[:4]
    lost = _move("loses", 3, SENT, SENT | {"holder": "lost", "consignee": "-"}, holder_kind="gone")
    story += [
        _entry(4, kind="hold", stops=1),
        _entry(5, kind="lift", stops=0),
        _entry(6, moves=[lost], unit="LAB"),
    ]

    assert tell(story).positions["COI/1.1"].holder == "lost"


def test_a_label_in_place_of_a_void_one_is_the_second():
    """What is void is replaced, once, and only then."""
    story = a_story()[:2]
    void = [_turned("L1", 1, "issued", "printed"), _turned("L1", 2, "printed", "voided")]
    story.append(_entry(2, label_turns=void, labels=[A_SECOND]))

    state = tell(story)

    assert state.lives == {"L1": (2, "voided")}
    assert (state.newest, state.issues) == ({"COI/1.1": "L2"}, {"L1": 1, "L2": 2})


def test_a_migration_leads_to_another_version():
    """Moving to another version of the workflow is an entry of its own kind; the rest follows."""
    story = [*a_story(), a_migration(6), _entry(7, workflow=NEWER)]

    assert tell(story).version == 2


def test_a_migration_takes_everything_along():
    """What the patient has got stays; all else is in the newer version, or nothing is told."""
    left = [*a_story()[:5], a_migration(5)]

    with pytest.raises(CannotReplay, match=r"^leaves COI/1\.1 behind in version 1$"):
        tell(left)


@pytest.mark.parametrize("after", [{"state": "closed"}, {"stops": 1}])
def test_a_migration_does_nothing_else(after):
    """What two people signed is the move to newer rules, and no step besides."""
    more = a_migration(6)
    more["moves"][0]["to"] |= after

    with pytest.raises(CannotReplay, match=r"^does more with COI than to move it to version 2$"):
        tell([*a_story(), more])


@pytest.mark.parametrize("before", [{"version": "2"}, {"hash": "other"}, {"kind": "other"}])
def test_a_migration_says_which_version_it_leaves(before):
    """By its number, and by the hash of its definition."""
    wrong = a_migration(6)
    wrong["document"] = wrong["document"] | before

    with pytest.raises(CannotReplay, match="does not say from which version it moves"):
        tell([*a_story(), wrong])


def test_a_migration_leads_to_a_newer_version():
    """Never to the same, and never back."""
    same = a_migration(6) | {"workflow": {"name": "bags", "version": 1, "hash": "h"}}

    with pytest.raises(CannotReplay, match="moves to no newer version"):
        tell([*a_story(), same])


def test_nothing_moves_to_another_version_by_itself():
    """A step that ends in another version than its entry is no step."""
    story = a_story()
    story[3]["moves"][0]["to"] = SENT | {"version": 2}

    with pytest.raises(CannotReplay, match=r"^moves COI/1\.1 from version 1 to 2$"):
        tell(story)


def test_a_subject_remembers_what_it_comes_from():
    """A birth is kept with its machine, its entry and its origin."""
    assert tell(a_story()).subjects["COI/1.1"] == ("bag", 1, "COI")


def test_a_fault_names_the_subject():
    """Who looks for the fault is told of what it is."""
    story = a_story()
    story[2]["values"][0]["subject"] = "COI/9.9"

    with pytest.raises(CannotReplay, match=r"^records on COI/9\.9, which is not born$"):
        tell(story)


# -- copied from paper -----------------------------------------------------------------------------


def a_copied_story() -> list[Chapter]:
    """A therapy that ran on paper is ordered; two steps are copied; two people end it."""
    order = a_story()[0]
    reference = {"subject": "COI", "field": "on_paper", "occurrence": 1, "reason": "-"}
    order["values"] = [reference | {"content": "Folder 17", "revision": 1}]
    return [
        order,
        _entry(1, kind="transcribed"),
        _entry(2, kind="transcribed"),
        _entry(3, action="end_transcription"),
        _entry(4),
    ]


def test_a_therapy_that_was_copied_is_told_to_its_end():
    """It is open from its order on, a step at a time, and over for ever."""
    state, told = State("COI"), []
    for entry in a_copied_story():
        advance(state, entry)
        told.append(state.transcription)

    assert told == ["open", "step", "step", "ended", "ended"]
    assert (state.ended_in, state.copied_by) == (3, {"NINA"})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({2: {"happened_at": "2026-01-01"}}, "out of the order"),
        ({2: {"happened_at": "2026-02-02"}}, "out of the order"),
        ({4: {"kind": "transcribed"}}, "no transcription is open"),
        ({0: {"values": []}}, "no transcription is open"),
        ({3: {"kind": "late"}}, "still copied from paper"),
    ],
)
def test_what_is_copied_otherwise_cannot_be_told(changes, why):
    """Before the step before, ahead of the clock, after its end, without a flag, or late."""
    story = a_copied_story()
    for seq, change in changes.items():
        story[seq] |= change
    state = State("COI")

    with pytest.raises(CannotReplay, match=why):
        _tell(state, story)


def _tell(state: State, story: list[Chapter]) -> None:
    for entry in story:
        advance(state, entry)


@pytest.mark.parametrize(
    ("seq", "signed", "why"),
    [
        (1, [], "not signed as a copy"),
        (1, [("NINA", "performed")], "not signed as a copy"),
        (1, [("OMAR", "transcribed from paper")], "not signed as a copy"),
        (3, [("NINA", "transcribed from paper")], "without both"),
        (
            3,
            [("NINA", "transcribed from paper"), ("NINA", "verified against the paper")],
            "by others",
        ),
        (
            3,
            [("OMAR", "transcribed from paper"), ("INES", "verified against the paper")],
            "by others",
        ),
    ],
)
def test_who_signs_a_copy_has_copied_it_and_who_verifies_it_has_not(seq, signed, why):
    """Nobody seems to have signed the step itself, and nobody verifies what they copied."""
    state, story = State("COI"), a_copied_story()
    for entry in story[: seq + 1]:
        advance(state, entry)
    told = [{"person": person, "meaning": meaning} for person, meaning in signed]

    (fault,) = faults_of_signers(state, story[seq], told)

    assert why in fault

"""Forgeries of a layer: what a move says of the package around it, and of one that is not there."""

from dataclasses import replace

from tests.store.attacks import attack
from tests.store.attacks_on_packing import (
    around_the_other,
    at_the_ward_in_its_package,
    carry,
)
from tests.store.attacks_on_registers import a_transition, a_workflow
from tests.store.world import (
    A,
    B,
    a_birth,
    a_link,
    infuse,
    label_of,
    pack,
    record,
    release,
    touch,
    unpack,
)
from tests.store.writer import Birth, Deed, Row, Turn, Writer

_NOTHING = "-"
"""The word for no package, which a therapy could have for a name."""


def closing(deed: Deed, package: str, subject: str = A.product, born: int = 8) -> Deed:
    """The deed, in whose entry a package is closed around something too."""
    link = a_link(f"A/{package}", subject, born, "packed_in")
    return replace(deed, births=(Birth("shipment", "A"),), parts={"lineage": (link,)})


# -- a step that asks that nothing is around it ---------------------------------------------------


@attack("ck_move_packing")
def a_bag_is_infused_and_comes_out_by_that(writer: Writer) -> None:
    """Nobody opened what it is in, and afterwards it is in nothing."""
    at_the_ward_in_its_package(writer)
    rows = writer.rows_of(infuse(A))
    rows["move"][0]["inside_after"] = "-"
    writer.write(rows)


@attack("ck_move_packing")
def a_bag_is_handed_over_bare_beside_its_package(writer: Writer) -> None:
    """Its package is handed over in that entry, and what is in it as if it lay open."""
    writer.act(pack(A))
    package = Turn("A/10.1", "packed", consignee="courier", label=label_of("A/10.1"))
    rows = writer.rows_of(replace(release(A), turns=(package, *release(A).turns)))
    beside: Row = {"package": "A/10.1", "package_turn": 2, "package_custody": "releases"}
    rows["move"][1] |= beside
    writer.write(rows)


@attack("ck_move_packing")
def a_bag_is_inspected_while_its_package_is_opened(writer: Writer) -> None:
    """A step that asks that nothing is around it does not take it out."""
    writer.act(pack(A))
    writer.forge(unpack(A), move={"action": "inspect", "packing": "outside"})


@attack("ck_move_packing")
def an_inspected_bag_is_put_into_a_package(writer: Writer) -> None:
    """A step that asks that nothing is around it does not put it in."""
    deed = closing(touch(A, "inspect", scan=True), "10.1")
    writer.forge(deed, move={"put_into": "A/10.1", "inside_after": "A/10.1"})


# -- what goes in by a word, and stays where it is ------------------------------------------------


@attack("ck_move_packing")
def an_inspected_bag_is_put_in_and_lies_open(writer: Writer) -> None:
    """The row names what is closed around it, and says that it is in nothing."""
    writer.forge(closing(touch(A, "inspect", scan=True), "10.1"), move={"put_into": "A/10.1"})


@attack("ck_move_packing")
def a_held_bag_is_put_in_and_lies_open(writer: Writer) -> None:
    """The same, by a step to which packages do not matter."""
    writer.forge(closing(touch(A, "hold"), "10.1"), move={"put_into": "A/10.1"})


@attack("ck_move_packing")
def a_packed_bag_is_put_into_a_second_package(writer: Writer) -> None:
    """It goes along with the package that it is in, and another one is closed around it."""
    writer.act(pack(A))
    deed = closing(carry("carry", "mfg", consignee="courier"), "11.1")
    writer.forge(deed, move={"put_into": "A/11.1"})


@attack("ck_move_packing")
def a_bag_comes_out_and_is_put_into_the_next_package(writer: Writer) -> None:
    """What is opened and what is closed are two steps."""
    writer.act(pack(A))
    writer.forge(closing(unpack(A), "11.1"), move={"put_into": "A/11.1"})


@attack("ck_move_packing")
def a_bag_is_packed_and_in_nothing(writer: Writer) -> None:
    """It goes in, and the row says of no package that it is in it."""
    writer.forge(pack(A), move={"put_into": None, "inside_after": "-"})


# -- a package of somebody else -------------------------------------------------------------------


@attack("ck_move_packing")
def a_bag_goes_along_with_the_package_of_another(writer: Writer) -> None:
    """A package is handed over in that entry, and it is not the one that the bag is in."""
    writer.act(pack(A))
    writer.act(around_the_other(pack(A, "11.1")))
    _, bag = carry("carry", "mfg", consignee="courier").turns
    package = Turn("A/11.1", "packed", consignee="courier", label=label_of("A/11.1"))
    rows = writer.rows_of(replace(touch(A, "carry"), turns=(package, bag)))
    rows["move"][1] |= {"package": "A/11.1", "package_turn": 2}
    writer.write(rows)


@attack("fk_move_package", on_postgresql="ck_move_packing")
def a_bag_comes_out_while_the_other_patients_package_is_opened(writer: Writer) -> None:
    """B's package is opened in the entry of the same number of B's chain."""
    for therapy in (A, B):
        writer.act(pack(therapy))
    writer.act(unpack(B))
    writer.forge(unpack(A), move={"package": "B/10.1"})


@attack("fk_move_put_into", on_postgresql="ck_move_scan")
def another_therapy_puts_a_bag_into_its_package(writer: Writer) -> None:
    """B's chain tells the first turn of A's new bag: it goes into what A's closes around it."""
    writer.act(replace(a_birth(), turns=()))
    writer.act(closing(record(A, ("mia",)), "11.1", "A/10.1", 10))
    writer.act(record(B))
    new: Row = {"subject": "A/10.1", "turn": 1, "prev_turn": None, "label_serial": None}
    writer.forge(pack(B, "11.1"), move=new | {"put_into": "A/11.1", "inside_after": "A/11.1"})


# -- a therapy that has the name of no package ----------------------------------------------------


@attack("ck_move_packing")
def what_is_in_nothing_goes_along_with_a_therapy_of_that_name(writer: Writer) -> None:
    """A step within a package takes one, whatever the therapy is called."""
    a_therapy_named_nothing(writer)
    turns = (Turn(_NOTHING, "ordered"), Turn("-/1.1", "planned"))
    writer.act(Deed(_NOTHING, "ride", "ward", turns))


@attack("ck_move_packing")
def what_is_in_nothing_comes_out_of_a_therapy_of_that_name(writer: Writer) -> None:
    """The therapy ends as a package is opened, and what was born in it comes out."""
    a_therapy_named_nothing(writer)
    turns = (Turn(_NOTHING, "closed", holder="unpacked"), Turn("-/1.1", "planned"))
    writer.act(Deed(_NOTHING, "leave", "ward", turns))


def a_therapy_named_nothing(writer: Writer) -> None:
    """A therapy that is held as a package is, by a workflow of its own, and what is born in it."""
    steps: tuple[dict[str, str], ...] = (
        _step("therapy", "order", "", "ordered", custody="creates", packing="outside"),
        _step("therapy", "ride", "ordered", "ordered"),
        _step("therapy", "leave", "ordered", "closed", custody="ends", packing="outside"),
        _step("thing", "plan", "", "planned"),
        _step("thing", "ride", "planned", "planned", packing="inside"),
        _step("thing", "leave", "planned", "planned", packing="comes_out"),
    )
    writer.insert("workflow", a_workflow(transitions=len(steps)))
    for n, step in enumerate(steps, start=1):
        writer.insert("transition", a_transition(n=n, transitions=len(steps)) | step)
    writer.insert("party", {"id": "P-c", "kind": "patient"})
    writer.insert("chain", {"id": _NOTHING, "kind": "therapy"})
    pinned: Row = {"coi": _NOTHING, "patient_id": "P-c", "workflow": "other"}
    writer.insert("therapy", writer.row("therapy", coi="A") | pinned)
    ordered, planned = (Turn(_NOTHING, "ordered", holder="ward"),), (Turn("-/1.1", "planned"),)
    writer.act(Deed(_NOTHING, "order", "ward", ordered, births=(Birth("therapy"),)))
    writer.act(Deed(_NOTHING, "plan", "ward", planned, births=(Birth("thing", _NOTHING),)))


def _step(machine: str, action: str, from_state: str, to_state: str, **word: str) -> dict[str, str]:
    way = {"from_state": from_state, "to_state": to_state}
    return {"machine": machine, "action": action, **way, **word}

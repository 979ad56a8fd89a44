"""Forgeries of what is in which package: taken out of what is closed, put into two, forgotten."""

from dataclasses import replace

from tests.store.attacks import attack
from tests.store.world import A, B, a_birth, a_link, infuse, label_of, pack, release, touch, unpack
from tests.store.writer import Deed, Row, Turn, Writer, reshaped

_ALONE: Row = {"package": None, "package_turn": None, "package_custody": None}
_OUT: Row = {"inside_before": "-", "inside_after": "-", **_ALONE}
_IN: Row = {"inside_after": "A/10.1"}


def at_the_ward_in_its_package(writer: Writer) -> None:
    """The first product is at the ward, in what was closed around it."""
    writer.act(pack(A))
    for giver, taker in (("mfg", "courier"), ("courier", "ward")):
        writer.act(carry("carry", giver, consignee=taker))
        writer.act(carry("carried", taker, holder=taker))


def carry(action: str, unit: str, **change: str) -> Deed:
    """A closed package is handed on, and the first product goes along in it."""
    package = Turn("A/10.1", "packed", label=label_of("A/10.1"))
    product = Turn(A.product, "released")
    return replace(
        touch(A, action, unit=unit),
        turns=(replace(package, **change), replace(product, **change)),
    )


# -- what is in a closed package ------------------------------------------------------------------


@attack("ck_move_packing")
def a_bag_is_infused_from_its_closed_package(writer: Writer) -> None:
    """Nobody opened what it is in, and so nobody has scanned its label."""
    at_the_ward_in_its_package(writer)
    writer.act(infuse(A))


@attack("fk_move_before")
def a_bag_is_infused_as_if_nothing_were_around_it(writer: Writer) -> None:
    """The same, and the row says that it was in nothing."""
    writer.act(pack(A))
    writer.forge(unpack(A), move=_OUT | {"action": "inspect", "packing": "outside"})


@attack("ck_move_packing")
def a_packed_bag_is_handed_over_without_its_package(writer: Writer) -> None:
    """What is inside goes where its package goes."""
    writer.act(pack(A))
    writer.act(release(A))


@attack("ck_move_packing")
def a_bag_leaves_its_package_on_paper(writer: Writer) -> None:
    """A hold on paper takes it out."""
    writer.act(pack(A))
    writer.forge(touch(A, "hold"), move={"inside_after": "-"})


@attack("ck_move_packing")
def a_bag_gets_into_a_package_on_paper(writer: Writer) -> None:
    """A hold on paper puts it in."""
    writer.forge(touch(A, "hold"), move={"inside_after": "A/10.1"})


@attack("fk_move_transition")
def a_step_passes_through_the_wall(writer: Writer) -> None:
    """The definition asks that nothing is around it; the move says that this does not matter."""
    writer.forge(touch(A, "inspect", scan=True), move={"packing": "either"})


# -- what goes in ---------------------------------------------------------------------------------


@attack("ck_move_packing")
def a_bag_is_packed_twice(writer: Writer) -> None:
    """It is in one package, and goes into a second one."""
    writer.act(pack(A))
    writer.act(pack(A, "11.1"))


@attack("fk_move_before")
def a_bag_is_packed_twice_as_if_it_were_free(writer: Writer) -> None:
    """The same, and the row says that it was in nothing."""
    writer.act(pack(A))
    writer.act(unpack(A))
    writer.act(pack(A, "12.1"))
    writer.forge(unpack(A, "12.1"), move=_packed_again("A/12.1"))


def _packed_again(package: str) -> Row:
    put: Row = {"inside_before": "-", "inside_after": package, "put_into": package}
    told: Row = {"action": "pack", "packing": "goes_in", "label_serial": label_of(A.product)}
    return put | told | _ALONE


@attack("fk_move_put_into")
def a_bag_is_put_into_a_package_of_before(writer: Writer) -> None:
    """What was opened is opened for ever; closed again it is another one."""
    writer.act(pack(A))
    writer.act(unpack(A))
    writer.forge(pack(A, "12.1"), move={"inside_after": "A/10.1", "put_into": "A/10.1"})


@attack("fk_move_put_into")
def a_bag_is_put_into_the_other_patients_package(writer: Writer) -> None:
    """A's bag travels in what was closed around B's."""
    writer.act(pack(B))
    writer.forge(pack(A), move={"inside_after": "B/10.1", "put_into": "B/10.1"})


@attack("fk_move_put_into")
def a_package_is_closed_around_another_bag(writer: Writer) -> None:
    """The family tree says that another bag is in it."""
    writer.forge(pack(A), lineage={"parent_id": A.other_product})


@attack("fk_move_put_into")
def a_package_is_made_of_what_is_in_it(writer: Writer) -> None:
    """What travels in it is told as what it was made of."""
    writer.forge(pack(A), lineage={"relation": "made_of", "package": None})


@attack("ck_move_packing")
def a_bag_is_put_into_nothing(writer: Writer) -> None:
    """NULL does not switch off the key to the package."""
    writer.forge(pack(A), move={"put_into": None})


@attack("ck_lineage_package")
def a_package_hides_what_it_was_closed_around(writer: Writer) -> None:
    """Packed in it, and not to be referred to."""
    writer.forge(pack(A), lineage={"package": None})


@attack("ck_lineage_package")
def a_lot_is_packed_in_what_it_was_made_of(writer: Writer) -> None:
    """What cells were made into is no package."""
    writer.forge(pack(A), lineage={"relation": "made_of"})


@attack("fk_lineage_parent")
def the_other_patients_bag_is_in_the_package(writer: Writer) -> None:
    """Everything in a package is of one therapy."""
    link = a_link("A/10.1", B.product, 8, "packed_in")
    writer.forge(pack(A), lineage={"parent_id": link["parent_id"]})


# -- what comes out -------------------------------------------------------------------------------


@attack("ck_move_packing")
def a_bag_comes_out_and_stays_in(writer: Writer) -> None:
    """The package is opened, and the bag still said to be in it."""
    writer.act(pack(A))
    writer.forge(unpack(A), move={"inside_after": "A/10.1"})


@attack("ck_move_packing")
def a_bag_comes_out_of_nothing(writer: Writer) -> None:
    """A bag that was never packed is found in a package."""
    writer.act(pack(A))
    writer.act(unpack(A))
    writer.act(replace(unpack(A), turns=unpack(A).turns[1:]))


@attack("fk_move_before")
def a_bag_comes_out_of_another_package(writer: Writer) -> None:
    """The row says that it was in a package that it was not in."""
    writer.act(pack(A))
    writer.forge(unpack(A), move={"inside_before": "B/10.1", "package": "B/10.1"})


@attack("ck_move_packing")
def a_product_is_born_in_a_package(writer: Writer) -> None:
    """What is made lies open before somebody."""
    writer.act(pack(A))
    writer.forge(replace(a_birth(), turns=(Turn("A/11.1", "made", holder="mfg"),)), move=_IN)


@attack("fk_move_package")
def a_bag_comes_out_of_a_package_that_nobody_opened(writer: Writer) -> None:
    """The same action as at an opening, and the package stays closed beside it."""
    writer.act(pack(A))
    writer.write(_without_the_package(writer, unpack(A)))


@attack("fk_move_package")
def a_bag_comes_out_of_a_package_that_was_opened_before(writer: Writer) -> None:
    """Of two bags one was left inside, and is taken out when nobody looks."""
    writer.act(_of_both(pack(A)))
    writer.act(unpack(A))
    left = Turn(A.other_product, "released", label=label_of(A.other_product), inside="-")
    rows = writer.rows_of(replace(unpack(A), turns=(left,)))
    rows["move"][0]["package_turn"] = 2
    writer.write(rows)


@attack("fk_move_package")
def a_bag_comes_out_while_its_package_is_handed_over(writer: Writer) -> None:
    """Something is done with the package in that entry, and it is not opened."""
    writer.act(pack(A))
    writer.write(_handed_over(writer, unpack(A)))


@attack("ck_move_packing")
def a_bag_comes_out_of_a_package_that_is_handed_over(writer: Writer) -> None:
    """The same, and the row says so."""
    writer.act(pack(A))
    rows = _handed_over(writer, unpack(A))
    rows["move"][1]["package_custody"] = "releases"
    writer.write(rows)


@attack("ck_move_packing")
def a_bag_comes_out_of_what_another_was_in(writer: Writer) -> None:
    """A package is opened in that entry, and it is not the one that the bag is in."""
    writer.act(pack(A))
    writer.act(around_the_other(pack(A, "11.1")))
    package = unpack(A, "11.1").turns[0]
    rows = writer.rows_of(replace(unpack(A), turns=(package, unpack(A).turns[1])))
    rows["move"][1] |= {"package": package.subject, "package_turn": 2}
    writer.write(rows)


@attack("ck_move_packing")
def the_package_is_left_out(writer: Writer) -> None:
    """NULL would switch off the key to the package that is opened."""
    writer.act(pack(A))
    writer.forge(unpack(A), move={"package": None})


@attack("ck_move_packing")
def the_turn_of_the_package_is_left_out(writer: Writer) -> None:
    """NULL would switch off the same key, by another column."""
    writer.act(pack(A))
    writer.forge(unpack(A), move={"package_turn": None})


@attack("ck_move_packing")
def what_the_package_does_is_left_out(writer: Writer) -> None:
    """NULL would switch off the same key, by its last column."""
    writer.act(pack(A))
    writer.forge(unpack(A), move={"package_custody": None})


@attack("ck_move_packing")
def what_lies_open_refers_to_a_package(writer: Writer) -> None:
    """Of what is in nothing, nothing is said of a package."""
    deed = touch(A, "inspect", scan=True)
    writer.forge(deed, move={"package": A.other_product, "package_turn": 1})


# -- what goes along ------------------------------------------------------------------------------


@attack("fk_move_package")
def a_bag_is_handed_over_and_its_package_stays(writer: Writer) -> None:
    """Who has the shipper would not have what is in it."""
    writer.act(pack(A))
    writer.write(_without_the_package(writer, carry("carry", "mfg", consignee="courier")))


@attack("ck_move_packing")
def a_bag_is_handed_over_beside_a_package_that_is_opened(writer: Writer) -> None:
    """What goes along does what its package does."""
    writer.act(pack(A))
    rows = writer.rows_of(carry("carry", "mfg", consignee="courier"))
    opened = writer.rows_of(unpack(A))["move"][0]
    rows["move"][0] |= {name: opened[name] for name in _DONE}
    rows["move"][1]["package_custody"] = "ends"
    writer.write(rows)


@attack("ck_move_packing")
def a_bag_is_handed_over_with_a_package_left_out(writer: Writer) -> None:
    """NULL would switch off the key to the package that goes."""
    writer.act(pack(A))
    writer.forge(carry("carry", "mfg", consignee="courier"), move={"package": None})


_DONE = ("action", "to_state", "holder_after", "holder_kind", "consignee_after", "custody")
"""What a row says of what is done with a package."""


def _handed_over(writer: Writer, opening: Deed) -> dict[str, list[Row]]:
    """What would be written of an opening, if the package were handed over instead."""
    rows = writer.rows_of(opening)
    sent = writer.rows_of(carry("carry", "mfg", consignee="courier"))["move"][0]
    rows["move"][0] |= {name: sent[name] for name in _DONE}
    return rows


def around_the_other(deed: Deed) -> Deed:
    """The same package, closed around the other product."""
    package = deed.turns[0].subject
    other = replace(deed.turns[1], subject=A.other_product, label=label_of(A.other_product))
    links = (a_link(package, A.other_product, 8, "packed_in"),)
    return replace(deed, turns=(deed.turns[0], other), parts=deed.parts | {"lineage": links})


def _of_both(deed: Deed) -> Deed:
    """The same package, closed around both products."""
    other = around_the_other(deed)
    links = (*deed.parts["lineage"], *other.parts["lineage"])
    return replace(deed, turns=(*deed.turns, other.turns[1]), parts=deed.parts | {"lineage": links})


def _without_the_package(writer: Writer, deed: Deed) -> dict[str, list[Row]]:
    """What would be written of the deed, but for the move of the package."""
    rows = writer.rows_of(deed)
    bag = rows["move"].pop()
    rows["move"] = [bag | {"n": 1, "prev_n": None}]
    return reshaped(rows)

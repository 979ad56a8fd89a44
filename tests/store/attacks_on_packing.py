"""Forgeries of what is in which package: taken out of what is closed, put into two, forgotten."""

from dataclasses import replace

from tests.store.attacks import attack
from tests.store.world import A, B, a_birth, a_link, infuse, label_of, pack, release, touch, unpack
from tests.store.writer import Deed, Row, Turn, Writer

_OUT: Row = {"inside_before": "-", "inside_after": "-"}
_IN: Row = {"inside_after": "A/10.1"}


def at_the_ward_in_its_package(writer: Writer) -> None:
    """The first product is at the ward, in what was closed around it."""
    writer.act(pack(A))
    for giver, taker in (("mfg", "courier"), ("courier", "ward")):
        writer.act(_carry("carry", giver, consignee=taker))
        writer.act(_carry("carried", taker, holder=taker))


def _carry(action: str, unit: str, **change: str) -> Deed:
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
    return put | {"action": "pack", "packing": "goes_in", "label_serial": label_of(A.product)}


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
    writer.forge(unpack(A), move={"inside_before": "B/10.1"})


@attack("ck_move_packing")
def a_product_is_born_in_a_package(writer: Writer) -> None:
    """What is made lies open before somebody."""
    writer.act(pack(A))
    writer.forge(replace(a_birth(), turns=(Turn("A/11.1", "made", holder="mfg"),)), move=_IN)

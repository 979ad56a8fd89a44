"""Forgeries of what became of a label: its turns, its end, and the label in its place."""

from tests.store.attacks import attack
from tests.store.world import (
    A,
    B,
    Therapy,
    a_label,
    a_second_label,
    label_of,
    label_turns,
    record,
)
from tests.store.writer import NAME, Deed, Row, Writer

TWO = ("nina", "ines")


def turning(*states: str, signers: tuple[str, ...] = TWO) -> Deed:
    """The label of A's first product becomes one after the other, in one action."""
    return record(A, signers, label_turn=label_turns(A.product, *states))


def labelled_anew(therapy: Therapy = A) -> Deed:
    """The label of the first product is void, and there is another one in its place."""
    anew, product = a_second_label(therapy.product, "L2"), therapy.product
    return record(therapy, TWO, label_turn=label_turns(product, "voided"), label=(anew,))


# -- how a label's life goes on -------------------------------------------------------------------


@attack("fk_label_turn_label")
def a_label_that_was_never_issued_is_printed(writer: Writer) -> None:
    """A serial that no entry has drawn."""
    writer.forge(turning("printed"), label_turn={"serial": "L-nobody"})


@attack("fk_label_turn_label")
def the_other_patients_label_is_printed(writer: Writer) -> None:
    """A's chain tells what became of B's label."""
    writer.forge(turning("printed"), label_turn={"serial": label_of(B.product)})


@attack("ck_label_turn_turn")
def a_label_begins_its_life_verified(writer: Writer) -> None:
    """A first turn from another state; its NULL would switch the key to the turn before off."""
    writer.forge(
        turning("printed"),
        label_turn={"before": "printed", "after": "verified", "how": "scanned"},
    )


@attack("ck_label_turn_turn")
def a_later_turn_follows_nothing(writer: Writer) -> None:
    """NULL does not switch off the key to the turn before."""
    writer.forge(turning("printed", "verified"), label_turn={"prev_turn": None})


@attack("fk_label_turn_before", on_postgresql="ck_label_turn_turn")
def a_turn_of_a_label_is_left_out(writer: Writer) -> None:
    """The third turn follows the first."""
    writer.forge(turning("printed", "verified", "applied"), label_turn={"prev_turn": 1})


@attack("fk_label_turn_before")
def a_label_is_applied_from_where_it_does_not_stand(writer: Writer) -> None:
    """It was only printed, and the row says that it was read back (LB-03)."""
    writer.forge(
        turning("printed", "voided"),
        label_turn={
            "before": "verified",
            "after": "applied",
            "reason": "-",
            "voided": None,
        },
    )


@attack("ck_label_turn_change")
def a_label_is_applied_before_anybody_read_it(writer: Writer) -> None:
    """From printed to applied, past the scan of the very label (LB-03)."""
    changed: Row = {"after": "applied", "how": "-"}
    writer.forge(turning("printed", "verified"), label_turn=changed)


@attack("ck_label_turn_change")
def a_void_label_comes_to_life(writer: Writer) -> None:
    """What is void is printed again (LB-05)."""
    changed: Row = {"after": "printed", "pieces": 0}
    writer.forge(turning("voided", "destroyed"), label_turn=changed)


@attack("ck_label_turn_change")
def a_label_is_destroyed_while_it_lives(writer: Writer) -> None:
    """It is on its bag, and destroyed without having been void."""
    life = ("printed", "verified", "applied", "voided")
    changed: Row = {"after": "destroyed", "reason": "-", "pieces": 1, "voided": None}
    writer.forge(turning(*life), label_turn=changed)


@attack("ck_label_turn_change")
def a_label_is_lost_while_it_lives(writer: Writer) -> None:
    """It came out of the printer, and is not void before nobody finds it."""
    changed: Row = {"after": "lost", "pieces": 1, "voided": None}
    writer.forge(turning("printed", "voided"), label_turn=changed)


@attack("ck_label_turn_change")
def a_label_is_returned_while_it_lives(writer: Writer) -> None:
    """It came out of the printer, and is given back as if it were good for nothing."""
    changed: Row = {"after": "returned", "pieces": 1, "voided": None}
    writer.forge(turning("printed", "voided"), label_turn=changed)


@attack("ck_label_turn_change")
def a_void_label_is_voided_again(writer: Writer) -> None:
    """NULL keeps it out of the key that lets no label be void twice."""
    changed: Row = {"after": "voided", "reason": NAME, "pieces": 0}
    writer.forge(turning("voided", "destroyed"), label_turn=changed)


@attack("uq_label_turn_turn")
def a_label_takes_the_same_turn_twice(writer: Writer) -> None:
    """Of two who tell of one label, one comes too late."""
    writer.act(turning("printed"))
    again = record(A, TWO, label_turn=label_turns(A.product, "printed", "verified")[1:])
    changed: Row = {"turn": 1, "prev_turn": None, "before": "issued", "after": "printed"}
    writer.forge(again, label_turn=changed | {"how": "-"})


# -- what was read, why, and before whom ----------------------------------------------------------


@attack("ck_label_turn_how")
def a_typed_code_verifies_a_label(writer: Writer) -> None:
    """Whoever types a serial has shown nobody the label."""
    writer.forge(turning("printed", "verified"), label_turn={"how": "typed"})


@attack("ck_label_turn_how")
def a_label_is_verified_unread(writer: Writer) -> None:
    """Nothing is said of how it was read."""
    writer.forge(turning("printed", "verified"), label_turn={"how": "-"})


@attack("ck_label_turn_how")
def a_print_pretends_to_be_a_scan(writer: Writer) -> None:
    """That it was printed is no reading of it."""
    writer.forge(turning("printed"), label_turn={"how": "scanned"})


@attack("ck_label_turn_reason")
def a_label_is_voided_without_a_reason(writer: Writer) -> None:
    """Nobody can ask later why it is dead."""
    writer.forge(turning("voided"), label_turn={"reason": "-"})


@attack("ck_label_turn_reason")
def a_lost_label_is_not_explained(writer: Writer) -> None:
    """It is gone, and nothing is said about it."""
    writer.forge(turning("voided", "lost"), label_turn={"reason": "-"})


@attack("ck_label_turn_reason")
def a_label_is_returned_without_a_word(writer: Writer) -> None:
    """It was given back, and nothing is said about it."""
    writer.forge(turning("voided", "returned"), label_turn={"reason": "-"})


@attack("ck_label_turn_witness")
def a_label_is_destroyed_without_a_witness(writer: Writer) -> None:
    """One signs alone that the piece is gone (LB-06)."""
    deed = record(A, ("nina",), label_turn=label_turns(A.product, "voided", "returned"))
    writer.forge(deed, label_turn={"after": "destroyed"})


@attack("ck_label_turn_witness")
def a_label_is_lost_by_one_alone(writer: Writer) -> None:
    """One signs alone that a piece cannot be found."""
    deed = record(A, ("nina",), label_turn=label_turns(A.product, "voided", "returned"))
    writer.forge(deed, label_turn={"after": "lost"})


@attack("ck_label_turn_pieces")
def a_label_is_lost_of_which_there_is_no_piece(writer: Writer) -> None:
    """Nothing came out of the printer, and nothing can be lost."""
    writer.forge(turning("voided", "lost"), label_turn={"pieces": 0})


@attack("ck_label_turn_pieces")
def pieces_are_counted_of_a_living_label(writer: Writer) -> None:
    """What was printed is one label, and not two."""
    writer.forge(turning("printed"), label_turn={"pieces": 2})


@attack("ck_label_turn_pieces")
def fewer_than_no_pieces_are_destroyed(writer: Writer) -> None:
    """A number that would make up for another one."""
    writer.forge(turning("voided", "destroyed"), label_turn={"pieces": -1})


# -- the label in its place -----------------------------------------------------------------------


@attack("fk_label_voided")
def a_label_is_printed_beside_one_that_lives(writer: Writer) -> None:
    """A second label on a bag whose first is not void: two would be good (LB-05)."""
    deed = labelled_anew()
    printed: Row = {"after": "printed", "reason": "-", "voided": None}
    writer.forge(deed, label_turn=printed)


@attack("uq_label_issue")
def two_labels_of_a_bag_are_the_first(writer: Writer) -> None:
    """A second label with the number of the first; it would replace none."""
    first: Row = {"issue": 1, "prev_issue": None, "replaces": None}
    writer.forge(labelled_anew(), label=first)


@attack("ck_label_issue")
def a_second_label_replaces_nothing(writer: Writer) -> None:
    """NULL does not switch off the key to the label before."""
    writer.forge(labelled_anew(), label={"replaces": None})


@attack("ck_label_issue")
def a_second_label_has_no_number_before_it(writer: Writer) -> None:
    """The other NULL would switch the same key off."""
    writer.forge(labelled_anew(), label={"prev_issue": None})


@attack("ck_label_issue")
def a_first_label_replaces_another(writer: Writer) -> None:
    """A lot had no label yet; its first one stands in the place of the void one on a bag."""
    writer.forge(record(A, TWO, label=(a_label(A.lot),)), label={"replaces": label_of(A.bag)})


@attack("ck_label_issue")
def a_number_of_labels_is_left_out(writer: Writer) -> None:
    """The third label follows the first."""
    writer.forge(labelled_anew(), label={"issue": 3})


@attack("fk_label_before")
def a_label_replaces_the_one_of_another_bag(writer: Writer) -> None:
    """The other product's label is void, and this product's one lives."""
    writer.act(record(A, TWO, label_turn=label_turns(A.other_product, "voided")))
    writer.forge(labelled_anew(), label={"replaces": label_of(A.other_product)})


@attack("fk_label_before")
def a_third_label_replaces_the_first(writer: Writer) -> None:
    """Both before it are void, and it stands in the place of the older one."""
    writer.act(labelled_anew())
    third: Row = {"serial": "L3", "issue": 3, "prev_issue": 2, "replaces": "L2"}
    void = label_turns(A.product, "voided")[0] | {"serial": "L2", "voided": "L2"}
    deed = record(A, TWO, label_turn=(void,), label=(a_label(A.product) | third,))
    writer.forge(deed, label={"replaces": label_of(A.product)})


@attack("fk_label_before")
def another_therapy_labels_a_bag_anew(writer: Writer) -> None:
    """B's chain tells of the second label on A's bag, whose first one is void."""
    writer.act(turning("voided"))
    changed: Row = {"subject": A.product, "replaces": label_of(A.product)}
    writer.forge(labelled_anew(B), label=changed)


@attack("ck_label_turn_voided")
def a_living_label_says_that_it_can_be_replaced(writer: Writer) -> None:
    """It was printed, and its row has what only a void one has."""
    writer.forge(turning("printed"), label_turn={"voided": label_of(A.product)})


@attack("ck_label_turn_voided")
def a_void_label_stands_for_another_one(writer: Writer) -> None:
    """Its row says that the other product's label is void."""
    writer.forge(turning("voided"), label_turn={"voided": label_of(A.other_product)})


@attack("ck_label_turn_voided")
def a_void_label_does_not_say_so(writer: Writer) -> None:
    """NULL does not hide that it is void."""
    writer.forge(turning("voided"), label_turn={"voided": None})


@attack("uq_label_serial")
def a_label_of_another_therapy_has_this_serial(writer: Writer) -> None:
    """The serial of this very therapy's label is drawn again."""
    deed = record(A, TWO, label=(a_label(A.lot),))
    writer.forge(deed, label={"serial": label_of(A.product)})

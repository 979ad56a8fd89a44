"""Forgeries of who has it, and to whom it was sent."""

from tests.store.attacks import attack
from tests.store.world import A, B, a_birth, accept, infuse, label_of, release, to_the_ward, touch
from tests.store.writer import Deed, Row, Turn, Writer


def lose(unit: str) -> Deed:
    """A unit reports the first product lost."""
    return Deed("A", "lose", unit, (Turn(A.product, "lost", holder="lost"),))


# -- giving and taking ----------------------------------------------------------------------------


@attack("ck_move_custody")
def a_stranger_gives_it_away(writer: Writer) -> None:
    """A unit that does not hold it releases it."""
    writer.forge(release(A), entry={"unit": "ward"}, move={"unit": "ward"})


@attack("fk_move_deed")
def the_giver_acts_under_another_units_name(writer: Writer) -> None:
    """The entry is the ward's; the move says that the manufacturer acted."""
    writer.forge(release(A), entry={"unit": "ward"})


@attack("fk_move_before")
def the_holder_before_is_made_up(writer: Writer) -> None:
    """The row says that the ward held it."""
    ward: Row = {"unit": "ward", "holder_before": "ward", "holder_after": "ward"}
    writer.forge(release(A), entry={"unit": "ward"}, move=ward)


@attack("ck_move_custody")
def somebody_else_accepts_it(writer: Writer) -> None:
    """It was sent to the courier, and the laboratory takes it."""
    writer.act(release(A))
    lab: Row = {"unit": "lab", "holder_after": "lab"}
    writer.forge(accept(A), entry={"unit": "lab"}, move=lab)


@attack("fk_move_before")
def somebody_else_accepts_it_as_if_named(writer: Writer) -> None:
    """The same, and the row says that it was sent to the laboratory."""
    writer.act(release(A))
    lab: Row = {"unit": "lab", "holder_after": "lab", "consignee_before": "lab"}
    writer.forge(accept(A), entry={"unit": "lab"}, move=lab)


@attack("ck_move_custody")
def what_was_not_sent_is_accepted(writer: Writer) -> None:
    """The courier takes what nobody released."""
    writer.act(accept(A))


@attack("ck_move_custody")
def it_is_sent_to_oneself(writer: Writer) -> None:
    """A handoff needs two."""
    writer.forge(release(A), move={"consignee_after": "mfg"})


@attack("ck_move_custody")
def it_is_sent_to_nobody(writer: Writer) -> None:
    """A release without a consignee."""
    writer.forge(release(A), move={"consignee_after": "-"})


@attack("fk_move_consignee")
def it_is_sent_to_whom_nobody_knows(writer: Writer) -> None:
    """A consignee that is no party."""
    writer.forge(release(A), move={"consignee_after": "elsewhere"})


@attack("ck_move_custody")
def it_is_sent_twice(writer: Writer) -> None:
    """What is in transit is released again, to another."""
    writer.act(release(A))
    writer.act(release(A, "ward"))


@attack("ck_move_custody")
def the_consignee_takes_it_back(writer: Writer) -> None:
    """Only the giver withdraws a release."""
    writer.act(release(A))
    deed = touch(A, "take_back", scan=True)
    writer.forge(deed, entry={"unit": "courier"}, move={"unit": "courier"})


@attack("ck_move_custody")
def the_courier_releases_before_accepting(writer: Writer) -> None:
    """Whom it was sent to gives it away without ever having taken it."""
    writer.act(release(A))
    writer.act(release(A, "ward", "courier"))


@attack("ck_move_custody")
def it_is_worked_on_by_a_stranger(writer: Writer) -> None:
    """Only the holder works on it."""
    deed = touch(A, "inspect", scan=True)
    writer.forge(deed, entry={"unit": "lab"}, move={"unit": "lab"})


@attack("ck_move_custody")
def it_is_worked_on_in_transit(writer: Writer) -> None:
    """Between release and acceptance nobody works on it."""
    writer.act(release(A))
    writer.act(touch(A, "store"))


@attack("ck_move_custody")
def a_decision_overtakes_it_in_transit(writer: Writer) -> None:
    """A decision on paper does not change the state of what is on its way."""
    writer.act(release(A))
    writer.act(Deed("A", "recall", "mfg", (Turn(A.product, "made"),)))


@attack("ck_move_custody")
def a_decision_moves_it(writer: Writer) -> None:
    """A hold on paper puts it into other hands."""
    writer.forge(touch(A, "hold"), move={"holder_after": "ward"})


@attack("ck_move_custody")
def a_decision_sends_it(writer: Writer) -> None:
    """A hold on paper names a consignee."""
    writer.forge(touch(A, "hold"), move={"consignee_after": "ward"})


@attack("ck_move_custody")
def it_is_born_into_other_hands(writer: Writer) -> None:
    """The manufacturer makes it and the ward holds it."""
    writer.forge(a_birth(), move={"holder_after": "ward"})


@attack("ck_move_custody")
def it_is_born_in_transit(writer: Writer) -> None:
    """Made and sent in one."""
    writer.forge(a_birth(), move={"consignee_after": "ward"})


@attack("ck_move_custody")
def it_is_born_into_the_hands_of_a_patient(writer: Writer) -> None:
    """A patient is no unit that works."""
    patient: Row = {"holder_after": "P-a", "holder_kind": "patient"}
    writer.forge(a_birth(), entry={"unit": "P-a"}, move={"unit": "P-a"} | patient)


@attack("ck_move_custody")
def its_end_leaves_it_in_somebodys_hands(writer: Writer) -> None:
    """Infused, and still in the ward's stock."""
    to_the_ward(writer, A)
    writer.forge(infuse(A), move={"holder_after": "ward", "holder_kind": "unit"})


@attack("ck_move_custody")
def a_stranger_infuses_it(writer: Writer) -> None:
    """It is infused where it is not."""
    to_the_ward(writer, A)
    writer.forge(infuse(A), entry={"unit": "lab"}, move={"unit": "lab"})


@attack("ck_move_custody")
def a_stranger_loses_it(writer: Writer) -> None:
    """Only holder and consignee can report it lost."""
    writer.forge(lose("mfg"), entry={"unit": "lab"}, move={"unit": "lab"})


@attack("ck_move_custody")
def nobody_loses_it(writer: Writer) -> None:
    """The sentinel '-' is not the consignee of what was sent to nobody."""
    writer.forge(lose("mfg"), entry={"unit": "-"}, move={"unit": "-"})


@attack("ck_move_custody")
def lost_means_held_by_another(writer: Writer) -> None:
    """What is lost is nobody's."""
    writer.forge(lose("mfg"), move={"holder_after": "ward", "holder_kind": "unit"})


@attack("fk_move_holder")
def a_patient_is_called_gone(writer: Writer) -> None:
    """The row lies about what kind of party holds it, and so avoids the patient's check."""
    writer.forge(lose("mfg"), move={"holder_after": B.patient})


@attack("fk_move_transition")
def custody_moves_by_another_word(writer: Writer) -> None:
    """The transition ends its life; the row says that it stays with its holder."""
    to_the_ward(writer, A)
    kept: Row = {"custody": "keeps", "holder_after": "ward", "holder_kind": "unit"}
    writer.forge(infuse(A), move=kept)


@attack("fk_move_transition", on_postgresql="ck_move_custody")
def custody_is_a_word_that_nobody_knows(writer: Writer) -> None:
    """A new word, for which no rule asks anything."""
    writer.forge(release(A), move={"custody": "teleports"})


@attack("ck_move_custody")
def work_in_transit_forgets_the_consignee(writer: Writer) -> None:
    """The giver works on what was sent, and the row says that it was sent to nobody."""
    writer.act(release(A))
    writer.forge(touch(A, "take_back", scan=True), move={"action": "inspect", "custody": "keeps"})


@attack("ck_move_custody")
def work_in_transit_takes_it_over(writer: Writer) -> None:
    """Whom it was sent to works on it, as if that were an acceptance."""
    writer.act(release(A))
    writer.forge(accept(A), move={"action": "inspect", "custody": "keeps"})


@attack("ck_move_custody")
def work_makes_it_vanish(writer: Writer) -> None:
    """A step that keeps it where it is leaves it with nobody."""
    gone: Row = {"holder_after": "used", "holder_kind": "gone"}
    writer.forge(touch(A, "inspect", scan=True), move=gone)


@attack("ck_move_custody")
def it_is_accepted_for_another(writer: Writer) -> None:
    """Another unit signs for the one that it was sent to."""
    writer.act(release(A))
    writer.forge(accept(A), entry={"unit": "lab"}, move={"unit": "lab"})


@attack("ck_move_custody")
def it_is_accepted_by_no_unit(writer: Writer) -> None:
    """It is sent to where things end, and accepted there."""
    writer.act(release(A, "lost"))
    there: Row = {"holder_after": "lost", "holder_kind": "gone", "unit": "lost"}
    rows = writer.rows_of(accept(A))
    rows["entry"][0]["unit"] = "lost"
    rows["move"][0] |= there
    writer.write(rows)


@attack("ck_move_custody")
def what_was_not_sent_is_taken_back(writer: Writer) -> None:
    """There is nothing to withdraw."""
    writer.act(touch(A, "take_back", scan=True))


@attack("ck_move_custody")
def it_is_destroyed_in_transit(writer: Writer) -> None:
    """Between release and acceptance nobody ends it."""
    writer.act(release(A))
    end = Turn(A.product, "destroyed", holder="destroyed", label=label_of(A.product))
    rows = writer.rows_of(Deed("A", "destroy", "mfg", (end,), ("ines", "nina")))
    rows["move"][0]["consignee_after"] = "-"
    writer.write(rows)

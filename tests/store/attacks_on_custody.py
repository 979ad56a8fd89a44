"""Forgeries of who has it, of what may happen next, and of what is on hold."""

from dataclasses import replace

from tests.store.attacks import attack
from tests.store.world import A, B, accept, infuse, release, to_the_ward, touch
from tests.store.writer import Birth, Deed, Row, Turn, Writer


def hold_therapy(kind: str = "hold") -> Deed:
    """The whole therapy is stopped, or goes on."""
    return Deed("A", kind, "ward", (), ("ines",), kind)


def a_birth() -> Deed:
    """A third product is made."""
    turn = Turn("A/10.1", "made", holder="mfg")
    return Deed("A", "make", "mfg", (turn,), births=(Birth("product", A.lot),))


def lose(unit: str) -> Deed:
    """A unit reports the first product lost."""
    return Deed("A", "lose", unit, (Turn(A.product, "lost", holder="lost"),))


# -- giving and taking -------------------------------------------------------------------------------


@attack("ck_move_custody")
def a_stranger_gives_it_away(writer: Writer) -> None:
    """A unit that does not hold it releases it."""
    writer.forge(release(A), entry={"unit": "ward"}, move={"unit": "ward"})


@attack("fk_move_entry")
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


# -- steps --------------------------------------------------------------------------------------------


@attack("fk_move_transition")
def a_step_is_skipped(writer: Writer) -> None:
    """A product is released before it was approved."""
    writer.forge(a_birth(), move={"to_state": "released"})


@attack("fk_move_before")
def the_state_before_is_made_up(writer: Writer) -> None:
    """A made product is moved as if it were released."""
    writer.act(a_birth())
    writer.act(Deed("A", "approve", "mfg", (Turn("A/10.1", "released"),)))
    writer.act(Deed("A", "recall", "mfg", (Turn("A/10.1", "made"),)))
    deed = Deed("A", "approve", "mfg", (Turn("A/10.1", "released"),))
    writer.forge(
        deed,
        move={
            "action": "hold",
            "from_state": "released",
            "stop_effect": 1,
            "while_stopped": 1,
            "stops_after": 1,
        },
    )


@attack("ck_entry_version")
def the_workflow_changes_without_a_migration(writer: Writer) -> None:
    """An entry moves on in a newer version of the workflow."""
    writer.forge(touch(A, "hold"), entry={"version": 2}, move={"version": 2})


@attack("fk_move_entry")
def a_step_of_another_version_is_taken(writer: Writer) -> None:
    """The entry stays in its version, the move takes the step of another."""
    writer.forge(release(A), move={"version": 2})


@attack("ck_entry_migrate")
def a_migration_is_signed_by_nobody(writer: Writer) -> None:
    """Moving to another version is a signed action."""
    deed = Deed("A", "migrate", "mfg", (), ("quentin",), "migrate", 2)
    writer.forge(deed, entry={"signatures": 0})


@attack("fk_move_entry")
def a_step_of_another_workflow_is_taken(writer: Writer) -> None:
    """The same step, as another workflow allows it."""
    writer.forge(release(A), move={"workflow": "tcr"})


@attack("fk_move_subject")
def the_whole_entry_follows_another_workflow(writer: Writer) -> None:
    """The same, and the entry says so too."""
    writer.forge(release(A), entry={"workflow": "tcr"}, move={"workflow": "tcr"})


@attack("fk_move_transition")
def it_is_infused_twice(writer: Writer) -> None:
    """What is infused is not released any more, even if the patient were to give it."""
    to_the_ward(writer, A)
    writer.act(infuse(A))
    rows = writer.rows_of(replace(infuse(A), unit=A.patient, turns=()))
    rows["entry"][0]["moves"] = 1
    again: Row = {"seq": 15, "turn": 8, "prev_turn": 7, "from_state": "infused"}
    again |= {"holder_before": A.patient, "unit": A.patient}
    rows["move"] = [writer.row("move", chain="A", seq=14) | again]
    writer.write(rows)


@attack("ck_move_turn")
def a_turn_is_left_out(writer: Writer) -> None:
    """The fourth turn follows the second."""
    writer.forge(release(A), move={"turn": 4})


@attack("uq_move_turn")
def a_turn_is_taken_twice(writer: Writer) -> None:
    """Two futures of one bag."""
    other_future = writer.rows_of(touch(A, "hold"))["move"]
    writer.act(release(A))
    rows = writer.rows_of(touch(A, "hold"))
    rows["move"] = [other_future[0] | {"seq": 11}]
    writer.write(rows)


@attack("uq_move_turn")
def it_is_born_twice(writer: Writer) -> None:
    """Two births of one product in one entry."""
    turns = (Turn("A/10.1", "made", holder="mfg"), Turn("A/10.2", "made", holder="mfg"))
    deed = Deed("A", "make", "mfg", turns, births=(Birth("product", A.lot),) * 2)
    again: Row = {"subject": "A/10.1", "action": "portion", "to_state": "released"}
    writer.forge(deed, move=again)


@attack("ck_move_turn")
def a_later_turn_refers_to_nothing(writer: Writer) -> None:
    """NULL would switch off the key to the turn before."""
    writer.forge(release(A), move={"prev_turn": None})


@attack("fk_move_before", on_postgresql="not null move.holder_before")
def a_turn_does_not_say_who_held_it(writer: Writer) -> None:
    """NULL would switch off the same key, by another column."""
    writer.forge(release(A), move={"holder_before": None})


@attack("ck_move_turn")
def it_is_born_held(writer: Writer) -> None:
    """A first turn that claims an earlier holder."""
    writer.forge(a_birth(), move={"holder_before": "ward"})


@attack("fk_move_transition", on_postgresql="ck_move_turn")
def it_is_born_from_another_version(writer: Writer) -> None:
    """A first turn that claims to come from an older version of the workflow."""
    writer.forge(a_birth(), move={"from_version": 0})


# -- signatures ---------------------------------------------------------------------------------------


@attack("uq_signature_person")
def one_person_signs_for_two(writer: Writer) -> None:
    """Two pairs of eyes are of two people."""
    to_the_ward(writer, A)
    writer.forge(infuse(A), signature={"person": "ines"})


@attack("fk_move_transition")
def one_signature_of_two_is_enough(writer: Writer) -> None:
    """The infusion is told with one signature, by the entry and by the move."""
    to_the_ward(writer, A)
    alone = writer.rows_of(replace(infuse(A), turns=(), signers=("ines",)))
    alone["entry"][0]["moves"] = 1
    alone["move"] = [writer.rows_of(infuse(A))["move"][0] | {"signatures": 1}]
    writer.write(alone)


@attack("fk_move_entry")
def the_move_claims_two_signatures(writer: Writer) -> None:
    """The entry has one signature, its move says two."""
    to_the_ward(writer, A)
    alone = writer.rows_of(replace(infuse(A), turns=(), signers=("ines",)))
    alone["entry"][0]["moves"] = 1
    alone["move"] = writer.rows_of(infuse(A))["move"]
    writer.write(alone)


@attack("fk_signature_entry")
def another_text_was_signed(writer: Writer) -> None:
    """A signature on something else than what the entry says."""
    other = str(writer.row("entry", chain="B", seq=9)["content_hash"])
    writer.forge(release(A), signature={"content_hash": other})


@attack("fk_signature_person")
def nobody_we_know_signed(writer: Writer) -> None:
    """A signer who is no person of ours."""
    writer.forge(release(A), signature={"person": "mallory"})


@attack("ck_signature_signed_at")
def it_was_signed_at_local_time(writer: Writer) -> None:
    """A time without its zone sorts wrongly and says nothing."""
    writer.forge(release(A), signature={"signed_at": "2026-03-01 13:00:00"})


# -- holds ---------------------------------------------------------------------------------------------


@attack("ck_move_stopped")
def a_held_bag_moves_on(writer: Writer) -> None:
    """A hold stops the bag."""
    writer.act(touch(A, "hold"))
    writer.act(release(A))


@attack("fk_move_before")
def a_hold_is_forgotten(writer: Writer) -> None:
    """The row says that there was none."""
    writer.act(touch(A, "hold"))
    rows = writer.rows_of(release(A))
    rows["move"][0] |= {"stops_before": 0, "stops_after": 0}
    writer.write(rows)


@attack("ck_move_stopped")
def a_bag_of_a_held_therapy_moves_on(writer: Writer) -> None:
    """The patient is too ill; nothing of the therapy moves."""
    writer.act(hold_therapy())
    writer.act(release(A))


@attack("fk_move_entry")
def the_hold_of_the_therapy_is_forgotten(writer: Writer) -> None:
    """The move says that the therapy was not stopped."""
    writer.act(hold_therapy())
    rows = writer.rows_of(release(A))
    rows["move"][0]["chain_stops"] = 0
    writer.write(rows)


@attack("fk_entry_prev")
def the_entry_forgets_the_hold_of_the_therapy(writer: Writer) -> None:
    """The next entry says that nothing was stopped."""
    writer.act(hold_therapy())
    rows = writer.rows_of(release(A))
    rows["entry"][0] |= {"prev_stops": 0, "stops": 0}
    writer.write(rows)


@attack("ck_entry_stops")
def a_hold_does_not_count(writer: Writer) -> None:
    """A hold that stops nothing."""
    writer.forge(hold_therapy(), entry={"stops": 0})


@attack("ck_entry_stops")
def an_ordinary_entry_lifts_the_hold(writer: Writer) -> None:
    """Only a lift lifts."""
    writer.act(hold_therapy())
    writer.forge(replace(hold_therapy(), kind="act"), entry={"stops": 0})


@attack("ck_entry_stops")
def more_is_lifted_than_was_held(writer: Writer) -> None:
    """A lift kept for later."""
    writer.act(hold_therapy("lift"))


@attack("ck_move_stops")
def more_is_lifted_from_a_bag_than_was_held(writer: Writer) -> None:
    """A negative count of stops would hide the next hold."""
    writer.act(touch(A, "lift"))


@attack("ck_move_stops")
def a_lift_takes_away_every_hold(writer: Writer) -> None:
    """One lift, one hold less."""
    writer.act(touch(A, "hold"))
    writer.act(touch(A, "hold"))
    writer.forge(touch(A, "lift"), move={"stops_after": 0})


@attack("fk_move_transition")
def the_step_claims_to_be_allowed_on_hold(writer: Writer) -> None:
    """The row says that its transition may pass a stop."""
    writer.act(touch(A, "hold"))
    rows = writer.rows_of(release(A))
    rows["move"][0]["while_stopped"] = 1
    writer.write(rows)

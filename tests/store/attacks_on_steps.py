"""Forgeries of what may happen next, of who signed it, and of what is on hold."""

from dataclasses import replace

from coi.ledger.shape import shape_of
from coi.store.parts import KINDS
from tests.store.attacks import attack
from tests.store.attacks_on_registers import a_transition, a_workflow
from tests.store.world import A, a_birth, infuse, label_of, release, to_the_ward, touch
from tests.store.writer import Birth, Deed, Row, Turn, Writer, reshaped


def hold_therapy(kind: str = "hold") -> Deed:
    """The whole therapy is stopped, or goes on."""
    return Deed("A", kind, "ward", (), ("ines",), kind)


# -- steps ----------------------------------------------------------------------------------------


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


@attack("fk_move_deed")
def a_step_of_another_version_is_taken(writer: Writer) -> None:
    """The entry stays in its version, the move takes the step of another."""
    writer.forge(release(A), move={"version": 2})


def a_migration(version: int = 2) -> Deed:
    """The therapy and its products move to a newer version, signed by two."""
    turns = (Turn("A", "ordered"), Turn(A.product, "cleared"), Turn(A.other_product, "cleared"))
    return Deed("A", "migrate", "mfg", turns, ("quentin", "mia"), "migrate", version)


@attack("ck_entry_migrate")
def a_migration_is_signed_by_nobody(writer: Writer) -> None:
    """Moving to another version is a signed action."""
    writer.forge(a_migration(), entry={"shape": shape_of([3] + [0] * (len(KINDS) - 1))})


@attack("ck_entry_migrate")
def a_migration_is_signed_by_one(writer: Writer) -> None:
    """Nobody changes the rules of a therapy under way alone."""
    writer.forge(a_migration(), entry={"shape": shape_of([3, 1] + [0] * (len(KINDS) - 2))})


@attack("ck_entry_migrate")
def a_migration_moves_nothing(writer: Writer) -> None:
    """The rules are said to change, and everything stays where it is, by the older ones."""
    writer.forge(a_migration(), entry={"shape": shape_of([0, 2] + [0] * (len(KINDS) - 2))})


@attack("ck_entry_newer")
def a_therapy_goes_back_to_older_rules(writer: Writer) -> None:
    """What was tightened since is not got rid of by going back."""
    writer.forge(a_migration(), entry={"version": 0})


@attack("ck_entry_newer")
def a_therapy_moves_to_the_version_that_it_has(writer: Writer) -> None:
    """Nothing changes, and yet two have signed for a change."""
    writer.forge(a_migration(), entry={"version": 1})


@attack("fk_move_transition")
def a_migration_changes_a_state_beside(writer: Writer) -> None:
    """A product comes out of it in another state than the versions foresee."""
    writer.forge(a_migration(), move={"to_state": "released"})


@attack("fk_move_before")
def what_is_not_in_the_older_version_is_moved_out_of_it(writer: Writer) -> None:
    """The product stands in another version than the move says."""
    writer.forge(a_migration(), move={"from_version": 2})


@attack("fk_move_deed")
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
    again: Row = {"seq": 15, "turn": 8, "prev_turn": 7, "from_state": "infused"}
    again |= {"holder_before": A.patient, "unit": A.patient}
    rows["move"] = [writer.row("move", chain="A", seq=14) | again]
    writer.write(reshaped(rows))


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


# -- signatures -----------------------------------------------------------------------------------


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
    alone["move"] = [writer.rows_of(infuse(A))["move"][0] | {"signatures": 1}]
    writer.write(reshaped(alone))


@attack("ck_move_signatures")
def the_move_claims_two_signatures(writer: Writer) -> None:
    """The entry has one signature, its move says two."""
    to_the_ward(writer, A)
    alone = writer.rows_of(replace(infuse(A), turns=(), signers=("ines",)))
    alone["move"] = writer.rows_of(infuse(A))["move"]
    writer.write(reshaped(alone))


@attack("fk_signature_entry")
def another_text_was_signed(writer: Writer) -> None:
    """A signature on something else than what the entry says."""
    other = str(writer.row("entry", chain="B", seq=9)["content_hash"])
    writer.forge(release(A), signature={"content_hash": other})


@attack("fk_signature_person")
def a_program_signs_as_a_person(writer: Writer) -> None:
    """A program is there, and acts; sign it cannot (SEC-38)."""
    writer.forge(release(A), signature={"person": "gateway"})


@attack("ck_signature_person_kind")
def a_program_signs_and_says_so(writer: Writer) -> None:
    """The same, with the kind told truly."""
    writer.forge(release(A), signature={"person": "gateway", "person_kind": "service"})


@attack("fk_signature_person")
def nobody_signs(writer: Writer) -> None:
    """Nobody is there from the beginning, and is no person who could sign."""
    writer.forge(release(A), signature={"person": "-"})


@attack("fk_signature_person")
def nobody_we_know_signed(writer: Writer) -> None:
    """A signer who is no person of ours."""
    writer.forge(release(A), signature={"person": "mallory"})


@attack("ck_signature_signed_at")
def it_was_signed_at_local_time(writer: Writer) -> None:
    """A time without its zone sorts wrongly and says nothing."""
    writer.forge(release(A), signature={"signed_at": "2026-03-01 13:00:00"})


# -- holds ----------------------------------------------------------------------------------------


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


@attack("fk_move_deed")
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


# -- steps of others ------------------------------------------------------------------------------


@attack("fk_move_transition")
def a_step_is_taken_that_only_another_workflow_has(writer: Writer) -> None:
    """The therapy's own workflow has no such step."""
    writer.insert("workflow", a_workflow())
    writer.insert("transition", a_transition())
    skip: Row = {"action": "skip", "to_state": "infused", "stop_effect": 0, "stops_after": 0}
    writer.forge(touch(A, "hold"), move=skip)


@attack("fk_move_transition")
def a_step_between_versions_is_taken_within_one(writer: Writer) -> None:
    """What leads into version 2 is no step of version 1."""
    end = Turn(A.product, "destroyed", holder="destroyed", label=label_of(A.product))
    deed = Deed("A", "destroy", "mfg", (end,), ("ines", "nina"))
    moved: Row = {"action": "migrate", "to_state": "cleared", "custody": "none", "scans": 0}
    moved |= {"label_serial": None, "holder_after": "mfg", "holder_kind": "unit"}
    writer.forge(deed, move=moved)


@attack("fk_move_transition")
def a_bag_is_destroyed_by_a_migration(writer: Writer) -> None:
    """A step within version 1 does not lead into version 2."""
    gone: Row = {"action": "destroy", "to_state": "destroyed", "custody": "ends", "scans": 1}
    gone |= {"holder_after": "destroyed", "holder_kind": "gone", "packing": "outside"}
    writer.forge(a_migration(), move=gone | {"label_serial": label_of(A.other_product)})


@attack("fk_move_transition")
def a_lot_takes_the_step_of_a_product(writer: Writer) -> None:
    """Each machine has its own steps, though states have the same names."""
    lot: Row = {"subject": A.lot, "machine": "lot", "born_seq": 7, "turn": 4, "prev_turn": 3}
    nobody: Row = {"holder_before": "-", "holder_after": "-", "holder_kind": "nobody"}
    writer.forge(touch(A, "hold"), move=lot | nobody)

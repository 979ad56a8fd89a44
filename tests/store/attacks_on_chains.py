"""Forgeries of the chain itself, of live positions, and of the registers."""

# ruff: noqa: S608 - an attack types its statement

from hashlib import sha256

from tests.store.attacks import attack
from tests.store.world import A, an_attestation, record, to_the_ward, touch
from tests.store.writer import Deed, Row, Writer

UNKNOWN = sha256(b"something else").hexdigest()


def a_note() -> Deed:
    """An entry that does nothing but stand in A's chain."""
    return record(A)


def a_vow() -> Deed:
    """The organisation vouches for somebody."""
    parts = {"attestation": (an_attestation("omar", "courier"),)}
    return Deed("site", "admit", "ward", (), ("vera",), "site", parts=parts)


# -- entries --------------------------------------------------------------------------------------


@attack("fk_entry_prev")
def an_entry_is_left_out(writer: Writer) -> None:
    """A gap in the chain."""
    writer.act(a_note())
    writer.forge(a_note(), entry={"seq": 12, "prev_seq": 11})


@attack("ck_entry_genesis")
def an_entry_jumps_over_the_next(writer: Writer) -> None:
    """The number after the next, tied to the last."""
    writer.forge(a_note(), entry={"seq": 11})


@attack("pk_entry")
def the_chain_forks(writer: Writer) -> None:
    """A second successor of entry 8."""
    rows = writer.rows_of(a_note())
    before = writer.row("entry", chain="A", seq=8)
    rows["entry"][0] |= writer.entry_after(before, seq=9)
    writer.write(rows)


@attack("pk_entry")
def the_chain_begins_again(writer: Writer) -> None:
    """A second first entry."""
    rows = writer.rows_of(Deed("A", "order", "ward", signers=()))
    rows["entry"][0] |= _without_a_past(rows["entry"][0]) | {"seq": 0}
    writer.write(rows)


@attack("ck_entry_genesis")
def an_entry_without_a_past_stands_in_the_middle(writer: Writer) -> None:
    """NULL everywhere would switch off the key to the entry before."""
    rows = writer.rows_of(a_note())
    rows["entry"][0] |= _without_a_past(rows["entry"][0])
    writer.write(rows)


@attack("ck_entry_genesis")
def a_hash_is_left_out(writer: Writer) -> None:
    """One NULL switches off the whole key to the entry before."""
    writer.forge(a_note(), entry={"prev_hash": None})


@attack("ck_entry_genesis")
def a_first_entry_comes_already_stopped(writer: Writer) -> None:
    """A new chain begins with nothing on hold."""
    writer.insert("chain", {"id": "C", "kind": "site"})
    writer.forge(Deed("C", "open", "ward", (), (), "site"), entry={"prev_stops": 1, "stops": 1})


@attack("ck_entry_genesis")
def a_new_chain_begins_in_the_middle(writer: Writer) -> None:
    """The first entry has the number 0."""
    writer.insert("chain", {"id": "C", "kind": "site"})
    writer.forge(Deed("C", "open", "ward", (), (), "site"), entry={"seq": 1})


@attack("fk_entry_prev")
def the_hash_before_is_another(writer: Writer) -> None:
    """The chain is tied to an entry that is not there."""
    writer.forge(a_note(), entry={"prev_hash": UNKNOWN})


@attack("fk_entry_prev")
def the_version_before_is_another(writer: Writer) -> None:
    """The chain pretends to have been in version 2 all along."""
    writer.forge(a_note(), entry={"prev_version": 2, "version": 2})


@attack("fk_entry_actor")
def nobody_we_know_acted(writer: Writer) -> None:
    """An actor who is no person of ours."""
    writer.forge(a_note(), entry={"actor": "mallory"})


@attack("fk_entry_unit")
def it_happened_nowhere_we_know(writer: Writer) -> None:
    """A unit that is no party."""
    writer.forge(a_note(), entry={"unit": "elsewhere"})


@attack("fk_entry_chain")
def it_belongs_to_no_therapy(writer: Writer) -> None:
    """A chain that was never opened."""
    writer.act(Deed("C", "open", "ward", (), (), "site"))


@attack("ck_entry_refused")
def a_refused_attempt_is_signed(writer: Writer) -> None:
    """What was refused, nobody signed."""
    writer.forge(record(A, ["mia"]), entry={"kind": "refused"})


@attack("ck_entry_kind")
def an_entry_is_of_a_new_kind(writer: Writer) -> None:
    """Kinds are few and known."""
    writer.forge(a_note(), entry={"kind": "undo"})


@attack("ck_entry_workflow")
def an_action_follows_no_workflow(writer: Writer) -> None:
    """What is done to a therapy follows its workflow."""
    writer.forge(a_note(), entry={"workflow": "-"})


@attack("ck_entry_recorded_at")
def an_entry_is_recorded_at_local_time(writer: Writer) -> None:
    """Times are UTC to the microsecond, or their text does not sort."""
    writer.forge(a_note(), entry={"recorded_at": "2026-03-01T13:00:00+01:00"})


@attack("ck_entry_happened_at")
def an_entry_happened_at_no_time(writer: Writer) -> None:
    """An empty time."""
    writer.forge(a_note(), entry={"happened_at": ""})


@attack("ck_attestation_valid_until")
def a_vow_holds_for_some_time(writer: Writer) -> None:
    """An end is a time, or '-' for never."""
    writer.forge(a_vow(), attestation={"valid_until": "soon"})


@attack("ck_attestation_holds")
def a_vow_holds_twice(writer: Writer) -> None:
    """It holds or it does not."""
    writer.forge(a_vow(), attestation={"holds": 2})


@attack("ck_attestation_kind")
def a_vow_is_of_a_new_kind(writer: Writer) -> None:
    """What the organisation vouches for is known."""
    writer.forge(a_vow(), attestation={"kind": "friend"})


def _without_a_past(entry: Row) -> Row:
    past = {name for name in entry if name.startswith("prev_") and name != "prev_stops"}
    return dict.fromkeys(past)


# -- live positions -------------------------------------------------------------------------------


@attack("fk_position_move")
def a_position_stands_where_no_move_led(writer: Writer) -> None:
    """The live table says that the ward holds it."""
    writer.door.execute(
        "UPDATE position SET turn = turn + 1, holder = 'ward' WHERE subject = 'A/8.1'"
    )


@attack("fk_position_move")
def a_position_is_ahead_of_its_moves(writer: Writer) -> None:
    """The live table counts a turn that nobody took."""
    writer.door.execute("UPDATE position SET turn = turn + 1 WHERE subject = 'A/8.1'")


@attack("fk_position_move")
def a_position_is_of_another_version(writer: Writer) -> None:
    """The live table follows the move, but for the version."""
    _lead_wrongly(writer, "version = 2")


@attack("fk_position_move")
def a_position_is_in_another_state(writer: Writer) -> None:
    """The live table follows the move, but for the state."""
    _lead_wrongly(writer, "state = 'infused'")


@attack("fk_position_move")
def a_position_is_held_by_another(writer: Writer) -> None:
    """The live table follows the move, but for the holder."""
    _lead_wrongly(writer, "holder = 'ward'")


@attack("fk_position_move")
def a_position_is_sent_to_another(writer: Writer) -> None:
    """The live table follows the move, but for the consignee."""
    _lead_wrongly(writer, "consignee = 'ward'")


@attack("fk_position_move")
def a_position_forgets_a_hold(writer: Writer) -> None:
    """The live table follows the move, but for the stops."""
    _lead_wrongly(writer, "stops = 0")


@attack("fk_position_move")
def a_position_is_in_a_package(writer: Writer) -> None:
    """The live table follows the move, but for what is closed around it."""
    _lead_wrongly(writer, "inside = 'A/9.1'")


def _lead_wrongly(writer: Writer, change: str) -> None:
    """A hold is written, and the live position led on with one column changed."""
    rows = writer.rows_of(touch(A, "hold"))
    for table in ("entry", "signature", "move"):
        for row in rows[table]:
            writer.insert(table, row)
    stops = "" if change.startswith("stops") else ", stops = 1"
    writer.door.execute(
        f"UPDATE position SET turn = turn + 1, {change}{stops} WHERE subject = 'A/8.1'"
    )


@attack("lock_position_backwards", on_postgresql="")
def a_position_goes_back(writer: Writer) -> None:
    """The live table returns to an older turn; as a right this cannot be said."""
    to_the_ward(writer, A)
    old = "version = 1, holder = 'mfg', consignee = '-'"
    writer.door.execute(f"UPDATE position SET turn = 2, {old} WHERE subject = 'A/8.1'")


@attack("lock_position_delete", on_postgresql="permission denied")
def a_position_is_deleted(writer: Writer) -> None:
    """A subject disappears from the live table."""
    writer.door.execute("DELETE FROM position WHERE subject = 'A/8.1'")


@attack("lock_position_key", on_postgresql="permission denied")
def a_position_is_given_to_another_subject(writer: Writer) -> None:
    """The live row of A's bag becomes that of B's."""
    writer.door.execute("UPDATE position SET chain = 'B', turn = 9 WHERE subject = 'A/8.1'")


@attack("pk_position")
def a_subject_stands_in_two_places(writer: Writer) -> None:
    """A second live row."""
    writer.insert("position", writer.row("position", subject=A.product))


@attack("fk_position_move")
def what_was_never_born_has_a_position(writer: Writer) -> None:
    """A live row without any move."""
    writer.insert("position", writer.row("position", subject=A.product) | {"subject": "A/99.1"})


@attack("fk_position_move", on_postgresql="not null position.holder")
def a_position_is_held_by_null(writer: Writer) -> None:
    """NULL would switch off the key to the move."""
    writer.act(touch(A, "hold"))
    columns = "turn = 4, stops = 1, holder = NULL"
    writer.door.execute(f"UPDATE position SET {columns} WHERE subject = 'A/8.2'")


# -- registers ------------------------------------------------------------------------------------


@attack("ck_transition_n")
def a_shortcut_is_added_to_the_workflow(writer: Writer) -> None:
    """An installed workflow has as many transitions as it said, and gets no more."""
    _add_shortcut(writer)


@attack("fk_transition_workflow")
def a_shortcut_is_added_and_counted(writer: Writer) -> None:
    """The same, and the row says that the workflow allows one more."""
    count = int(_shortcut(writer)["transitions"] or 0) + 1
    _add_shortcut(writer, transitions=count)


@attack("uq_transition_n")
def a_shortcut_takes_the_number_of_another(writer: Writer) -> None:
    """The same, with a number that is taken."""
    _add_shortcut(writer, n=1)


@attack("pk_workflow")
def a_workflow_version_is_installed_anew(writer: Writer) -> None:
    """The text of a version never changes."""
    row = writer.row("workflow", name="cart", version=1)
    writer.insert("workflow", row | {"text": "name: other", "hash": UNKNOWN})


@attack("pk_account")
def a_user_name_leads_to_another_person(writer: Writer) -> None:
    """A name, once given, is that person's for ever."""
    writer.insert("account", writer.row("account", username="nina") | {"person": "vera"})


@attack("ck_account_username")
def a_user_name_differs_by_a_capital(writer: Writer) -> None:
    """Nina and nina would look like one."""
    writer.insert("account", writer.row("account", username="nina") | {"username": "Nina"})


@attack("fk_account_person")
def an_account_belongs_to_nobody(writer: Writer) -> None:
    """Every account is a person's."""
    row = writer.row("account", username="nina")
    writer.insert("account", row | {"username": "x", "person": "mallory"})


@attack("ck_person_origin")
def a_person_comes_from_nowhere(writer: Writer) -> None:
    """Every person was entered by an entry."""
    writer.insert("person", {"id": "mallory", "kind": "person", "chain": None, "seq": None})


@attack("fk_person_entry")
def a_person_was_entered_by_no_entry(writer: Writer) -> None:
    """The entry that brought a person is there."""
    writer.insert("person", {"id": "mallory", "kind": "person", "chain": "site", "seq": 99})


@attack("fk_unit_party")
def a_patient_becomes_a_unit(writer: Writer) -> None:
    """A patient holds cells at the end, and works on none."""
    writer.insert("unit", writer.row("unit", id="ward") | {"id": "P-b"})


@attack("pk_party")
def a_unit_becomes_a_patient(writer: Writer) -> None:
    """A party is of one kind for ever."""
    writer.insert("party", {"id": "ward", "kind": "patient"})


@attack("ck_site_kind")
def a_site_is_of_a_new_kind(writer: Writer) -> None:
    """Kinds of sites are known."""
    writer.insert("site", writer.row("site", id="site of lab") | {"id": "x", "kind": "shed"})


def _shortcut(writer: Writer) -> Row:
    """A transition that skips the approval."""
    last = {"workflow": "cart", "version": 1, "machine": "product", "action": "approve"}
    row = writer.row("transition", **last)
    count = int(row["transitions"] or 0)
    return row | {"from_state": "", "action": "make", "signatures": 0, "n": count + 1}


def _add_shortcut(writer: Writer, **change: str | int) -> None:
    writer.insert("transition", _shortcut(writer) | change)

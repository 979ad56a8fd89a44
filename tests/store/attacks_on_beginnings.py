"""Forgeries of first things: a chain's first entry, a therapy's first subject, a first turn."""

from dataclasses import replace

from coi.ledger.shape import shape_of
from coi.store.parts import KINDS
from tests.store.attacks import attack
from tests.store.world import A, a_birth, a_wristband
from tests.store.writer import Birth, Deed, Row, Turn, Writer

NEW_PATIENT = "P-c"


def opened(writer: Writer) -> Deed:
    """Open a third therapy; the deed that orders it is not written yet."""
    writer.insert("party", {"id": NEW_PATIENT, "kind": "patient"})
    writer.insert("chain", {"id": "C", "kind": "therapy"})
    pinned = {"coi": "C", "patient_id": NEW_PATIENT}
    writer.insert("therapy", writer.row("therapy", coi="A") | pinned)
    return Deed("C", "order", "ward", (), ("ines",), births=(Birth("therapy"),))


# -- a chain's first entry ------------------------------------------------------------------------


@attack("ck_entry_genesis")
def a_first_entry_follows_a_number(writer: Writer) -> None:
    """Nothing comes before the first; half a key to it would refer to nothing."""
    writer.forge(opened(writer), entry={"prev_seq": 0})


@attack("ck_entry_genesis")
def a_first_entry_follows_a_hash(writer: Writer) -> None:
    """A first entry that claims to be tied to another."""
    writer.forge(opened(writer), entry={"prev_hash": writer.row("entry", chain="B", seq=9)["hash"]})


@attack("ck_entry_genesis")
def a_first_entry_follows_a_version(writer: Writer) -> None:
    """A first entry that claims an older version of the workflow."""
    writer.forge(opened(writer), entry={"prev_version": 1})


@attack("ck_entry_genesis")
def a_first_entry_follows_a_shape(writer: Writer) -> None:
    """A first entry that claims to follow on an empty one."""
    writer.forge(opened(writer), entry={"prev_shape": "0" * 32})


@attack("ck_entry_newer")
def a_first_entry_is_a_migration(writer: Writer) -> None:
    """There are no rules before it that could be left."""
    rows = writer.rows_of(replace(opened(writer), turns=(Turn("C", "ordered"),)))
    so_many = {"move": 1, "signature": 2, "subject": 1}
    shape = shape_of(so_many.get(kind.table, 0) for kind in KINDS)
    rows["entry"][-1] |= {"kind": "migrate", "shape": shape}
    writer.write(rows)


# -- a therapy's first subject --------------------------------------------------------------------


@attack("ck_subject_id")
def a_therapy_has_the_name_of_another(writer: Writer) -> None:
    """The therapy's own subject is named as its chain."""
    writer.forge(opened(writer), subject={"id": "D"})


@attack("ck_subject_id")
def a_therapy_is_named_as_what_is_born_in_it(writer: Writer) -> None:
    """The therapy's own subject with the name of a part of it."""
    writer.forge(opened(writer), subject={"id": "C/0.1"})


@attack("ck_subject_origin")
def a_therapy_half_comes_from_another(writer: Writer) -> None:
    """A therapy comes from nothing; half a key would refer to nothing."""
    writer.forge(opened(writer), subject={"origin_id": "A"})


@attack("ck_subject_origin")
def a_therapy_is_younger_than_nothing(writer: Writer) -> None:
    """The other half of the key."""
    writer.forge(opened(writer), subject={"origin_born": 0})


@attack("ck_subject_origin")
def something_is_born_with_the_therapy(writer: Writer) -> None:
    """Only the therapy comes from nothing, in the first entry too."""
    rows = writer.rows_of(opened(writer))
    rows["subject"][0] |= {"machine": "sample", "id": "C/0.1"}
    writer.write(rows)


@attack("fk_subject_therapy")
def a_therapy_is_born_on_a_site_chain(writer: Writer) -> None:
    """A subject needs a therapy of its chain, not only of its workflow."""
    writer.insert("chain", {"id": "C", "kind": "site"})
    rows = writer.rows_of(Deed("A", "note", "ward", births=(Birth("therapy"),)))
    first = writer.rows_of(Deed("C", "open", "ward", (), ("mia",), "site"))
    shape = rows["entry"][0]["shape"]
    first["entry"][0]["shape"] = shape
    tied = {name: first["entry"][0][name] for name in ("chain", "seq", "content_hash", "shape")}
    first["signature"][0]["shape"] = shape
    first["subject"] = [rows["subject"][0] | tied | {"id": "C"}]
    writer.write(first)


# -- a first turn ---------------------------------------------------------------------------------


@attack("ck_move_turn")
def a_birth_is_told_later_and_truly(writer: Writer) -> None:
    """A first turn in a later entry, which names the entry of the birth as it was."""
    writer.act(replace(a_birth(), turns=()))
    turn = Turn("A/11.1", "made", holder="mfg")
    again = replace(a_birth(), turns=(turn,))
    writer.forge(again, move={"subject": "A/10.1", "born_seq": 10})


@attack("ck_move_turn")
def it_is_born_by_a_later_step(writer: Writer) -> None:
    """A first turn that is a later step of the same machine, in nobody's hands."""
    later: Row = {"action": "recall", "from_state": "released", "custody": "none"}
    later["packing"] = "either"
    writer.forge(a_birth(), move=later | {"holder_after": "-", "holder_kind": "nobody"})


@attack("ck_move_custody")
def a_lot_is_born_into_somebodys_hands(writer: Writer) -> None:
    """What has no custody is held by nobody."""
    deed = Deed("A", "start", "mfg", (Turn("A/10.1", "running"),), births=(Birth("lot", A.bag),))
    writer.forge(deed, move={"holder_after": "mfg", "holder_kind": "unit"})


# -- a first wristband ----------------------------------------------------------------------------


@attack("fk_wristband_therapy")
def a_wristband_is_issued_outside_a_therapy(writer: Writer) -> None:
    """A patient's wristband belongs to one of the patient's therapies."""
    band = a_wristband(A.patient, "W2", 2)
    writer.act(Deed("site", "band", "ward", (), (), "site", parts={"wristband": (band,)}))

"""The move: one subject's turn in an action; and the live position that the moves have led to."""

from collections.abc import Mapping

from coi.store.parts import MOVE, SIGNATURE, part_table
from coi.store.tables_registers import TRANSITION
from coi.store.words import check, numbers, primary, refers, table, texts, unique

_POSITION_AFTER = "version to_state holder_after consignee_after stops_after inside_after"
_DEED = "chain seq workflow version unit"

_STAYS = "holder_after = holder_before"
_NOT_SENT = "consignee_before = '-'"
_SENT = "consignee_before <> '-'"
_NOT_SENT_AFTER = "consignee_after = '-'"
_BY_HOLDER = "unit = holder_before"
_BY_SOMEBODY = "unit <> '-'"  # or else nobody could lose what was sent to nobody
_HELD_BY_A_UNIT = "holder_kind = 'unit'"

_CUSTODY = {
    "none": (
        _STAYS,
        "consignee_after = consignee_before",
        # What is on its way can be held; nothing is decided about it before somebody has it in
        # hand.
        "(consignee_before = '-' OR to_state = from_state)",
    ),
    # Born into the acting unit's own hands: into others' it would come without a handoff.
    "creates": ("turn = 1", _NOT_SENT_AFTER, "holder_after = unit", _HELD_BY_A_UNIT),
    "keeps": (_STAYS, _NOT_SENT, _NOT_SENT_AFTER, _BY_HOLDER, _HELD_BY_A_UNIT),
    "releases": (
        _STAYS,
        _NOT_SENT,
        "consignee_after <> '-'",
        "consignee_after <> holder_after",
        _BY_HOLDER,
        _HELD_BY_A_UNIT,
    ),
    "accepts": (
        _SENT,
        "holder_after = consignee_before",
        _NOT_SENT_AFTER,
        "unit = holder_after",
        _HELD_BY_A_UNIT,
    ),
    "takes_back": (_STAYS, _SENT, _NOT_SENT_AFTER, _BY_HOLDER, _HELD_BY_A_UNIT),
    "ends": (
        _NOT_SENT,
        _NOT_SENT_AFTER,
        _BY_HOLDER,
        _BY_SOMEBODY,
        "holder_kind IN ('gone', 'patient')",
    ),
    "loses": (
        "holder_kind = 'gone'",
        _NOT_SENT_AFTER,
        _BY_SOMEBODY,
        "(unit = holder_before OR unit = consignee_before)",
    ),
}
"""What each word of custody demands: who acts, who holds it before and after, to whom it goes."""

_ALONE = ("package IS NULL", "package_turn IS NULL", "package_custody IS NULL")
_WITH_IT = (
    "package IS NOT NULL",
    "package = inside_before",
    "package_turn IS NOT NULL",
    "package_custody IS NOT NULL",
)
_PACKING = {
    # In nothing that is closed: what is packed is neither infused nor handed over on its own.
    "outside": ("inside_before = '-'", "inside_after = '-'", "put_into IS NULL", *_ALONE),
    "inside": (
        "inside_before <> '-'",
        "inside_after = inside_before",
        "put_into IS NULL",
        *_WITH_IT,
        "package_custody = custody",
    ),
    "either": ("inside_after = inside_before", "put_into IS NULL", *_ALONE),
    "goes_in": ("inside_before = '-'", "put_into IS NOT NULL", "inside_after = put_into", *_ALONE),
    "comes_out": (
        "inside_before <> '-'",
        "inside_after = '-'",
        "put_into IS NULL",
        *_WITH_IT,
        "package_custody = 'ends'",
    ),
}
"""What each word of packing demands: in which package it was, in which it is afterwards, and what
that package does in the same entry.
"""


def _rule(column: str, words: Mapping[str, tuple[str, ...]]) -> str:
    return " OR ".join(
        f"({column} = '{word}' AND {' AND '.join(demands)})" for word, demands in words.items()
    )


move = part_table(
    MOVE,
    numbers("signatures"),
    texts("unit"),
    numbers("chain_stops"),
    texts("transcription subject"),
    numbers("born_seq turn"),
    numbers("prev_turn", null=True),
    texts("workflow machine action"),
    numbers("from_version"),
    texts("from_state holder_before consignee_before"),
    numbers("stops_before"),
    texts("inside_before"),
    numbers("version"),
    texts("to_state holder_after holder_kind consignee_after"),
    numbers("stops_after"),
    texts("inside_after"),
    texts("put_into package", null=True),
    numbers("package_turn", null=True),
    texts("package_custody", null=True),
    texts("custody packing"),
    numbers("stop_effect while_stopped scans patient on_paper"),
    texts("label_serial patient_id wristband", null=True),
    # Each turn is taken once: of two who act on what both of them saw, one comes too late.
    unique("uq_move_turn", "subject turn"),
    # The next move and the live position refer to all of this, so that neither tells another story.
    unique("uq_move_after", f"chain subject turn {_POSITION_AFTER}"),
    # What is in a package refers to this: what the package does in the same entry.
    unique("uq_move_package", "chain seq subject turn custody"),
    check(
        # A first turn follows no move, and its NULL switches `fk_move_before` off. So its whole
        # past is told here.
        "ck_move_turn",
        "(turn = 1 AND prev_turn IS NULL AND seq = born_seq AND from_state = ''"
        " AND from_version = version AND stops_before = 0"
        " AND holder_before = '-' AND consignee_before = '-' AND inside_before = '-')"
        " OR (turn > 1 AND prev_turn IS NOT NULL AND prev_turn = turn - 1)",
    ),
    check("ck_move_custody", _rule("custody", _CUSTODY)),
    # In one package at most: it goes in from outside, and comes out of the one that it is in.
    check("ck_move_packing", _rule("packing", _PACKING)),
    check(
        # The kind is what the row itself says; `fk_move_holder` makes sure that it is true.
        "ck_move_patient_holder",
        "holder_kind <> 'patient' OR (patient_id IS NOT NULL AND holder_after = patient_id)",
    ),
    check("ck_move_stopped", "(stops_before = 0 AND chain_stops = 0) OR while_stopped = 1"),
    # While a therapy is copied from paper, nothing moves but by a copied step, or beside it.
    check(
        "ck_move_on_paper",
        "(transcription IN ('-', 'ended') AND on_paper < 2)"
        " OR (transcription = 'open' AND on_paper = 1)"
        " OR (transcription = 'step' AND on_paper > 0)",
    ),
    check("ck_move_stops", "stops_after >= 0 AND stops_after = stops_before + stop_effect"),
    # Without a serial `fk_move_label` is switched off: what must be scanned may not be left out.
    check("ck_move_scan", "scans = 0 OR label_serial IS NOT NULL"),
    check(
        "ck_move_patient",
        "(patient = 1 AND patient_id IS NOT NULL AND wristband IS NOT NULL)"
        " OR (patient = 0 AND patient_id IS NULL AND wristband IS NULL)",
    ),
    # The transition says how many sign, the shape how many have signed; here the two meet.
    check("ck_move_signatures", f"signatures = {SIGNATURE.count_in('shape')}"),
    refers(
        "fk_move_deed",
        f"{_DEED} chain_stops transcription",
        "entry",
        f"{_DEED} prev_stops transcription",
    ),
    refers(
        # The birth is in the key: nothing moves as if it had been born in another entry.
        "fk_move_subject",
        "chain subject machine born_seq workflow",
        "subject",
        "chain id machine seq workflow",
    ),
    refers(
        "fk_move_before",
        "chain subject prev_turn"
        " from_version from_state holder_before consignee_before stops_before inside_before",
        "move",
        f"chain subject turn {_POSITION_AFTER}",
    ),
    refers("fk_move_transition", TRANSITION, "transition", TRANSITION),
    refers("fk_move_holder", "holder_after holder_kind", "party", "id kind"),
    refers("fk_move_consignee", "consignee_after", "party", "id"),
    # Into a package that this very entry closes around it: nothing is put into one of before.
    refers(
        "fk_move_put_into", "chain seq put_into subject", "lineage", "chain seq package parent_id"
    ),
    # Out of a package that this very entry opens, and along with one that it moves likewise.
    refers(
        "fk_move_package",
        "chain seq package package_turn package_custody",
        "move",
        "chain seq subject turn custody",
    ),
    # This serial on this very subject: another patient's bag has no such row in this chain.
    refers("fk_move_label", "label_serial chain subject", "label", "serial chain subject"),
    refers("fk_move_patient", "chain patient_id", "therapy", "coi patient_id"),
    refers("fk_move_wristband", "wristband patient_id", "wristband", "serial patient_id"),
)

position = table(
    "position",
    texts("chain subject"),
    numbers("turn version"),
    texts("state holder consignee"),
    numbers("stops"),
    texts("inside"),
    primary("position", "chain subject"),
    refers(
        # Some move of the subject, perhaps an older one: a key cannot say which is the last. On
        # SQLite a trigger refuses to go back, and the verifier sees it on both databases.
        "fk_position_move",
        "chain subject turn version state holder consignee stops inside",
        "move",
        f"chain subject turn {_POSITION_AFTER}",
    ),
)
"""Where each subject stands now; the only table of the record that is ever updated."""

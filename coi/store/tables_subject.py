"""What is born in a therapy and what is known of it; all of it below one COI identifier."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, text

from coi.store.parts import (
    LABEL,
    LABEL_TURN,
    LINEAGE,
    SIGNATURE,
    SUBJECT,
    VALUE,
    WRISTBAND,
    part_table,
)
from coi.store.words import among, check, numbers, refers, said, texts, unique
from workflows.label_life import (
    BY_DEVICE,
    CHANGES,
    ENDS,
    EXPLAINED,
    MOST_PIECES,
    WITNESSED,
    LabelState,
)
from workflows.labelled import DONATION
from workflows.over_labels import OVER_LABEL

subject = part_table(
    SUBJECT,
    texts("id machine workflow"),
    texts("origin_id", null=True),
    numbers("origin_born", null=True),
    unique("uq_subject_id", "id"),
    unique("uq_subject_chain", "chain id"),
    unique("uq_subject_born", "chain id seq"),
    unique("uq_subject_move", "chain id machine seq workflow"),
    check(
        # Younger than what it came from: so no circle can be told, and no walk up the tree is
        # needed to know that.
        "ck_subject_origin",
        "(machine = 'therapy' AND seq = 0 AND origin_id IS NULL AND origin_born IS NULL)"
        " OR (machine <> 'therapy' AND origin_id IS NOT NULL AND origin_born IS NOT NULL"
        " AND origin_born < seq)",
    ),
    check(
        # The name follows from chain, entry and number: nobody can choose one, or take a later one.
        "ck_subject_id",
        "(machine = 'therapy' AND id = chain) OR (machine <> 'therapy'"
        " AND id = chain || '/' || CAST(seq AS TEXT) || '.' || CAST(n AS TEXT))",
    ),
    refers("fk_subject_origin", "chain origin_id origin_born", "subject", "chain id seq"),
    # A site's chain has no therapy, so that nothing can be born on it.
    refers("fk_subject_therapy", "chain workflow", "therapy", "coi workflow"),
)
"""Anything that has a position; born after its origin, so that no circle can be told."""

lineage = part_table(
    LINEAGE,
    texts("child_id parent_id"),
    numbers("parent_born"),
    texts("relation"),
    texts("package", null=True),
    unique("uq_lineage_pair", "chain child_id parent_id"),
    # For the moves: what goes into a package is what this package was closed around.
    unique("uq_lineage_package", "chain seq package parent_id"),
    among("ck_lineage_relation", "relation", "made_of packed_in"),
    check(
        "ck_lineage_package",
        "(relation = 'packed_in' AND package IS NOT NULL AND package = child_id)"
        " OR (relation <> 'packed_in' AND package IS NULL)",
    ),
    check("ck_lineage_parent_is_older", "parent_born < seq"),
    refers("fk_lineage_child", "chain child_id seq", "subject", "chain id seq"),
    refers("fk_lineage_parent", "chain parent_id parent_born", "subject", "chain id seq"),
)
"""The family tree: many parents and many children, inside one therapy."""

value = part_table(
    VALUE,
    texts("subject field"),
    numbers("occurrence revision"),
    numbers("prev_revision", null=True),
    texts("content unit_of_measure method limits within reason"),
    texts("over_label", null=True),
    unique("uq_value_revision", "chain subject field occurrence revision"),
    # The code of another's label is on record of one container, once, whatever was corrected since.
    unique("uq_value_over_label", "over_label"),
    check(
        "ck_value_over_label",
        f"(field = '{OVER_LABEL}' AND over_label IS NOT NULL AND over_label = content)"
        f" OR (field <> '{OVER_LABEL}' AND over_label IS NULL)",
    ),
    check("ck_value_occurrence", "occurrence >= 1"),
    check(
        # Each revision follows the one before, so that none is left out; a correction says why (EU
        # GMP Annex 11, section 9).
        "ck_value_revision",
        "(revision = 1 AND prev_revision IS NULL) OR (revision > 1"
        " AND prev_revision IS NOT NULL AND prev_revision = revision - 1 AND reason <> '-')",
    ),
    among("ck_value_within", "within", "yes no -"),
    refers("fk_value_subject", "chain subject", "subject", "chain id"),
    refers(
        "fk_value_revised",
        "chain subject field occurrence prev_revision",
        "value",
        "chain subject field occurrence revision",
    ),
)
"""What was recorded; a correction is a new revision with its reason."""

IS_A_DONATION = value.c.field == said(DONATION)
_FIRST, _BEHIND_ESTABLISHMENT, _THIRTEEN = text("1"), text("9"), text("13")
"""Where the number of a donation may begin, and how long it is in ISBT 128 and a European code."""


def _bare(number: ColumnElement[str]) -> ColumnElement[str]:
    """A number without what may stand around it: blanks, and what tells its kind."""
    bare: ColumnElement[str] = func.upper(number)
    for around in (" ", "=", "&,4", "SEC:"):
        bare = func.replace(bare, said(around), said(""))
    return bare


def first_of(number: ColumnElement[str]) -> ColumnElement[str]:
    """The thirteen characters with which a number begins."""
    return func.substr(_bare(number), _FIRST, _THIRTEEN)


DONATION_PARTS = (
    first_of(value.c.content),
    func.substr(_bare(value.c.content), _BEHIND_ESTABLISHMENT, _THIRTEEN),
)
"""Where in a recorded number that of the donation may stand: first, or behind an establishment."""

label = part_table(
    LABEL,
    texts("serial subject template"),
    numbers("issue"),
    numbers("prev_issue", null=True),
    texts("replaces", null=True),
    unique("uq_label_serial", "serial"),
    # For the turns of its own life.
    unique("uq_label_chain", "serial chain"),
    # For the moves: what was scanned is this serial on this subject, and not only some serial.
    unique("uq_label_subject", "serial chain subject"),
    # One label after the other, so that of two labels of a thing one is the newer.
    unique("uq_label_issue", "chain subject issue"),
    unique("uq_label_next", "serial chain subject issue"),
    check(
        "ck_label_issue",
        "(issue = 1 AND prev_issue IS NULL AND replaces IS NULL) OR (issue > 1"
        " AND prev_issue IS NOT NULL AND prev_issue = issue - 1 AND replaces IS NOT NULL)",
    ),
    refers("fk_label_subject", "chain subject", "subject", "chain id"),
    refers(
        "fk_label_before",
        "replaces chain subject prev_issue",
        "label",
        "serial chain subject issue",
    ),
    # The one before is void: a thing never has two labels that live.
    refers("fk_label_voided", "replaces", "label_turn", "voided"),
)
"""A printed label; its serial leads to one subject for ever, and one of a thing is alive."""

_CHANGES = " OR ".join(
    f"(before = '{before}' AND after = '{after}')" for before, after in sorted(CHANGES)
)
_SIGNATURES = SIGNATURE.count_in("shape")


def _one_of(states: Iterable[LabelState]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


label_turn = part_table(
    LABEL_TURN,
    texts("serial"),
    numbers("turn"),
    numbers("prev_turn", null=True),
    texts("before after how reason"),
    numbers("pieces"),
    texts("voided", null=True),
    # Of two who tell of one label what both saw, one comes too late.
    unique("uq_label_turn_turn", "serial turn"),
    unique("uq_label_turn_after", "chain serial turn after"),
    unique("uq_label_turn_voided", "voided"),
    check(
        "ck_label_turn_turn",
        "(turn = 1 AND prev_turn IS NULL AND before = 'issued')"
        " OR (turn > 1 AND prev_turn IS NOT NULL AND prev_turn = turn - 1)",
    ),
    check("ck_label_turn_change", _CHANGES),
    # Verified is what a device has read, and nothing else is said to be read.
    check(
        "ck_label_turn_how",
        f"(after = 'verified' AND how IN ({', '.join(map(repr, BY_DEVICE))}))"
        " OR (after <> 'verified' AND how = '-')",
    ),
    check("ck_label_turn_reason", f"after NOT IN ({_one_of(EXPLAINED)}) OR reason <> '-'"),
    # Destroyed before a witness; lost by two names.
    check(
        "ck_label_turn_witness",
        f"after NOT IN ({_one_of(WITNESSED)}) OR {_SIGNATURES} > 1",
    ),
    # Of an unconfirmed print nothing may have come out, or several; of anything else nothing is
    # counted.
    check(
        "ck_label_turn_pieces",
        f"(after NOT IN ({_one_of(ENDS)}) AND pieces = 0)"
        f" OR (after = 'destroyed' AND pieces BETWEEN 0 AND {MOST_PIECES})"
        f" OR (after IN ('lost', 'returned') AND pieces BETWEEN 1 AND {MOST_PIECES})",
    ),
    check(
        "ck_label_turn_voided",
        "(after = 'voided' AND voided IS NOT NULL AND voided = serial)"
        " OR (after <> 'voided' AND voided IS NULL)",
    ),
    refers("fk_label_turn_label", "serial chain", "label", "serial chain"),
    refers(
        "fk_label_turn_before",
        "chain serial prev_turn before",
        "label_turn",
        "chain serial turn after",
    ),
)
"""What became of a label, change by change; the last one says where it is now."""

wristband = part_table(
    WRISTBAND,
    texts("serial patient_id"),
    numbers("issue"),
    unique("uq_wristband_serial", "serial"),
    unique("uq_wristband_patient", "serial patient_id"),
    # By patient, and not by therapy: an arm wears one band, whichever therapy issued it.
    unique("uq_wristband_issue", "patient_id issue"),
    check("ck_wristband_issue", "issue >= 1"),
    refers("fk_wristband_therapy", "chain patient_id", "therapy", "coi patient_id"),
)
"""A wristband of the therapy's patient; the newest issue is the one that is worn."""

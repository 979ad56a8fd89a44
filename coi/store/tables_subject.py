"""What is born in a therapy and what is known of it; all of it below one COI identifier."""

from coi.store.parts import LABEL, LINEAGE, SUBJECT, VALUE, WRISTBAND, part_table
from coi.store.words import among, check, numbers, refers, texts, unique

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
    unique("uq_lineage_pair", "chain child_id parent_id"),
    among("ck_lineage_relation", "relation", "made_of packed_in"),
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
    unique("uq_value_revision", "chain subject field occurrence revision"),
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

label = part_table(
    LABEL,
    texts("serial subject template"),
    unique("uq_label_serial", "serial"),
    # For the moves: what was scanned is this serial on this subject, and not only some serial.
    unique("uq_label_subject", "serial chain subject"),
    refers("fk_label_subject", "chain subject", "subject", "chain id"),
)
"""A printed label; its serial leads to one subject for ever."""

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

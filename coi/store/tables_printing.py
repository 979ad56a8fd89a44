"""What is printed now, and at which printers: it only passes, and no record table refers to it."""

from coi.store.words import among, check, moment, numbers, primary, refers, table, texts, unique

print_line = table(
    "print_line",
    texts("printer therapy job since"),
    primary("print_line", "printer"),
    moment("ck_print_line_since", "since"),
)
"""Whose labels may lie at a printer ('-' for nobody's, since it was cleared), and which job it is
being sent now. One row for each printer: whoever wants to send takes it, and there is no second
one to take (LB-07)."""

print_job = table(
    "print_job",
    texts("id chain"),
    numbers("seq"),
    texts(
        "printer therapy labels media_type sha256 sealed state why claim made_at due_at ended_at"
    ),
    primary("print_job", "id"),
    among("ck_print_job_state", "state", "queued sending printed unconfirmed held cancelled"),
    # What is being sent, or was, is not there any more: so nothing can send it again (LB-04).
    check(
        "ck_print_job_sealed",
        "(state IN ('queued', 'held') AND sealed <> '-')"
        " OR (state NOT IN ('queued', 'held') AND sealed = '-')",
    ),
    check(
        "ck_print_job_claim",
        "(state = 'sending' AND claim <> '-') OR (state <> 'sending' AND claim = '-')",
    ),
    check(
        "ck_print_job_ended",
        "(state IN ('queued', 'held', 'sending') AND ended_at = '-')"
        " OR (state IN ('printed', 'unconfirmed', 'cancelled') AND ended_at <> '-')",
    ),
    # Whoever holds a job without saying why leaves somebody standing before a silent printer.
    check("ck_print_job_why", "state NOT IN ('held', 'unconfirmed') OR why <> '-'"),
    # Whatever is tried again, one entry prints the same label once.
    unique("uq_print_job_label", "chain seq sha256"),
    moment("ck_print_job_made_at", "made_at"),
    moment("ck_print_job_due_at", "due_at"),
    moment("ck_print_job_ended_at", "ended_at", or_never=True),
    # To its printer it does not refer: that is an attestation, of which the newest is in force.
    refers("fk_print_job_entry", "chain seq", "entry", "chain seq"),
)
"""A label that is to be printed, written with the entry that prints it; the serials that it carries
stand between blanks, its bytes sealed with the vault key. `due_at` is when it may be tried next,
and of one that is being sent, when its sender is taken for dead."""

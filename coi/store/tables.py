"""All tables, in the order in which they can be read: the record, then what stands apart."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Index, Table, func

from coi.store.tables_apart import (
    IS_A_NUMBER,
    alarm,
    challenge,
    credential,
    delivery,
    donation_turn,
    erasable,
    errand,
    exception,
    factor,
    failed_sign_in,
    held_file,
    patient_identity,
    patient_key,
    pin,
    preference,
    request,
    saved_view,
    session,
    signature_grant,
    task,
    token,
    webhook,
)
from coi.store.tables_batch import batch_part, batch_run
from coi.store.tables_entry import attestation, entry, signature
from coi.store.tables_move import move, position
from coi.store.tables_printing import print_job, print_line
from coi.store.tables_registers import (
    account,
    chain,
    label_template,
    participation,
    party,
    person,
    site,
    therapy,
    transition,
    unit,
    workflow,
)
from coi.store.tables_stock import stock_scan, stock_take
from coi.store.tables_subject import (
    DONATION_PARTS,
    IS_A_DONATION,
    label,
    label_turn,
    lineage,
    subject,
    value,
    wristband,
)
from coi.store.tables_tree import checkpoint, tree_leaf, tree_node
from coi.store.unusual import is_marked
from coi.store.words import BEGINNING, ONE, by_code_point, metadata
from workflows.model import Transition

REGISTERS = (
    *(party, site, unit, person, account),
    *(workflow, transition, label_template, chain, therapy, participation),
)
PARTS = (move, signature, subject, lineage, value, label, label_turn, wristband, attestation)

TREE = (tree_leaf, tree_node, checkpoint)

RECORD: tuple[Table, ...] = (*REGISTERS, entry, *PARTS, position, *TREE)
"""Append-only; `position` alone may be updated, and never backwards."""

APART: tuple[Table, ...] = (
    *(erasable, patient_key, patient_identity),
    *(credential, request),
)
"""May be updated and erased."""

PASSING: tuple[Table, ...] = (
    *(session, failed_sign_in, factor, challenge, pin, preference, token, signature_grant),
    *(errand, task, exception, alarm),
    *(webhook, delivery),
    *(donation_turn, saved_view, held_file),
    *(print_line, print_job),
    *(batch_run, batch_part),
    *(stock_take, stock_scan),
)
"""Says nothing of what happened, only of what is going on: signing in and out are entries."""

INDEXES = (
    Index("ix_account_person", account.c.person),
    # What is to be put on record of an alarm now; and what rings at a site, the longest first.
    Index("ix_alarm_next", alarm.c.site, alarm.c.next_at),
    Index(
        "ix_alarm_rings",
        *(alarm.c.site, alarm.c.level, alarm.c.rings_at, alarm.c.chain, alarm.c.kind),
        *(alarm.c.subject, alarm.c.since, alarm.c.state, alarm.c.roles, alarm.c.escalated_at),
    ),
    Index("ix_attestation_about", attestation.c.kind, attestation.c.about),
    Index("ix_delivery_due", delivery.c.webhook, delivery.c.state, delivery.c.due_at),
    Index("ix_delivery_state", delivery.c.state, delivery.c.recorded_at),
    Index("ix_lineage_parent", lineage.c.chain, lineage.c.parent_id),
    Index("ix_session_former", session.c.former),
    # What was recorded since some moment, and when anything was last: without it, the whole record.
    Index("ix_entry_recorded", entry.c.recorded_at, entry.c.chain, entry.c.seq),
    # What was done, and what one person did, the newest first; and what is unusual among the rest.
    Index("ix_entry_action", entry.c.action, entry.c.recorded_at, entry.c.chain, entry.c.seq),
    Index("ix_entry_actor", entry.c.actor, entry.c.recorded_at, entry.c.chain, entry.c.seq),
    Index(
        "ix_entry_unusual",
        *(entry.c.recorded_at, entry.c.chain, entry.c.seq),
        sqlite_where=is_marked(),
        postgresql_where=is_marked(),
    ),
    Index("ix_errand_chain", errand.c.chain),
    Index("ix_errand_open", errand.c.ended_at, errand.c.opened_at),
    Index(
        "ix_exception_first",
        *(exception.c.site, exception.c.list, exception.c.attention, exception.c.subject),
        *(exception.c["class"], exception.c.kind, exception.c.owner),
    ),
    # How much of a person's waits: told without reading any of it.
    Index("ix_held_file_person", held_file.c.person, held_file.c.chain, held_file.c.waiting),
    # Its key is the caller's: without it, what one chain answered is found by reading all answers.
    Index("ix_request_entry", request.c.chain, request.c.seq),
    Index("ix_participation_site", participation.c.site),
    # Those who look alike share a mark. The record number's is one patient's alone: two orders that
    # come at once for one new patient cannot make two patients.
    Index("ix_patient_identity_ciphertext", patient_identity.c.ciphertext),
    Index(
        "uq_patient_identity_number",
        patient_identity.c.ciphertext,
        unique=True,
        sqlite_where=IS_A_NUMBER,
        postgresql_where=IS_A_NUMBER,
    ),
    # What a unit has in hand: without it, everything that anybody ever had.
    Index("ix_position_holder", position.c.holder),
    Index("ix_print_job_of", print_job.c.printer, print_job.c.made_at),
    Index("ix_print_job_state", print_job.c.state, print_job.c.due_at),
    Index("ix_stock_take_unit", stock_take.c.unit, stock_take.c.opened_at),
    Index(
        "ix_task_soonest",
        *(task.c.place, task.c.due_at, task.c.chain, task.c.roles, task.c.phase, task.c.held),
    ),
    Index("ix_token_of_person", token.c.person),
    Index("ix_therapy_patient", therapy.c.patient_id),
    Index("ix_unit_site", unit.c.site),
    *(
        Index(
            name,
            part,
            sqlite_where=IS_A_DONATION,
            postgresql_where=IS_A_DONATION,
        )
        for name, part in zip(
            ("ix_value_donation", "ix_value_european"), DONATION_PARTS, strict=True
        )
    ),
    # The beginning alone: no database takes a key as long as the longest text.
    Index("ix_value_content", value.c.field, func.substr(value.c.content, ONE, BEGINNING)),
)
"""What pages and facts look for, beyond the keys."""

INDEXES_OF_POSTGRESQL = (
    # Its keys are sorted as its language sorts; on SQLite the key itself says how a COI begins.
    Index("ix_therapy_begins", by_code_point(therapy.c.coi)),
)

NOBODY = "-"
GONE = ("destroyed", "lost", "opened", "tested", "unpacked", "used")
"""Where a subject can end, other than in its patient."""

SEEDS: tuple[tuple[Table, dict[str, str]], ...] = (
    (party, {"id": NOBODY, "kind": "nobody"}),
    *((party, {"id": end, "kind": "gone"}) for end in GONE),
    (person, {"id": NOBODY, "kind": "nobody"}),
)
"""Rows that are there from the beginning."""

__all__ = [
    "APART",
    "GONE",
    "INDEXES",
    "INDEXES_OF_POSTGRESQL",
    "NOBODY",
    "PARTS",
    "PASSING",
    "RECORD",
    "REGISTERS",
    "SEEDS",
    "TREE",
    "account",
    "alarm",
    "attestation",
    "batch_part",
    "batch_run",
    "chain",
    "challenge",
    "checkpoint",
    "credential",
    "delivery",
    "donation_turn",
    "entry",
    "erasable",
    "errand",
    "exception",
    "factor",
    "failed_sign_in",
    "held_file",
    "label",
    "label_template",
    "label_turn",
    "lineage",
    "metadata",
    "move",
    "numbered",
    "participation",
    "party",
    "patient_identity",
    "patient_key",
    "person",
    "pin",
    "position",
    "preference",
    "print_job",
    "print_line",
    "request",
    "saved_view",
    "session",
    "signature",
    "signature_grant",
    "site",
    "stock_scan",
    "stock_take",
    "subject",
    "task",
    "therapy",
    "token",
    "transition",
    "tree_leaf",
    "tree_node",
    "unit",
    "value",
    "webhook",
    "workflow",
    "wristband",
]


def numbered(transitions: Iterable[Transition]) -> list[dict[str, object]]:
    """Rows of `transition` for one workflow version, numbered and counted.

    The workflow's own row is given the same count in its column `transitions`.
    """
    # In the order in which the verifier sorts them: it compares the numbers too.
    every = sorted(set(transitions))
    return [
        {**asdict(one), "n": n, "transitions": len(every)} for n, one in enumerate(every, start=1)
    ]

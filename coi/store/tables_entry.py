"""The entry: one business action in one chain, hashed, signed, and tied to the entry before."""

from coi.store.parts import (
    ATTESTATION,
    MOVE,
    SIGNATURE,
    entry_columns,
    entry_constraints,
    part_table,
)
from coi.store.words import among, check, moment, numbers, primary, refers, table, texts, unique

_PREVIOUS = ("prev_seq", "prev_hash", "prev_version", "prev_shape", "prev_transcription")
_FIRST = " AND ".join(f"{name} IS NULL" for name in _PREVIOUS)
_LATER = _FIRST.replace("IS NULL", "IS NOT NULL")
_SIGNATURES = SIGNATURE.count_in("shape")

entry = table(
    "entry",
    texts("chain"),
    numbers("seq"),
    texts("hash content_hash kind action workflow"),
    numbers("version"),
    texts("actor unit happened_at recorded_at"),
    numbers("stops prev_stops"),
    texts("shape transcription"),
    numbers("prev_seq", null=True),
    texts("prev_hash", null=True),
    numbers("prev_version", null=True),
    texts("prev_shape prev_transcription", null=True),
    entry_columns(),
    texts("content signed"),
    primary("entry", "chain seq"),
    # Unique by the primary key already; said again, because a key can only refer to columns that
    # are unique together, and the next entry refers to all of these.
    unique("uq_entry_next", "chain seq hash version stops shape transcription"),
    # What each move repeats of its entry: without it a move could name another unit or version.
    unique("uq_entry_deed", "chain seq workflow version unit prev_stops transcription"),
    among("ck_entry_kind", "kind", "act late incident refused hold lift migrate transcribed site"),
    check(
        # A NULL in one column switches the whole key to the entry before off, and a check passes on
        # NULL: so all of them are NULL, in entry 0 alone, or none is.
        "ck_entry_genesis",
        f"(seq = 0 AND prev_stops = 0 AND {_FIRST})"
        f" OR (seq > 0 AND {_LATER} AND prev_seq = seq - 1)",
    ),
    # Another version is other rules: they change in an entry that says so, or not at all.
    check("ck_entry_version", "prev_version IS NULL OR prev_version = version OR kind = 'migrate'"),
    check(
        # Counted, and no yes or no: what two people stopped is not set free by one of them.
        "ck_entry_stops",
        "stops >= 0 AND stops = prev_stops"
        " + CASE kind WHEN 'hold' THEN 1 WHEN 'lift' THEN -1 ELSE 0 END",
    ),
    check("ck_entry_refused", f"kind <> 'refused' OR {_SIGNATURES} = 0"),
    # Rules that change for a therapy under way take two who answer for it; and it moves.
    check(
        "ck_entry_migrate",
        f"kind <> 'migrate' OR ({_SIGNATURES} > 1 AND {MOVE.count_in('shape')} > 0)",
    ),
    # Back to older rules nothing goes; the first entry has no rules before it to leave.
    check(
        "ck_entry_newer",
        "kind <> 'migrate' OR (prev_version IS NOT NULL AND prev_version < version)",
    ),
    # Only a first entry can open a transcription; while it is open it goes on or ends, and what has
    # ended stays so. A missing column must not make a check pass, so it is given a name.
    check(
        "ck_entry_transcription",
        "(prev_seq IS NULL AND transcription IN ('-', 'open'))"
        " OR (coalesce(prev_transcription, 'new') IN ('-', 'ended')"
        " AND transcription = prev_transcription)"
        " OR (coalesce(prev_transcription, 'new') IN ('open', 'step')"
        " AND transcription IN ('open', 'step', 'ended'))",
    ),
    # A copied step is called so, and nothing else is.
    check(
        "ck_entry_transcribed",
        "(kind = 'transcribed' AND transcription = 'step')"
        " OR (kind <> 'transcribed' AND transcription <> 'step')",
    ),
    # Who copied it signs that, alone: nobody seems to have signed the step itself.
    check("ck_entry_transcriber", f"kind <> 'transcribed' OR {_SIGNATURES} = 1"),
    # Two end it, by name.
    check(
        "ck_entry_transcription_end",
        "transcription <> 'ended' OR coalesce(prev_transcription, 'new') = 'ended'"
        f" OR (kind = 'act' AND action = 'end_transcription' AND {_SIGNATURES} = 2)",
    ),
    # While it is open nobody tells of it otherwise, and its rules stay what they are.
    check(
        "ck_entry_beside",
        "transcription IN ('-', 'ended') OR kind NOT IN ('late', 'migrate')",
    ),
    check(
        "ck_entry_workflow",
        "(kind = 'site' AND workflow = '-') OR kind = 'refused'"
        " OR (kind <> 'site' AND workflow <> '-')",
    ),
    moment("ck_entry_happened_at", "happened_at"),
    moment("ck_entry_recorded_at", "recorded_at"),
    refers("fk_entry_chain", "chain", "chain", "id"),
    refers("fk_entry_actor", "actor", "person", "id"),
    refers("fk_entry_unit", "unit", "party", "id"),
    refers(
        # With its shape, and not with its hash alone: from the shape follows which parts must be
        # there before anything comes after them.
        "fk_entry_prev",
        "chain prev_seq prev_hash prev_version prev_stops prev_shape prev_transcription",
        "entry",
        "chain seq hash version stops shape transcription",
    ),
    *entry_constraints(),
)

signature = part_table(
    SIGNATURE,
    texts("person person_kind role printed_name meaning signed_at"),
    # The person, and not the account: whoever has two accounts is still one pair of eyes.
    unique("uq_signature_person", "chain seq person"),
    moment("ck_signature_signed_at", "signed_at"),
    # A constant, so that the key can only lead to a human being: a program cannot sign.
    check("ck_signature_person_kind", "person_kind = 'person'"),
    refers("fk_signature_person", "person person_kind", "person", "id kind"),
)
"""One person's signature on the hash of what happened; nobody signs one entry twice."""

attestation = part_table(
    ATTESTATION,
    texts("kind about role unit"),
    numbers("holds"),
    texts("valid_until detail"),
    among(
        "ck_attestation_kind",
        "kind",
        "role training template shipper policy proofing active name clock secret place bench"
        " drill restore dialect printer badge pin verification factor device"
        " device_rule second_device_rule device_test sign_on capture capture_fork permit hours"
        " equipment",
    ),
    check("ck_attestation_holds", "holds IN (0, 1)"),
    moment("ck_attestation_valid_until", "valid_until", or_never=True),
)
"""What the organisation vouches for; the newest of its kind, about, role and unit is in force."""

"""What is done beside the pages, for somebody who began it: it only passes."""

from coi.store.words import among, check, moment, numbers, primary, refers, table, texts

batch_run = table(
    "batch_run",
    texts("key kind person sealed state claim made_at due_at"),
    numbers("tries"),
    primary("batch_run", "key"),
    among("ck_batch_run_kind", "kind", "labels custody_records"),
    among("ck_batch_run_state", "state", "going stopped ended"),
    # What has come to its end is in nobody's hands.
    check("ck_batch_run_claim", "state = 'going' OR claim = '-'"),
    moment("ck_batch_run_made_at", "made_at"),
    moment("ck_batch_run_due_at", "due_at"),
    refers("fk_batch_run_person", "person", "person", "id"),
)
"""A batch that somebody began: who they are and what they asked for, sealed with the vault key.
`claim` says which process is at it ('-' for none), `due_at` when that is taken for dead, and of one
that has ended, when it ended. `tries` counts how often a process has begun with it."""

batch_part = table(
    "batch_part",
    texts("key"),
    numbers("n"),
    texts("about sealed"),
    primary("batch_part", "key n"),
    refers("fk_batch_part_run", "key", "batch_run", "key"),
)
"""One file of a batch that is fetched at its end, sealed with the vault key; gone with its batch.
What it is of stands beside it, so that how far a batch is can be told without opening any."""

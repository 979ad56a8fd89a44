"""A stock-take under way: it only passes, and no record table refers to it."""

from coi.store.words import among, check, moment, numbers, primary, refers, table, texts, unique

stock_take = table(
    "stock_take",
    texts("id unit place opened_by opened_at closed_at closed_in"),
    numbers("closed_seq"),
    primary("stock_take", "id"),
    moment("ck_stock_take_opened_at", "opened_at"),
    moment("ck_stock_take_closed_at", "closed_at", or_never=True),
    # Closed is what an entry closed: whoever reads the result reads it there, and nowhere else.
    check(
        "ck_stock_take_closed",
        "(closed_at = '-' AND closed_in = '-' AND closed_seq = 0)"
        " OR (closed_at <> '-' AND closed_in <> '-' AND closed_seq >= 0)",
    ),
    refers("fk_stock_take_unit", "unit", "unit", "id"),
    refers("fk_stock_take_person", "opened_by", "person", "id"),
)
"""What is counted: a place of a unit, or with '-' the whole unit. The chain and number of the entry
that closed it, which alone is in the record; '-' and 0 as long as it goes on."""

stock_scan = table(
    "stock_scan",
    texts("stock_take code finding serial chain subject place how person scanned_at"),
    numbers("n"),
    primary("stock_scan", "stock_take code"),
    unique("uq_stock_scan_n", "stock_take n"),
    # What was not scanned, missing or moved meanwhile, is found out when it is closed.
    check(
        "ck_stock_scan_finding",
        "finding IN ('found', 'found, no place on record', 'elsewhere', 'not here', 'dead label',"
        " 'unknown', 'foreign')",
    ),
    among("ck_stock_scan_how", "how", "scanned camera typed"),
    check("ck_stock_scan_n", "n > 0"),
    moment("ck_stock_scan_scanned_at", "scanned_at"),
    refers("fk_stock_scan_stock_take", "stock_take", "stock_take", "id"),
    refers("fk_stock_scan_person", "person", "person", "id"),
)
"""What was scanned in it, each code once, and what the record said of it at that moment. What is no
code of ours may be anything: of that a keyed fingerprint stands here, and no text."""

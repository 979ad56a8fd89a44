"""Who did it, and the record: store, ledger, use cases, pages, interfaces and the command line.

`coi` uses `workflows` (what may happen next) and `labels` (what is printed and scanned);
neither knows of it.
"""

"""What was recorded, as bytes that anyone can check: canonical text, hashes, replay, verification.

Pure: given texts and rows, returns values. `coi.store.read_ledger` is the one adapter that reads
them from a database. `docs/ledger-format.md` says the same for whoever writes another verifier.
"""

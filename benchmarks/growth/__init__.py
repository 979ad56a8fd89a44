"""A record as large as one likes, and what its size costs: `python -m benchmarks.growth`.

A few therapies are told through the real use cases, in a workshop of their own; then they are told
again under new names, as often as wanted. The ledger's code makes the bytes and the hashes of what
is told again, and its rows come in bulk, with every key, check and trigger switched on: what was
made so passes the verifier.
"""

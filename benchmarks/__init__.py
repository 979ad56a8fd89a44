"""What the performance claims rest on: `python -m benchmarks` prints one table.

Only CPU time and ratios within one interleaved run are compared; wall time on a shared machine says
little. `docs/performance.md` tells the method and the last results.
"""

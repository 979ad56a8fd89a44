"""A process that hands a bag back and forth, and says each key once its handoff is acknowledged.

    python -m tests.faults.handing_over URL SUBJECT SERIAL COI HANDOFFS [sqlite3]

With the last word the standard library's SQLite is used instead of our own.
"""

import os
import sqlite3
import sys

from benchmarks.clinic import Bag, open_clinic
from coi.store.engine import open_engine


def main(url: str, subject: str, serial: str, coi: str, handoffs: str, *module: str) -> None:
    """Hand over, say so, and close as a server does that is stopped."""
    engine = open_engine(url, sqlite=sqlite3) if module else open_engine(url)
    bag = Bag(coi, subject, serial)
    clinic = open_clinic(engine)
    turn = clinic.turn_of(bag)
    for number in range(int(handoffs)):
        clinic.hand_over(bag, turn + number, f"key-{number}")
        os.write(1, f"key-{number}".encode())
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])

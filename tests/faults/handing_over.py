"""A process that hands a bag back and forth, and says each key once its handoff is acknowledged.

    python -m tests.faults.handing_over URL SUBJECT SERIAL COI HANDOFFS [sqlite3]

With the last word the standard library's SQLite is used instead of our own. Where COI_HOME names an
instance, it is opened as a server does. What is refused is said by its code.
"""

import os
import sqlite3
import sys
from dataclasses import replace

from benchmarks.clinic import Bag, open_clinic
from coi.errors import NotWritten
from coi.services.installation import open_installation
from coi.settings import Settings
from coi.store.engine import open_engine


def main(url: str, subject: str, serial: str, coi: str, handoffs: str, *module: str) -> None:
    """Hand over, say so, and close as a server does that is stopped."""
    engine = open_engine(url, sqlite=sqlite3) if module else open_engine(url)
    bag = Bag(coi, subject, serial)
    clinic = open_clinic(engine)
    if "COI_HOME" in os.environ:
        instance = open_installation(Settings.from_environment(os.environ))
        clinic = replace(clinic, installation=instance)
    for number in range(int(handoffs)):
        try:
            clinic.hand_over(bag, clinic.turn_of(bag), f"key-{number}")
            os.write(1, f"key-{number}\n".encode())
        except NotWritten as error:
            os.write(1, f"{error.code}\n".encode())
    engine.dispose()
    clinic.installation.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])

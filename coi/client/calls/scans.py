"""The calls of the part “scans”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class ScansCalls(Part):
    """The calls of the part “scans”."""

    def scan(
        self,
        body: told.Scan,
    ) -> told.Scanned:
        """What each code is, as far as one may know; looking changes nothing, and nothing is kept."""  # noqa: E501 - the sentence of the description
        answer: told.Scanned = self.connection.ask(Call("POST", "/scans", body=body))
        return answer

"""The calls of the part “files”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class FilesCalls(Part):
    """The calls of the part “files”."""

    def hold_file(
        self,
        coi: str,
        body: told.Holding,
        *,
        key: str = "",
    ) -> told.HeldFile:
        """Hold a file for a step of a therapy; the same content, sent again, is one file."""
        answer: told.HeldFile = self.connection.ask(
            Call("POST", f"/therapies/{self.part(coi)}/files", body=body, writes=True, key=key)
        )
        return answer

    def fetch_file(
        self,
        coi: str,
        entry: str,
        sha256: str,
    ) -> bytes:
        """A file that a step has kept, as it came, by the hash that its value tells."""
        return self.connection.fetch(
            Call(
                "GET",
                f"/therapies/{self.part(coi)}/entries/{self.part(entry)}/files/{self.part(sha256)}",
            )
        )

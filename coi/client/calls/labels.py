"""The calls of the part “labels”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class LabelsCalls(Part):
    """The calls of the part “labels”."""

    def list_labels(
        self,
        coi: str,
    ) -> told.Labels:
        """Every label that a therapy ever had, and which of them are not accounted for."""
        answer: told.Labels = self.connection.ask(
            Call("GET", f"/therapies/{self.part(coi)}/labels")
        )
        return answer

    def turn_label(
        self,
        coi: str,
        serial: str,
        body: told.TurningLabel,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Receipt:
        """Say what became of a label, or be told every reason why not."""
        answer: told.Receipt = self.connection.ask(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/labels/{self.part(serial)}/turns",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

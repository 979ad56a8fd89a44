"""The calls of the part “label_batches”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class LabelBatchesCalls(Part):
    """The calls of the part “label_batches”."""

    def begin_label_batch(
        self,
        body: told.BeginningLabelBatch,
        *,
        key: str = "",
    ) -> told.LabelBatch:
        """Send labels one by one behind the answer; one that cannot be sent holds up no other."""
        answer: told.LabelBatch = self.connection.ask(
            Call("POST", "/label-batches", body=body, writes=True, key=key)
        )
        return answer

    def show_label_batch(
        self,
        batch: str,
    ) -> told.LabelBatch:
        """How a batch of one's own stands."""
        answer: told.LabelBatch = self.connection.ask(
            Call("GET", f"/label-batches/{self.part(batch)}")
        )
        return answer

    def stop_label_batch(
        self,
        batch: str,
        *,
        key: str = "",
    ) -> told.LabelBatch:
        """Send no more of a batch, and cancel what waits; what is being sent comes out."""
        answer: told.LabelBatch = self.connection.ask(
            Call("POST", f"/label-batches/{self.part(batch)}/stop", writes=True, key=key)
        )
        return answer

    def go_on_with_label_batch(
        self,
        batch: str,
        *,
        key: str = "",
    ) -> told.LabelBatch:
        """Let a batch go on where the printer was off, or nobody is at it any more."""
        answer: told.LabelBatch = self.connection.ask(
            Call("POST", f"/label-batches/{self.part(batch)}/go-on", writes=True, key=key)
        )
        return answer

"""The calls of the part “orders”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class OrdersCalls(Part):
    """The calls of the part “orders”."""

    def list_workflows(
        self,
    ) -> told.Workflows:
        """What can be ordered, with what an order of it records, and where one may order it."""
        answer: told.Workflows = self.connection.ask(Call("GET", "/workflows"))
        return answer

    def place_order(
        self,
        body: told.Order,
        *,
        key: str = "",
    ) -> told.Receipt:
        """Order a therapy for a patient."""
        answer: told.Receipt = self.connection.ask(
            Call("POST", "/orders", body=body, writes=True, key=key)
        )
        return answer

"""The calls of the part “drivers”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class DriversCalls(Part):
    """The calls of the part “drivers”."""

    def list_statements(
        self,
        coi: str,
    ) -> told.Statements:
        """What drivers stated in a therapy, each with the handoff that it is of."""
        answer: told.Statements = self.connection.ask(
            Call("GET", f"/therapies/{self.part(coi)}/statements")
        )
        return answer

    def take_statement(
        self,
        coi: str,
        entry: str,
        body: told.Stating,
        *,
        key: str = "",
    ) -> told.Statement:
        """Take down what the driver says of a handoff, with the picture of the papers."""
        answer: told.Statement = self.connection.ask(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/entries/{self.part(entry)}/statement",
                body=body,
                writes=True,
                key=key,
            )
        )
        return answer

    def fetch_statement_picture(
        self,
        coi: str,
        entry: str,
    ) -> bytes:
        """The picture of a statement's papers as it came, for who acts where it was taken down."""
        return self.connection.fetch(
            Call("GET", f"/therapies/{self.part(coi)}/entries/{self.part(entry)}/statement/picture")
        )

"""The calls of the part “description”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from typing import Any

from coi.client.calls.part import Part
from coi.client.sending import Call


class DescriptionCalls(Part):
    """The calls of the part “description”."""

    def describe(
        self,
    ) -> dict[str, Any]:
        """The description of all that is served here."""
        answer: dict[str, Any] = self.connection.ask(Call("GET", "/openapi.json"))
        return answer

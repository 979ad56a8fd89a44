"""The calls of the part “exceptions”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class ExceptionsCalls(Part):
    """The calls of the part “exceptions”."""

    def list_exceptions(
        self,
        *,
        closed: bool | None = None,
        class_: str | None = None,
        kind: str | None = None,
        mine: bool | None = None,
        cursor: str | None = None,
    ) -> told.Exceptions:
        """The open exceptions of the therapies at one's sites; the closed ones on request."""
        answer: told.Exceptions = self.connection.ask(
            Call(
                "GET",
                "/exceptions",
                query={
                    "closed": closed,
                    "class": class_,
                    "kind": kind,
                    "mine": mine,
                    "cursor": cursor,
                },
            )
        )
        return answer

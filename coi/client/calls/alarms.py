"""The calls of the part “alarms”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class AlarmsCalls(Part):
    """The calls of the part “alarms”."""

    def list_alarms(
        self,
        *,
        which: str | None = None,
        kind: str | None = None,
        cursor: str | None = None,
    ) -> told.Alarms:
        """What rings now at one's sites: one's own, or everything; alarms before warnings."""
        answer: told.Alarms = self.connection.ask(
            Call("GET", "/alarms", query={"which": which, "kind": kind, "cursor": cursor})
        )
        return answer

    def hear_alarm(
        self,
        body: told.Hearing,
        *,
        key: str = "",
    ) -> told.Alarm:
        """It is on record who heard it and what they do; it rings until it is done."""
        answer: told.Alarm = self.connection.ask(
            Call("POST", "/alarms/heard", body=body, writes=True, key=key)
        )
        return answer

"""The calls of the part “patients”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class PatientsCalls(Part):
    """The calls of the part “patients”."""

    def look_at_patient(
        self,
        coi: str,
        body: told.Look,
        *,
        key: str = "",
    ) -> told.Identity:
        """Who the patient is, once it is on record that somebody looks, and why."""
        answer: told.Identity = self.connection.ask(
            Call("POST", f"/therapies/{self.part(coi)}/patient", body=body, writes=True, key=key)
        )
        return answer

    def list_looks(
        self,
        coi: str,
    ) -> told.Looks:
        """Everybody who looked at the identity of this therapy's patient, the newest look first."""
        answer: told.Looks = self.connection.ask(
            Call("GET", f"/therapies/{self.part(coi)}/identity-looks")
        )
        return answer

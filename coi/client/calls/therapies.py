"""The calls of the part “therapies”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Seen


class TherapiesCalls(Part):
    """The calls of the part “therapies”."""

    def list_therapies(  # noqa: PLR0913 - as the call has them
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        phase: str | None = None,
        unit: str | None = None,
        coi: str | None = None,
        overdue: bool | None = None,
        on_hold: bool | None = None,
        workflow: str | None = None,
        site: str | None = None,
        due_within_hours: int | None = None,
    ) -> told.Lines:
        """Every therapy at one's sites, what is due soonest first."""
        answer: told.Lines = self.connection.ask(
            Call(
                "GET",
                "/therapies",
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "phase": phase,
                    "unit": unit,
                    "coi": coi,
                    "overdue": overdue,
                    "on_hold": on_hold,
                    "workflow": workflow,
                    "site": site,
                    "due_within_hours": due_within_hours,
                },
            )
        )
        return answer

    def list_work(  # noqa: PLR0913 - as the call has them
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        phase: str | None = None,
        unit: str | None = None,
        coi: str | None = None,
        overdue: bool | None = None,
        on_hold: bool | None = None,
        workflow: str | None = None,
        site: str | None = None,
        due_within_hours: int | None = None,
    ) -> told.Lines:
        """What waits for whoever asks, the soonest first."""
        answer: told.Lines = self.connection.ask(
            Call(
                "GET",
                "/work",
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "phase": phase,
                    "unit": unit,
                    "coi": coi,
                    "overdue": overdue,
                    "on_hold": on_hold,
                    "workflow": workflow,
                    "site": site,
                    "due_within_hours": due_within_hours,
                },
            )
        )
        return answer

    def show_therapy(
        self,
        coi: str,
    ) -> Seen[told.Therapy]:
        """One therapy as it stands; its tag changes with each entry."""
        answer: Seen[told.Therapy] = self.connection.look(
            Call("GET", f"/therapies/{self.part(coi)}")
        )
        return answer

    def show_subject(
        self,
        coi: str,
        number: str,
    ) -> Seen[told.Subject]:
        """One thing of a therapy; its tag says its turn, and is what a step is sent with."""
        answer: Seen[told.Subject] = self.connection.look(
            Call("GET", f"/therapies/{self.part(coi)}/subjects/{self.part(number)}")
        )
        return answer

    def list_entries(
        self,
        coi: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> told.Entries:
        """What happened in a therapy, oldest first, with its signatures and its refusals."""
        answer: told.Entries = self.connection.ask(
            Call(
                "GET",
                f"/therapies/{self.part(coi)}/entries",
                query={"limit": limit, "cursor": cursor},
            )
        )
        return answer

    def list_values(
        self,
        coi: str,
    ) -> told.Values:
        """Every value that was recorded, and what it was before it was corrected."""
        answer: told.Values = self.connection.ask(
            Call("GET", f"/therapies/{self.part(coi)}/values")
        )
        return answer

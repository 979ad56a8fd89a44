"""The calls of the part “sessions”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class SessionsCalls(Part):
    """The calls of the part “sessions”."""

    def sign_in(
        self,
        body: told.Credentials,
    ) -> told.Session:
        """Begin the session of a person, by name and password."""
        answer: told.Session = self.connection.ask(Call("POST", "/sessions", body=body))
        return answer

    def who_am_i(
        self,
    ) -> told.Somebody:
        """Who asks, with the roles that hold at this moment."""
        answer: told.Somebody = self.connection.ask(Call("GET", "/sessions/current"))
        return answer

    def work_at(
        self,
        body: told.Workplace,
    ) -> told.Somebody:
        """Work at another of one's units from now on."""
        answer: told.Somebody = self.connection.ask(Call("PATCH", "/sessions/current", body=body))
        return answer

    def sign_out(
        self,
    ) -> None:
        """End the session; its token opens nothing any more."""
        self.connection.do(Call("DELETE", "/sessions/current"))

    def grant_signature(
        self,
        body: told.GrantWanted,
    ) -> told.Grant:
        """Let one request be signed by whoever is signed in, with their password."""
        answer: told.Grant = self.connection.ask(Call("POST", "/grants", body=body))
        return answer

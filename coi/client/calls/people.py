"""The calls of the part “people”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class PeopleCalls(Part):
    """The calls of the part “people”."""

    def list_people(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        called: str | None = None,
    ) -> told.People:
        """Everybody whose name holds these letters, by the printed name."""
        answer: told.People = self.connection.ask(
            Call("GET", "/people", query={"limit": limit, "cursor": cursor, "called": called})
        )
        return answer

    def open_account(
        self,
        body: told.NewPerson,
        *,
        key: str = "",
    ) -> told.Secret:
        """Open an account; its one-time secret is answered this once."""
        answer: told.Secret = self.connection.ask(
            Call("POST", "/people", body=body, writes=True, key=key)
        )
        return answer

    def show_person(
        self,
        username: str,
    ) -> told.PersonFile:
        """One person: accounts, roles, trainings, sessions, and what happened."""
        answer: told.PersonFile = self.connection.ask(Call("GET", f"/people/{self.part(username)}"))
        return answer

    def close_account(
        self,
        username: str,
        body: told.Because,
        *,
        key: str = "",
    ) -> None:
        """Close the account for ever, and say why; its name is never given again."""
        self.connection.do(
            Call("DELETE", f"/people/{self.part(username)}", body=body, writes=True, key=key)
        )

    def grant_role(
        self,
        username: str,
        role: str,
        unit: str,
        *,
        key: str = "",
    ) -> None:
        """Give a role at a unit; `-` is the whole organisation."""
        self.connection.do(
            Call(
                "PUT",
                f"/people/{self.part(username)}/roles/{self.part(role)}/{self.part(unit)}",
                writes=True,
                key=key,
            )
        )

    def revoke_role(
        self,
        username: str,
        role: str,
        unit: str,
        body: told.Because,
        *,
        key: str = "",
    ) -> None:
        """Take a role away, and say why; it is gone at the next request."""
        self.connection.do(
            Call(
                "DELETE",
                f"/people/{self.part(username)}/roles/{self.part(role)}/{self.part(unit)}",
                body=body,
                writes=True,
                key=key,
            )
        )

    def issue_badge(
        self,
        username: str,
        body: told.NewBadge,
        *,
        key: str = "",
    ) -> told.Serial:
        """Issue a badge in a role that the person holds; the one before is struck off."""
        answer: told.Serial = self.connection.ask(
            Call("POST", f"/people/{self.part(username)}/badge", body=body, writes=True, key=key)
        )
        return answer

    def strike_off_badge(
        self,
        username: str,
        body: told.BadgeStruckOff,
        *,
        key: str = "",
    ) -> None:
        """Let a person wear no badge any more, with the reason; the account stays as it is."""
        self.connection.do(
            Call(
                "POST",
                f"/people/{self.part(username)}/badge/strike-off",
                body=body,
                writes=True,
                key=key,
            )
        )

    def print_badge(
        self,
        username: str,
        *,
        key: str = "",
    ) -> bytes:
        """The badge that a person wears, as PDF."""
        return self.connection.fetch(
            Call("POST", f"/people/{self.part(username)}/badge/print", writes=True, key=key)
        )

    def record_training(
        self,
        username: str,
        body: told.Trained,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Record that somebody is trained; signed by QA or an administrator."""
        self.connection.do(
            Call(
                "POST",
                f"/people/{self.part(username)}/trainings",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def record_identity_check(
        self,
        username: str,
        body: told.IdentityChecked,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Record who a person is was checked, and how; signed by QA or an administrator."""
        self.connection.do(
            Call(
                "POST",
                f"/people/{self.part(username)}/identity",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def end_factors(
        self,
        username: str,
        body: told.FactorsEnded,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """End the second factors of somebody who lost them; signed by an administrator."""
        self.connection.do(
            Call(
                "POST",
                f"/people/{self.part(username)}/factors/end",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def rename_person(
        self,
        username: str,
        body: told.PrintedName,
        *,
        key: str = "",
    ) -> None:
        """Change how the name is printed from now on."""
        self.connection.do(
            Call("PUT", f"/people/{self.part(username)}/name", body=body, writes=True, key=key)
        )

    def add_account(
        self,
        username: str,
        body: told.AnotherName,
        *,
        key: str = "",
    ) -> None:
        """Give the same person one more user name."""
        self.connection.do(
            Call("POST", f"/people/{self.part(username)}/accounts", body=body, writes=True, key=key)
        )

    def issue_secret(
        self,
        username: str,
        body: told.Because,
        *,
        key: str = "",
    ) -> told.Secret:
        """Give the person a new one-time secret, answered this once, and say why."""
        answer: told.Secret = self.connection.ask(
            Call("POST", f"/people/{self.part(username)}/secret", body=body, writes=True, key=key)
        )
        return answer

    def unlock_account(
        self,
        username: str,
        *,
        key: str = "",
    ) -> None:
        """Open the accounts that were tried in vain too often."""
        self.connection.do(
            Call("POST", f"/people/{self.part(username)}/unlock", writes=True, key=key)
        )

    def end_session(
        self,
        username: str,
        session: str,
        *,
        key: str = "",
    ) -> None:
        """End one of the person's sessions."""
        self.connection.do(
            Call(
                "DELETE",
                f"/people/{self.part(username)}/sessions/{self.part(session)}",
                writes=True,
                key=key,
            )
        )

    def show_account(
        self,
    ) -> told.PersonFile:
        """What holds of whoever asks."""
        answer: told.PersonFile = self.connection.ask(Call("GET", "/account"))
        return answer

    def change_password(
        self,
        body: told.NewPassword,
        *,
        key: str = "",
    ) -> told.Token:
        """Change one's password; every session ends, and the one answered here goes on."""
        answer: told.Token = self.connection.ask(
            Call("PUT", "/account/password", body=body, writes=True, key=key)
        )
        return answer

    def accept_statement(
        self,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Accept that one's electronic signature is binding; signed with these very words."""
        self.connection.do(
            Call(
                "POST", "/account/statement", writes=True, key=key, seen=seen, signatures=signatures
            )
        )

    def end_my_session(
        self,
        session: str,
        *,
        key: str = "",
    ) -> None:
        """End one of one's own sessions, on whichever machine it is."""
        self.connection.do(
            Call("DELETE", f"/account/sessions/{self.part(session)}", writes=True, key=key)
        )

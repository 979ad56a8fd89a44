"""The calls of the part “dialects”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class DialectsCalls(Part):
    """The calls of the part “dialects”."""

    def list_dialects(
        self,
    ) -> told.Dialects:
        """What each site reads beside our own codes of which one is a QA reviewer."""
        answer: told.Dialects = self.connection.ask(Call("GET", "/dialects"))
        return answer

    def switch_dialect(
        self,
        site: str,
        dialect: str,
        body: told.SwitchedDialect,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Let a site read a dialect, or no longer; its QA signs for it, and vouches for the licence."""  # noqa: E501 - the sentence of the description
        self.connection.do(
            Call(
                "PUT",
                f"/sites/{self.part(site)}/dialects/{self.part(dialect)}",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def erase_code_tables(
        self,
        site: str,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Erase every table of codes that a site ever imported; its QA signs for it."""
        self.connection.do(
            Call(
                "DELETE",
                f"/sites/{self.part(site)}/code-tables",
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

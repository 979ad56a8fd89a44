"""The calls of the part “versions”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class VersionsCalls(Part):
    """The calls of the part “versions”."""

    def show_versions(
        self,
        coi: str,
        *,
        to: int | None = None,
    ) -> told.Versions:
        """What moving to a newer version would mean; the newest, unless another is named."""
        answer: told.Versions = self.connection.ask(
            Call("GET", f"/therapies/{self.part(coi)}/version", query={"to": to})
        )
        return answer

    def move_version(
        self,
        coi: str,
        body: told.Move,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Receipt:
        """Move the therapy with everything in it, or be told every reason why not."""
        answer: told.Receipt = self.connection.ask(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/version",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

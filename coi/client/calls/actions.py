"""The calls of the part “actions”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Seen, Signature


class ActionsCalls(Part):
    """The calls of the part “actions”."""

    def show_step(
        self,
        coi: str,
        action: str,
        *,
        unit: str | None = None,
    ) -> Seen[told.Form]:
        """What a step asks for, as the therapy stands; its tag is what the step is sent with."""
        answer: Seen[told.Form] = self.connection.look(
            Call(
                "GET",
                f"/therapies/{self.part(coi)}/actions/{self.part(action)}",
                query={"unit": unit},
            )
        )
        return answer

    def take_step(
        self,
        coi: str,
        action: str,
        body: told.Taking,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Receipt:
        """Take a step, or be told every reason why not; a refused attempt stands on record."""
        answer: told.Receipt = self.connection.ask(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/actions/{self.part(action)}",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

    def tell_late(
        self,
        coi: str,
        action: str,
        body: told.TakingLate,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Receipt:
        """Record what happened while nothing could be entered; what was against a rule is an exception."""  # noqa: E501 - the sentence of the description
        answer: told.Receipt = self.connection.ask(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/late/{self.part(action)}",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

"""The calls of the part “prints”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class PrintsCalls(Part):
    """The calls of the part “prints”."""

    def send_labels(
        self,
        coi: str,
        body: told.SendingLabels,
        *,
        key: str = "",
    ) -> told.SentLabels:
        """Let labels of containers wait for a printer, all of them or none; each is printed once."""  # noqa: E501 - the sentence of the description
        answer: told.SentLabels = self.connection.ask(
            Call("POST", f"/therapies/{self.part(coi)}/prints", body=body, writes=True, key=key)
        )
        return answer

    def send_wristband(
        self,
        coi: str,
        body: told.SendingWristband,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.SentWristband:
        """Let the patient's wristband wait for a printer, with the name, for those who meet them."""  # noqa: E501 - the sentence of the description
        answer: told.SentWristband = self.connection.ask(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/wristband/prints",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

    def send_place_labels(
        self,
        body: told.SendingPlaces,
        *,
        key: str = "",
    ) -> told.SentLabels:
        """Let the labels of places wait for a printer, all of them or none."""
        answer: told.SentLabels = self.connection.ask(
            Call("POST", "/places/prints", body=body, writes=True, key=key)
        )
        return answer

    def send_badge(
        self,
        username: str,
        body: told.SendingBadge,
        *,
        key: str = "",
    ) -> told.SentLabels:
        """Let the badge that a person wears wait for a printer."""
        answer: told.SentLabels = self.connection.ask(
            Call(
                "POST",
                f"/people/{self.part(username)}/badge/prints",
                body=body,
                writes=True,
                key=key,
            )
        )
        return answer

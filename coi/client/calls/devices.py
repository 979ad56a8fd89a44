"""The calls of the part “devices”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class DevicesCalls(Part):
    """The calls of the part “devices”."""

    def list_devices(
        self,
    ) -> told.Devices:
        """The registered devices that one keeps, with the unit at which each stands."""
        answer: told.Devices = self.connection.ask(Call("GET", "/devices"))
        return answer

    def end_device(
        self,
        device: str,
        body: told.Because,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Let a device be one no longer, at once, and say why; an administrator or QA signs it."""
        self.connection.do(
            Call(
                "DELETE",
                f"/devices/{self.part(device)}",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

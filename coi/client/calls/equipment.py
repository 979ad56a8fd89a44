"""The calls of the part “equipment”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class EquipmentCalls(Part):
    """The calls of the part “equipment”."""

    def list_equipment(
        self,
    ) -> told.EveryEquipment:
        """The equipment of one's units, or of one's sites for who oversees; what ends first, first."""  # noqa: E501 - the sentence of the description
        answer: told.EveryEquipment = self.connection.ask(Call("GET", "/equipment"))
        return answer

    def register_equipment(
        self,
        body: told.NewEquipment,
        *,
        key: str = "",
    ) -> told.Serial:
        """Register a piece of equipment; its label is printed next, and fixed to it."""
        answer: told.Serial = self.connection.ask(
            Call("POST", "/equipment", body=body, writes=True, key=key)
        )
        return answer

    def renew_calibration(
        self,
        serial: str,
        body: told.Calibrated,
        *,
        key: str = "",
    ) -> None:
        """Enter a new calibration by its certificate, and say why."""
        self.connection.do(
            Call(
                "POST",
                f"/equipment/{self.part(serial)}/calibration",
                body=body,
                writes=True,
                key=key,
            )
        )

    def serve_equipment(
        self,
        serial: str,
        body: told.Service,
        *,
        key: str = "",
    ) -> None:
        """Take a piece out of service, or put it back, and say why."""
        self.connection.do(
            Call("POST", f"/equipment/{self.part(serial)}/service", body=body, writes=True, key=key)
        )

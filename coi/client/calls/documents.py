"""The calls of the part “documents”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class DocumentsCalls(Part):
    """The calls of the part “documents”."""

    def print_label(
        self,
        coi: str,
        serial: str,
        *,
        key: str = "",
    ) -> bytes:
        """The label of a container, once; whoever has the file counts as having printed it."""
        return self.connection.fetch(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/labels/{self.part(serial)}",
                writes=True,
                key=key,
            )
        )

    def print_wristband(
        self,
        coi: str,
        body: told.Again,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> bytes:
        """The patient's wristband, with the name, for those who meet the patient."""
        return self.connection.fetch(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/wristband",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def print_accompanying_sheet(
        self,
        coi: str,
        serial: str,
        body: told.Sheet,
        *,
        key: str = "",
    ) -> bytes:
        """All that is to be said of a container, what its label leaves off first; no symbol."""
        return self.connection.fetch(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/labels/{self.part(serial)}/sheet",
                body=body,
                writes=True,
                key=key,
            )
        )

    def print_named_sheet(
        self,
        coi: str,
        *,
        key: str = "",
    ) -> bytes:
        """The name that a wristband cannot show, for those who meet the patient."""
        return self.connection.fetch(
            Call("POST", f"/therapies/{self.part(coi)}/wristband/sheet", writes=True, key=key)
        )

    def print_order_sheet(
        self,
        coi: str,
        *,
        key: str = "",
    ) -> bytes:
        """The order; each copy says which one it is."""
        return self.connection.fetch(
            Call("POST", f"/therapies/{self.part(coi)}/order-sheet", writes=True, key=key)
        )

    def print_custody_record(
        self,
        coi: str,
        *,
        key: str = "",
    ) -> bytes:
        """The custody record; each copy says which one it is."""
        return self.connection.fetch(
            Call("POST", f"/therapies/{self.part(coi)}/custody-record", writes=True, key=key)
        )

    def print_label_reconciliation(
        self,
        coi: str,
        *,
        key: str = "",
    ) -> bytes:
        """What became of every label, and how they add up; each copy says which one it is."""
        return self.connection.fetch(
            Call("POST", f"/therapies/{self.part(coi)}/label-reconciliation", writes=True, key=key)
        )

    def print_destruction(
        self,
        coi: str,
        number: str,
        *,
        key: str = "",
    ) -> bytes:
        """The certificate of destruction of one thing."""
        return self.connection.fetch(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/destroyed/{self.part(number)}",
                writes=True,
                key=key,
            )
        )

    def print_deviation(
        self,
        coi: str,
        number: str,
        *,
        key: str = "",
    ) -> bytes:
        """The letter about a lot that was released out of specification."""
        return self.connection.fetch(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/out-of-specification/{self.part(number)}",
                writes=True,
                key=key,
            )
        )

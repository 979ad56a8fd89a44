"""The calls of the part “printers”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class PrintersCalls(Part):
    """The calls of the part “printers”."""

    def list_printers(
        self,
    ) -> told.Queues:
        """The printers of one's sites, with what waits at each."""
        answer: told.Queues = self.connection.ask(Call("GET", "/printers"))
        return answer

    def register_printer(
        self,
        body: told.NewPrinter,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.PrinterId:
        """Register a printer of a unit; an administrator or QA signs it."""
        answer: told.PrinterId = self.connection.ask(
            Call(
                "POST",
                "/printers",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

    def show_printer(
        self,
        printer: str,
    ) -> told.Queue:
        """One printer, with its newest labels."""
        answer: told.Queue = self.connection.ask(Call("GET", f"/printers/{self.part(printer)}"))
        return answer

    def change_printer(
        self,
        printer: str,
        body: told.ChangedPrinter,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Let a printer be so from now on, and say why; what it was stays on record."""
        self.connection.do(
            Call(
                "PUT",
                f"/printers/{self.part(printer)}",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def retire_printer(
        self,
        printer: str,
        body: told.Because,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Let a printer be one no longer, and say why."""
        self.connection.do(
            Call(
                "DELETE",
                f"/printers/{self.part(printer)}",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def ask_printer(
        self,
        printer: str,
        *,
        key: str = "",
    ) -> told.Troubles:
        """Ask a printer how it is; nothing is recorded."""
        answer: told.Troubles = self.connection.ask(
            Call("POST", f"/printers/{self.part(printer)}/ask", writes=True, key=key)
        )
        return answer

    def print_test(
        self,
        printer: str,
        *,
        key: str = "",
    ) -> None:
        """Print a label that says of itself that it is none."""
        self.connection.do(
            Call("POST", f"/printers/{self.part(printer)}/test", writes=True, key=key)
        )

    def clear_printer_line(
        self,
        printer: str,
        body: told.ClearedLine,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Sign that no label of a therapy is left at a printer; those of another one may come."""
        self.connection.do(
            Call(
                "POST",
                f"/printers/{self.part(printer)}/line",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def move_print(
        self,
        job: str,
        body: told.MovedPrint,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Sign that a label which waits is printed at another printer."""
        self.connection.do(
            Call(
                "POST",
                f"/print-jobs/{self.part(job)}/move",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def try_print_again(
        self,
        job: str,
        *,
        key: str = "",
    ) -> None:
        """Let a label that is held be tried now."""
        self.connection.do(
            Call("POST", f"/print-jobs/{self.part(job)}/again", writes=True, key=key)
        )

    def cancel_print(
        self,
        job: str,
        *,
        key: str = "",
    ) -> None:
        """Let a label that waits not be printed."""
        self.connection.do(Call("DELETE", f"/print-jobs/{self.part(job)}", writes=True, key=key))

    def fetch_print(
        self,
        job: str,
        *,
        key: str = "",
    ) -> bytes:
        """Give a label as a file, once; nobody knows then what comes out of a printer."""
        return self.connection.fetch(
            Call("POST", f"/print-jobs/{self.part(job)}/file", writes=True, key=key)
        )

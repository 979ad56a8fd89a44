"""The calls of the part “record”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class RecordCalls(Part):
    """The calls of the part “record”."""

    def show_record(
        self,
    ) -> told.Record:
        """Whether the record may be written, what is in doubt, what served, and the last drill."""
        answer: told.Record = self.connection.ask(Call("GET", "/record"))
        return answer

    def let_record_go_on(
        self,
        body: told.GoingOn,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Sign that a record which is older than it was goes on."""
        self.connection.do(
            Call(
                "POST", "/record", body=body, writes=True, key=key, seen=seen, signatures=signatures
            )
        )

    def accept_clock(
        self,
        body: told.DoubtSigned,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Sign that work goes on although a clock was set."""
        self.connection.do(
            Call(
                "POST",
                "/record/clock",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def accept_findings(
        self,
        body: told.DoubtSigned,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Sign that work goes on although a verification found something."""
        self.connection.do(
            Call(
                "POST",
                "/record/findings",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def show_head(
        self,
        *,
        since: int | None = None,
    ) -> told.Head:
        """The last checkpoint of the record, proven to go on from the one that was seen last."""
        answer: told.Head = self.connection.ask(Call("GET", "/record/head", query={"since": since}))
        return answer

    def report_head(
        self,
        body: told.HeadSeen,
    ) -> told.Differs:
        """Tell of a checkpoint that the record does not go on from: then it is in doubt."""
        answer: told.Differs = self.connection.ask(Call("POST", "/record/head", body=body))
        return answer

    def list_criteria(
        self,
    ) -> told.Criteria:
        """Everything by which concerned therapies are found."""
        answer: told.Criteria = self.connection.ask(Call("GET", "/stop-ship/criteria"))
        return answer

    def find_concerned(
        self,
        *,
        what: str,
        content: str,
        unit: str,
        since: str | None = None,
        until: str | None = None,
    ) -> told.Concerned:
        """Every therapy that is concerned, as far as one may stop it at this unit."""
        answer: told.Concerned = self.connection.ask(
            Call(
                "GET",
                "/stop-ship",
                query={
                    "what": what,
                    "content": content,
                    "since": since,
                    "until": until,
                    "unit": unit,
                },
            )
        )
        return answer

    def stop_ship(
        self,
        body: told.StopShip,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Receipts:
        """Stop what was shown, or let it go on; signed once for the very list that was shown."""
        answer: told.Receipts = self.connection.ask(
            Call(
                "POST",
                "/stop-ship",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

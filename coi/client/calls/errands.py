"""The calls of the part “errands”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Seen, Signature


class ErrandsCalls(Part):
    """The calls of the part “errands”."""

    def list_errands(
        self,
    ) -> told.Errands:
        """What one has begun, and what waits for one as the second to check."""
        answer: told.Errands = self.connection.ask(Call("GET", "/errands"))
        return answer

    def begin_errand(
        self,
        body: told.Beginning,
        *,
        key: str = "",
    ) -> told.Errand:
        """Take a step in hand; one that is under way already is gone on with."""
        answer: told.Errand = self.connection.ask(
            Call("POST", "/errands", body=body, writes=True, key=key)
        )
        return answer

    def show_errand(
        self,
        identifier: str,
    ) -> Seen[told.Errand]:
        """What is asked now of whoever asks; or that it waits, is elsewhere, or how it ended."""
        answer: Seen[told.Errand] = self.connection.look(
            Call("GET", f"/errands/{self.part(identifier)}")
        )
        return answer

    def scan_for_errand(
        self,
        identifier: str,
        body: told.ScannedCode,
        *,
        seen: str,
        key: str = "",
    ) -> told.Errand:
        """Answer a screen that asks for a code; it is judged at once, and a STOP stands on record."""  # noqa: E501 - the sentence of the description
        answer: told.Errand = self.connection.ask(
            Call(
                "POST",
                f"/errands/{self.part(identifier)}/scans",
                body=body,
                writes=True,
                key=key,
                seen=seen,
            )
        )
        return answer

    def type_for_errand(
        self,
        identifier: str,
        body: told.TypedCode,
        *,
        seen: str,
        key: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Errand:
        """Take the characters under a symbol that cannot be read; another person's grant confirms them."""  # noqa: E501 - the sentence of the description
        answer: told.Errand = self.connection.ask(
            Call(
                "POST",
                f"/errands/{self.part(identifier)}/typed",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

    def answer_errand(
        self,
        identifier: str,
        body: told.AnswerTold,
        *,
        seen: str,
        key: str = "",
    ) -> told.Errand:
        """Answer a screen that asks for anything else than a code or a signature."""
        answer: told.Errand = self.connection.ask(
            Call(
                "POST",
                f"/errands/{self.part(identifier)}/answers",
                body=body,
                writes=True,
                key=key,
                seen=seen,
            )
        )
        return answer

    def sign_errand(
        self,
        identifier: str,
        body: told.SignedVersion,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Errand:
        """Sign the part that is in hand, with a grant for each signature that it asks for."""
        answer: told.Errand = self.connection.ask(
            Call(
                "POST",
                f"/errands/{self.part(identifier)}/signatures",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

    def go_back(
        self,
        identifier: str,
        *,
        seen: str,
        key: str = "",
    ) -> told.Errand:
        """Ask the screen before again."""
        answer: told.Errand = self.connection.ask(
            Call("POST", f"/errands/{self.part(identifier)}/back", writes=True, key=key, seen=seen)
        )
        return answer

    def could_not_read(
        self,
        identifier: str,
        *,
        seen: str,
        key: str = "",
    ) -> told.Errand:
        """It cannot be read: it is tried again, and typed after the third time (BD-05)."""
        answer: told.Errand = self.connection.ask(
            Call(
                "POST", f"/errands/{self.part(identifier)}/unread", writes=True, key=key, seen=seen
            )
        )
        return answer

    def take_up_errand(
        self,
        identifier: str,
        *,
        key: str = "",
    ) -> told.Errand:
        """Go on with a step here, or begin with the second check."""
        answer: told.Errand = self.connection.ask(
            Call("POST", f"/errands/{self.part(identifier)}/take-up", writes=True, key=key)
        )
        return answer

    def hand_over_errand(
        self,
        identifier: str,
        body: told.HandedOver,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Errand:
        """Hand a step to a colleague, with one grant that means “handed over”."""
        answer: told.Errand = self.connection.ask(
            Call(
                "POST",
                f"/errands/{self.part(identifier)}/hand-over",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

    def take_over_errand(
        self,
        identifier: str,
        body: told.TakenOver,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.Errand:
        """Take a step over, with one grant that means “taken over”."""
        answer: told.Errand = self.connection.ask(
            Call(
                "POST",
                f"/errands/{self.part(identifier)}/take-over",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

    def discard_errand(
        self,
        identifier: str,
        *,
        seen: str,
        key: str = "",
    ) -> told.Errand:
        """End a step of which nothing shall come; nothing has happened."""
        answer: told.Errand = self.connection.ask(
            Call(
                "POST", f"/errands/{self.part(identifier)}/discard", writes=True, key=key, seen=seen
            )
        )
        return answer

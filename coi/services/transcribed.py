"""What is told for ever of a therapy that was copied from paper."""

from dataclasses import dataclass

from coi.services.therapies import Happened, TherapyView
from workflows.on_paper import END_TRANSCRIPTION, ON_PAPER, VERIFIED
from workflows.transcribing import TRANSCRIBED


@dataclass(frozen=True, slots=True)
class Transcription:
    """From which paper a therapy was copied, how far, and who compared it."""

    reference: str
    is_open: bool
    until: int | None  # the last entry that was copied; None before the first
    count: int
    verified_by: str  # '' as long as nobody has
    ended_in: int | None

    @property
    def sentence(self) -> str:
        """The same, in one sentence."""
        paper, until, by = self.reference, self.until, self.verified_by
        if by and until is not None:
            return (
                f"Transcribed from paper (reference {paper}) up to entry {until}, verified by {by}"
            )
        if by:
            return f"Transcribed from paper (reference {paper}), verified by {by}"
        if until is not None:
            begun = f"Being transcribed from paper (reference {paper}) up to entry {until}"
            return f"{begun}, verified by nobody yet"
        return f"Being transcribed from paper (reference {paper}), verified by nobody yet"


def transcription_of(view: TherapyView) -> Transcription | None:
    """What is told of a therapy that was copied from paper; None of any other."""
    about = (v for v in view.values if (v.subject, v.field) == (view.therapy.coi, ON_PAPER))
    reference = next(about, None)
    if reference is None:
        return None
    steps = [event.seq for event in view.history if event.kind == TRANSCRIBED]
    ended = next(filter(_ends, view.history), None)
    signed = ended.signatures if ended else ()
    return Transcription(
        reference=reference.content,
        is_open=view.therapy.is_copied,
        until=steps[-1] if steps else None,
        count=len(steps),
        verified_by=next((one.printed_name for one in signed if one.meaning == VERIFIED), ""),
        ended_in=ended.seq if ended else None,
    )


def _ends(event: Happened) -> bool:
    return (event.kind, event.action) == ("act", END_TRANSCRIPTION)


def was_never_printed(view: TherapyView, issued_in: int, subject: str) -> bool:
    """A label of what was over, on paper, before our labels came: there is no piece of it."""
    thing = view.subjects[subject]
    is_over = view.workflow.machines[thing.machine].states[thing.position.state].final
    return is_over and view.history[issued_in].kind == TRANSCRIBED

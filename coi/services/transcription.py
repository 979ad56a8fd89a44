"""What two compare with the paper before they end a transcription."""

from dataclasses import dataclass

from coi.reports import custody_contents as told
from coi.services.custody_events import event_of
from coi.services.custody_reading import Reading, read_custody
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole
from coi.services.sessions import SignedIn
from coi.services.transcribed import Transcription, transcription_of
from coi.store import facts
from coi.store.transactions import Transaction
from workflows.model import Action
from workflows.on_paper import END_TRANSCRIPTION
from workflows.transcribing import unlabelled


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is compared with the paper before two end the transcription."""

    coi: str
    state: str
    transcription: Transcription | None
    steps: tuple[told.Event, ...]
    unlabelled: tuple[str, ...]  # what carries no label of ours yet
    newest: int
    head_hash: str
    ending: Action | None  # None where no transcription is open


def comparison(installation: Installation, signed_in: SignedIn, coi: str) -> Comparison:
    """Every step as it was copied, in order, with what is still missing.

    Raises:
        Unknown: there is no such therapy, or none that this person sees whole.
    """

    def work(tx: Transaction) -> Comparison:
        require_seen_whole(tx, signed_in.person, coi)
        return _comparison(tx, read_custody(tx, installation, coi))

    return installation.read(work)


def _comparison(tx: Transaction, reading: Reading) -> Comparison:
    view = reading.view
    root = view.subjects[view.therapy.coi]
    deeds = facts.history(tx, view.therapy.coi)
    transcription = transcription_of(view)
    ended = transcription.ended_in if transcription else None
    compared = view.history[: None if ended is None else ended + 1]
    missing = unlabelled(view.workflow, view.subjects.values(), deeds)
    return Comparison(
        coi=view.therapy.coi,
        state=reading.state(root.machine, root.position.state),
        transcription=transcription,
        steps=tuple(event_of(reading, one) for one in compared if one.kind != "refused"),
        unlabelled=tuple(reading.called[one.id] for one in missing),
        newest=view.history[-1].seq,
        head_hash=view.head_hash,
        ending=view.workflow.actions.get(END_TRANSCRIPTION),
    )

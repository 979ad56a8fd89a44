"""Who signed what was copied from paper: nobody but who copied it, and in the end a second person.

An entry's own bytes do not tell its signatures, so this is asked beside `coi.ledger.replay`.
"""

from collections.abc import Iterator, Sequence

from coi.ledger.replay import Content, State
from workflows.on_paper import END_TRANSCRIPTION, ENDED, TRANSCRIBED, VERIFIED


def faults_of_signers(state: State, content: Content, signed: Sequence[Content]) -> Iterator[str]:
    """What is wrong with who signed a step that was copied, or the end of the copying."""
    told = [(one["person"], one["meaning"]) for one in signed]
    if content["kind"] == "transcribed" and told != [(content["actor"], TRANSCRIBED)]:
        yield "is copied from paper, and not signed as a copy by who copied it"
    if state.ended_in != state.seq or state.transcription != ENDED:
        return
    meanings = [meaning for _person, meaning in told]
    persons = [person for person, _meaning in told]
    if content["action"] != END_TRANSCRIPTION or meanings != [TRANSCRIBED, VERIFIED]:
        yield "ends a transcription without both signatures"
    elif persons[0] not in state.copied_by or persons[1] in state.copied_by:
        yield "ends a transcription by others than who copied it and who did not"

"""By which versions of its workflow a therapy has run, and since when it runs on this one."""

from coi.clock import parse_rfc3339
from coi.services.installation import Installation
from coi.store.transactions import Transaction
from coi.store.versions import migrations
from workflows.facts import Therapy
from workflows.model import Workflow
from workflows.on_paper import knowing_transcription
from workflows.versions import Earlier

FIRST = 1


def earlier_of(installation: Installation, therapy: Therapy) -> tuple[Earlier, ...]:
    """The versions before the present one of a therapy that was looked at."""
    return installation.read(lambda tx: earlier_versions(tx, installation, therapy))


def workflow_of(tx: Transaction, installation: Installation, therapy: Therapy) -> Workflow:
    """The definition by which a therapy goes on; as long as it is copied from paper, as a copy."""
    workflow = installation.workflow(tx, therapy.workflow, therapy.version)
    return knowing_transcription(workflow) if therapy.is_copied else workflow


def earlier_versions(
    tx: Transaction, installation: Installation, therapy: Therapy
) -> tuple[Earlier, ...]:
    """The versions before the present one, oldest first; none of a therapy that never moved."""
    # Nothing is below the first version; so a handoff of most therapies asks for nothing more.
    if therapy.version == FIRST:
        return ()
    return tuple(
        Earlier(
            installation.workflow(tx, therapy.workflow, before), seq, parse_rfc3339(recorded_at)
        )
        for seq, before, recorded_at in migrations(tx, therapy.coi)
    )

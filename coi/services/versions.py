"""By which versions of its workflow a therapy has run, and since when it runs on this one."""

from coi.clock import parse_rfc3339
from coi.services.installation import Installation
from coi.store.transactions import Transaction
from coi.store.versions import migrations
from workflows.facts import Therapy
from workflows.versions import Earlier

FIRST = 1


def earlier_of(installation: Installation, therapy: Therapy) -> tuple[Earlier, ...]:
    """The versions before the present one of a therapy that was looked at."""
    return installation.read(lambda tx: earlier_versions(tx, installation, therapy))


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

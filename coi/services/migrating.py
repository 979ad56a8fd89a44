"""Move a therapy under way to a newer version of its workflow, with the difference before the eyes.

What is shown is worked out by `workflows.differences`, what forbids it by `workflows.migrating`;
here it is read, signed and recorded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from coi.errors import Conflict, Refused, Unknown
from coi.services.acting import signatures_of
from coi.services.asked import answered_before
from coi.services.attempt import Attempt, Present, Standing, TakeAction, locked, stand
from coi.services.directory import units_by_id
from coi.services.entries import write_draft
from coi.services.errand import since
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole
from coi.services.mismatches import record_refusal
from coi.services.permissions import EVERYWHERE
from coi.services.proofs import Proven, Signer, acting
from coi.services.receipts import Receipt, receipt
from coi.services.therapies import Happened, Signed, view
from coi.store import errands
from coi.store import facts as read
from coi.store.transactions import Transaction
from coi.store.versions import installed_versions
from workflows.differences import Difference, differences
from workflows.draft import Decision, Draft
from workflows.expansion import MIGRATE
from workflows.migrating import (
    APPROVED,
    REASON,
    REVIEWED,
    VERSION,
    Outside,
    knowing_migration,
    migration,
    obstacles,
    outside,
    outside_but_released,
)
from workflows.model import Workflow
from workflows.refusal import Refusal

SIGNATURES = (REVIEWED, APPROVED)


@dataclass(frozen=True, slots=True)
class Migration:
    """To which version a therapy is to move, why, and how long its record was when it was seen."""

    coi: str
    version: int
    unit: str
    reason: str
    seen: int  # the number of the newest entry
    key: str

    @property
    def wanted(self) -> TakeAction:
        """The same, as the engine is asked for any step."""
        values = {VERSION: str(self.version), REASON: self.reason}
        return TakeAction(self.coi, MIGRATE, self.unit, self.key, values=values)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What it would mean for a therapy to move: every difference, and everything against it."""

    coi: str
    older: Workflow
    newer: Workflow
    seen: int
    differences: tuple[Difference, ...]
    outside: tuple[Outside, ...]
    released: tuple[Outside, ...]  # outside too, of lots that are decided for good
    obstacles: tuple[Refusal, ...]

    @property
    def ahead(self) -> tuple[Difference, ...]:
        """What can still concern this therapy."""
        return tuple(one for one in self.differences if one.ahead)

    @property
    def behind(self) -> tuple[Difference, ...]:
        """What lies behind it, or can come to nothing in it."""
        return tuple(one for one in self.differences if not one.ahead)


def newer_versions(installation: Installation, by: Proven, coi: str) -> list[int]:
    """The installed versions that are newer than the one by which a therapy runs.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def look(tx: Transaction) -> list[int]:
        require_seen_whole(tx, acting(tx, by).person, coi)
        therapy = stand(tx, installation, coi).therapy
        return [v for v in installed_versions(tx, therapy.workflow) if v > therapy.version]

    return installation.read(look)


@dataclass(frozen=True, slots=True)
class Moved:
    """One time that a therapy moved to a newer version: when, and who signed for it."""

    at: str
    version: int
    reason: str
    time_zone: str
    signatures: tuple[Signed, ...]


def moves_before(installation: Installation, by: Proven, coi: str) -> tuple[Moved, ...]:
    """Each time that a therapy moved to a newer version, the newest first.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def look(tx: Transaction) -> tuple[Moved, ...]:
        require_seen_whole(tx, acting(tx, by).person, coi)
        told, units = view(tx, installation, coi), units_by_id(tx)
        moved = [one for one in told.history if one.kind == MIGRATE]
        return tuple(
            Moved(
                one.recorded_at,
                one.content["workflow"]["version"],
                _reason(one, told.texts),
                units[one.unit].site.time_zone,
                one.signatures,
            )
            for one in reversed(moved)
        )

    return installation.read(look)


def _reason(moved: Happened, texts: Mapping[str, str]) -> str:
    """Why a therapy moved; '' where that was erased."""
    told = (one["content"] for one in moved.content["values"] if one["field"] == REASON)
    return texts.get(next(told, ""), "")


def propose(installation: Installation, by: Proven, coi: str, version: int) -> Proposal:
    """What moving a therapy to this version would mean.

    Raises:
        Unknown: there is no such therapy that this person may see, or no such version.
    """

    def look(tx: Transaction) -> Proposal:
        require_seen_whole(tx, acting(tx, by).person, coi)
        return _proposal(tx, installation, coi, version)

    return installation.read(look)


def _proposal(tx: Transaction, installation: Installation, coi: str, version: int) -> Proposal:
    standing = stand(tx, installation, coi)
    older, newer = standing.workflow, _newer(tx, installation, standing, version)
    subjects, values = read.subjects(tx, coi), read.values(tx, coi)
    return Proposal(
        coi=coi,
        older=older,
        newer=newer,
        seen=standing.head.seq,
        differences=differences(older, newer, subjects.values()),
        outside=outside(older, newer, subjects.values(), values),
        released=outside_but_released(older, newer, subjects.values(), values),
        obstacles=(
            *obstacles(older, newer, coi, subjects.values()),
            *_under_way(tx, installation, standing),
        ),
    )


def _newer(
    tx: Transaction, installation: Installation, standing: Standing, version: int
) -> Workflow:
    """The version to which it is to move.

    Raises:
        Unknown: it is not installed.
    """
    name = standing.therapy.workflow
    if version not in installed_versions(tx, name):
        raise Unknown("workflow", f"{name} {version}")
    return installation.workflow(tx, name, version)


def _under_way(
    tx: Transaction, installation: Installation, standing: Standing
) -> Iterator[Refusal]:
    """Whatever somebody has in hand was begun by the older version, and is ended by it."""
    coi, begun = standing.therapy.coi, since(installation.clock.now())
    for row in errands.of_therapy(tx, coi, begun):
        action = standing.workflow.actions.get(row.action)
        title = action.title if action else row.action
        yield Refusal(
            "STEP_UNDER_WAY", f"“{title}” is under way at {row.unit}", "Finish it, or discard it"
        )


# -- signed ----------------------------------------------------------------------------------------


def migrate(
    installation: Installation, asked: Migration, actor: Proven, signers: tuple[Signer, ...]
) -> Receipt:
    """Move the therapy with everything in it; a refused attempt is recorded, then raised.

    Raises:
        Refused: everything that stands against it.
        Conflict: something has happened since the difference was shown; nothing was saved.
        KeyReused: the key already stands for another request.
        Unknown: there is no such therapy that the actor may see, or no such version.
    """
    outcome = installation.transact(lambda tx: _moved(tx, installation, asked, actor, signers))
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _moved(
    tx: Transaction,
    installation: Installation,
    asked: Migration,
    actor: Proven,
    signers: tuple[Signer, ...],
) -> Receipt | Refused:
    wanted = asked.wanted
    require_seen_whole(tx, acting(tx, actor).person, asked.coi)
    locked(tx, installation, wanted)
    digest = wanted.digest(installation.vault, actor, signers)
    earlier = answered_before(tx, wanted.key, digest)
    if earlier is not None:
        return earlier
    standing = stand(tx, installation, asked.coi)
    newer = _newer(tx, installation, standing, asked.version)
    if standing.head.seq != asked.seen:
        raise Conflict(asked.coi, asked.seen, standing.head.seq)
    known = replace(standing, workflow=knowing_migration(standing.workflow))
    present = Present.met(tx, actor, (), signers)
    attempt = Attempt.on(known, tx, installation, wanted, digest, present)
    decision = _decided(attempt, standing, newer)
    if decision.draft is None:
        record_refusal(attempt, decision)
        return Refused(decision.refusals)
    return _recorded(attempt, newer, decision.draft)


def _decided(attempt: Attempt, standing: Standing, newer: Workflow) -> Decision:
    """The draft, or everything that stands against it."""
    facts = replace(attempt.facts, values=read.values(attempt.tx, standing.therapy.coi))
    decision = migration(standing.workflow, newer, attempt.request, facts)
    if under_way := tuple(_under_way(attempt.tx, attempt.installation, standing)):
        return replace(decision, draft=None, refusals=(*under_way, *decision.refusals))
    return decision


def _recorded(attempt: Attempt, newer: Workflow, draft: Draft) -> Receipt:
    """Write the entry by the newer version; what is to be done next is planned by it too."""
    entry, sealed = write_draft(
        attempt.tx,
        attempt.installation,
        newer,
        (attempt.request.coi, attempt.standing.head),
        draft,
        occasion=replace(attempt.occasion, signatures=signatures_of(attempt)),
    )
    return receipt(entry, sealed)


def unit_of_signer(installation: Installation, by: Proven) -> str:
    """The unit at which somebody may sign for a version; the first by name, '-' for none.

    Who holds the role everywhere holds it at no unit, and so signs at one where they hold it too.
    """

    def look(tx: Transaction) -> str:
        roles = {role for rule in SIGNATURES for role in rule.roles}
        held = acting(tx, by).person.roles
        there = (unit for role, unit in held if role in roles and unit != EVERYWHERE)
        return min(there, default=EVERYWHERE)

    return installation.read(look)

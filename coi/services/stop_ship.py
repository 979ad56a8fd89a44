"""Stop-ship: everything that is concerned stands still by one signature, and goes on by another's.

Each therapy records a hold of its own, with a critical exception that names the criterion. All are
decided before any is written, in one transaction; of very many, so many at a time, and whoever
sends the request again goes on where it ended: what was held under its key is not held twice.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from coi.errors import CoiError, DataRefused, Problem, Refused
from coi.services.acting import record
from coi.services.asked import answered_before, bad_key, is_answered, too_long, unreadable
from coi.services.attempt import Attempt, Present, TakeAction
from coi.services.concerned import Criterion, cois_of, held_by, require_unit
from coi.services.installation import Installation
from coi.services.mismatches import record_refusal
from coi.services.proofs import Granted, JustProven, Signer, acting
from coi.services.receipts import Receipt
from coi.services.therapies import Outline, outline
from coi.store import facts
from coi.store.transactions import Transaction
from workflows.decide import decide
from workflows.draft import Decision
from workflows.guards.investigating import CLOSED, CRITERION
from workflows.model import Action, GuardUse, Verb, Workflow

AT_A_TIME = 100
"""So many therapies are stopped in one transaction: others wait meanwhile."""

_KNOWN = ("cause", "class", CRITERION)


class ListChanged(CoiError):
    """What is concerned is not what whoever signs was shown; nothing was stopped."""

    code = "LIST_CHANGED"

    def __init__(self) -> None:
        super().__init__(
            "What is concerned has changed since this list was shown.", "Look at it once more."
        )


@dataclass(frozen=True, slots=True)
class StopShip:
    """One signed act: what is concerned, why, at which unit, and which therapies were shown."""

    criterion: Criterion
    reason: str
    unit: str
    key: str
    shown: tuple[str, ...]
    lifts: bool = False  # what was stopped goes on
    investigation: str = ""  # the number of the closed one, after which it goes on
    meaning: str = ""  # with which a grant was given; '' where the form itself says it

    def __post_init__(self) -> None:
        problems = [
            *bad_key(self.key),
            *unreadable({"unit": self.unit}),
            *too_long([self.reason, self.investigation]),
        ]
        if not self.reason.strip():
            problems.append(Problem("is missing", column="reason"))
        if not self.shown:
            problems.append(Problem("nothing is concerned", column="shown"))
        if problems:
            raise DataRefused(problems)


def stop_ship(installation: Installation, wanted: StopShip, by: JustProven) -> tuple[Receipt, ...]:
    """A signed hold in every therapy that was shown, or its lifting, which is never one's own.

    Raises:
        NotAllowed: the person may stop nothing at this unit.
        DataRefused: a therapy has no step for it, or one that is signed with another meaning.
        ListChanged: something else is concerned by now.
        Refused: the engine refuses one of them; of those at a time nothing was stopped.
        KeyReused, SignedOut: as `take_action` says.
    """
    done: list[Receipt] = []
    # A grant is used up by one transaction, and signs nothing in a second one.
    at_a_time = len(wanted.shown) if isinstance(by, Granted) else AT_A_TIME
    for coming in range(0, len(wanted.shown), at_a_time):
        some = tuple(sorted(wanted.shown))[coming : coming + at_a_time]
        outcome = installation.transact(
            partial(_some, installation=installation, wanted=wanted, by=by, cois=some)
        )
        if isinstance(outcome, Refused):
            raise outcome
        done += outcome
    return tuple(done)


def _some(
    tx: Transaction,
    installation: Installation,
    wanted: StopShip,
    by: JustProven,
    cois: Sequence[str],
) -> tuple[Receipt, ...] | Refused:
    """Decide for all of these, then write into each; a refusal is written, and nothing else."""
    for coi in cois:
        facts.lock(tx, coi)
    site = require_unit(tx, acting(tx, by).person, wanted.unit)
    if set(wanted.shown) != {*cois_of(tx, wanted.criterion, site)}:
        raise ListChanged
    parts = [part for coi in cois for part in _parts(tx, outline(tx, installation, coi), wanted)]
    answers = [_decided(tx, installation, part, by) for part in parts]
    for answer in answers:
        if isinstance(answer, Refused):
            return answer
        if isinstance(answer, tuple) and answer[1].draft is None:
            record_refusal(*answer)
            return Refused(answer[1].refusals)
    return tuple(_recorded(answer) for answer in answers if not isinstance(answer, Refused))


_Answer = tuple[Attempt, Decision] | Receipt


def _decided(
    tx: Transaction, installation: Installation, part: "_Part", by: JustProven
) -> _Answer | Refused:
    """What the engine says to one therapy's part, or the answer that it was given before."""
    signers = (Signer(by, part.meaning),)
    digest = part.wanted.digest(installation.vault, by, signers)
    earlier = answered_before(tx, part.wanted.key, digest)
    if earlier is not None:
        return earlier
    present = Present.met(tx, by, (), signers)
    attempt = Attempt.of(tx, installation, part.wanted, digest, present)
    return attempt, decide(attempt.standing.workflow, attempt.request, attempt.facts)


def _recorded(answer: _Answer) -> Receipt:
    if isinstance(answer, Receipt):
        return answer
    attempt, decision = answer
    if decision.draft is None:  # pragma: no cover - looked at before anything is written
        raise LookupError(attempt.request.coi)
    return record(attempt, decision.draft)


# -- one therapy's part ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """What is to be taken in one therapy, and what its signature means."""

    wanted: TakeAction
    meaning: str


def _parts(tx: Transaction, now: Outline, wanted: StopShip) -> Iterator[_Part]:
    """The hold of a therapy; or of each hold that this stop-ship left there, its lifting.

    What it holds already is not held twice, unless the same request comes again.
    """
    action, held = _action(now.workflow, wanted), tuple(held_by(tx, now, wanted.criterion))
    meaning = _meaning(action, wanted)
    if not wanted.lifts:
        hold = _hold(now, wanted, action)
        if not held or is_answered(tx, hold.key):
            yield _Part(hold, meaning)
        return
    for one in held:
        yield _Part(_lift(now, wanted, action, one), meaning)


def _meaning(action: Action, wanted: StopShip) -> str:
    """The meaning of the signature, which is the one that the signer was shown (11.50).

    Raises:
        DataRefused: the signer has agreed to another one.
    """
    meaning = action.signatures[0].meaning
    if wanted.meaning not in {"", meaning}:
        raise DataRefused([Problem(f"takes a signature that was given for: {meaning}")])
    return meaning


def _lift(now: Outline, wanted: StopShip, action: Action, held: str) -> TakeAction:
    asked = {one.name for one in action.fields}
    told = {"resolution": wanted.reason.strip(), CLOSED: wanted.investigation.strip()}
    values = {name: text for name, text in told.items() if name in asked and text}
    coi = now.therapy.coi
    key = f"{wanted.key}/{held}"
    return TakeAction(coi, action.name, wanted.unit, key, named=(held,), values=values)


def _hold(now: Outline, wanted: StopShip, action: Action) -> TakeAction:
    told = {
        "cause": f"Stop-ship, {wanted.criterion.text}: {wanted.reason.strip()}",
        "class": "critical",
        CRITERION: wanted.criterion.text,
    }
    asked = {one.name for one in action.fields}
    values = {name: told[name] for name in _KNOWN if name in asked}
    coi = now.therapy.coi
    return TakeAction(coi, action.name, wanted.unit, f"{wanted.key}/{coi}", values=values)


def _action(workflow: Workflow, wanted: StopShip) -> Action:
    """The step that stops the whole therapy and names the criterion, or the one that lifts it.

    Raises:
        DataRefused: the definition of one therapy has none.
    """
    actions = workflow.actions.values()
    stops = [action for action in actions if action.verb is Verb.HOLD and _names_it(action)]
    lifts = [action for action in actions if action.verb is Verb.LIFT and action.chain_stop < 0]
    names = {action.name for action in stops}
    meant = [action for action in lifts if _lifts(action, names)] if wanted.lifts else stops
    for action in meant:
        return action
    raise DataRefused([Problem(f"{workflow.title} has no step for a stop-ship")])


def _names_it(action: Action) -> bool:
    """It stops the whole therapy, and says what is concerned."""
    return action.chain_stop > 0 and any(one.name == CRITERION for one in action.fields)


def _lifts(action: Action, stops: Collection[str]) -> bool:
    """It lifts what these steps have stopped, or whatever has."""
    asked = [use for use in action.guards if use.name == "these_have_stopped_it"]
    return all(set(stops) & set(_named(use)) for use in asked)


def _named(use: GuardUse) -> Sequence[str]:
    """The steps that a guard names."""
    actions = use.parameters["actions"]
    return actions if isinstance(actions, tuple) else ()

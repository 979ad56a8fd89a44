"""Which step of a therapy somebody may ask for in one request, and taking it where they may."""

from dataclasses import dataclass, replace

from coi.errors import CoiError, Refused, Unknown
from coi.services.acting import taken
from coi.services.attempt import TakeAction, stand
from coi.services.corrections import blanks_of_correction
from coi.services.forms import Form, form_of
from coi.services.grants import signer_in
from coi.services.installation import Installation
from coi.services.looking import look_now, seen_of
from coi.services.receipts import Receipt
from coi.services.sessions import SignedIn
from coi.store.transactions import Transaction
from workflows.facts import Mode
from workflows.guards.treating import is_left_to_others
from workflows.model import Verb
from workflows.on_paper import END_TRANSCRIPTION
from workflows.shift import is_at_the_patient


class TakenElsewhere(CoiError):
    """The step is not taken by one request: those who take it are asked one after the other."""

    code = "TAKEN_ELSEWHERE"

    def __init__(self, title: str, where: str) -> None:
        super().__init__(f"{title} is not taken by one request. Nothing was saved.", where)


_ON_ITS_PAGE = "Two people end it on the page on which every copied step stands."
_STEP_BY_STEP = "Begin it as an errand: at the patient one thing is asked at a time, of each alone."


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """By which grants a request is signed, and the SHA-256 of it that each was given for."""

    grants: tuple[str, ...]
    digest: str


def take_asked(
    installation: Installation, signed_in: SignedIn, wanted: TakeAction, signed: SignedRequest
) -> Receipt:
    """Take a step that came in one request; who asks and who signs is looked up where it is taken.

    Raises:
        Unknown: there is no such action, or no therapy that this person may see.
        TakenElsewhere: it is one of those that are taken otherwise.
        GrantExpired, GrantOfOtherRequest: a grant does not sign this request.
        Refused, Conflict, KeyReused, SignedOut: as `take_action` says.
    """

    def work(tx: Transaction) -> Receipt | Refused:
        _require_askable(tx, installation, signed_in, wanted)
        signers = tuple(signer_in(tx, grant, signed.digest) for grant in signed.grants)
        return taken(tx, installation, wanted, signed_in.proven, signers)

    outcome = installation.transact(work)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _require_askable(
    tx: Transaction, installation: Installation, signed_in: SignedIn, wanted: TakeAction
) -> None:
    seen = seen_of(tx, signed_in.person, wanted.coi)
    action = stand(tx, installation, wanted.coi).workflow.actions.get(wanted.action)
    if action is None or action.verb is Verb.ORDER:
        raise Unknown("action", wanted.action)
    if seen.is_former and not is_left_to_others(action):
        raise Unknown("action", wanted.action)
    if action.name == END_TRANSCRIPTION:
        raise TakenElsewhere(action.title, _ON_ITS_PAGE)
    # What happened at the patient is told later in one piece, as it was written down.
    if is_at_the_patient(action) and wanted.mode is not Mode.LATE:
        raise TakenElsewhere(action.title, _STEP_BY_STEP)


def form_asked(
    installation: Installation, signed_in: SignedIn, coi: str, name: str, unit: str
) -> Form:
    """What a step asks for, as the therapy stands, at this unit or where the person works.

    Raises:
        Unknown: there is no such action, or no therapy that this person may see.
    """
    page = look_now(installation, signed_in, coi)
    action = page.view.workflow.actions.get(name)
    if action is None or action.verb is Verb.ORDER or not page.offers(action):
        raise Unknown("action", name)
    at = page.units.get(unit or signed_in.unit)
    form = form_of(page.view, action, at.site.country if at else "")
    if action.verb is Verb.CORRECT:
        return replace(form, blanks=blanks_of_correction(installation, coi, page.view))
    return form

"""Which step of a therapy somebody may ask for at all, before it is decided whether it is taken."""

from dataclasses import replace

from coi.errors import CoiError, Unknown
from coi.services.attempt import stand
from coi.services.corrections import blanks_of_correction
from coi.services.forms import Form, form_of, is_at_the_patient
from coi.services.installation import Installation
from coi.services.looking import look_now, seen_of
from coi.services.sessions import SignedIn
from coi.store.transactions import Transaction
from workflows.guards.treating import is_left_to_others
from workflows.model import Action, Verb
from workflows.on_paper import END_TRANSCRIPTION


class TakenElsewhere(CoiError):
    """The step is not taken by one request: those who take it are asked one after the other."""

    code = "TAKEN_ELSEWHERE"

    def __init__(self, title: str, where: str) -> None:
        super().__init__(f"{title} is not taken by one request. Nothing was saved.", where)


_ON_ITS_PAGE = "Two people end it on the page on which every copied step stands."
_STEP_BY_STEP = "Begin it as an errand: at the patient one thing is asked at a time, of each alone."


def askable(
    installation: Installation, signed_in: SignedIn, coi: str, name: str, *, late: bool = False
) -> Action:
    """The action of this name, as it may be asked for in one request; `late`, if it happened.

    Raises:
        Unknown: there is no such action, or no therapy that this person may see.
        TakenElsewhere: it is one of those that are taken otherwise.
    """

    def work(tx: Transaction) -> Action:
        seen = seen_of(tx, signed_in.person, coi)
        action = stand(tx, installation, coi).workflow.actions.get(name)
        if action is None or action.verb is Verb.ORDER:
            raise Unknown("action", name)
        if seen.is_former and not is_left_to_others(action):
            raise Unknown("action", name)
        return action

    action = installation.read(work)
    if action.name == END_TRANSCRIPTION:
        raise TakenElsewhere(action.title, _ON_ITS_PAGE)
    if is_at_the_patient(action) and not late:
        raise TakenElsewhere(action.title, _STEP_BY_STEP)
    return action


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

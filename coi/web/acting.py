"""Taking a step of a therapy: the form that the definition asks for, and what becomes of it."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, Conflict, DataRefused, KeyReused, Reason, Refused
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.errands import Beginning, begin
from coi.services.forms import is_guided, may_be_guided
from coi.services.going_on import UnderWay, of_therapy
from coi.services.identity import IDENTIFIERS, SOURCES
from coi.services.permissions import Permission
from coi.services.receipts import Receipt
from coi.services.running import Runs, clocks_for
from coi.services.scanned_before import Leads, taken_along
from coi.services.scanning import TYPED, Code
from coi.web import here
from coi.web.attached import with_files
from coi.web.errors import status_of
from coi.web.guided import scan_before
from coi.web.permissions import needs
from coi.web.reading import (
    Misread,
    Signing,
    prove_signers,
    read,
    scanned_so_far,
    typed_so_far,
)
from coi.web.sheet import Given, Sheet, draw
from coi.web.shown import start
from workflows.on_paper import END_TRANSCRIPTION

pages = Blueprint("acting", __name__, url_prefix="/therapies/<coi>/actions")

STOP = "STOP"
STEPWISE = "stepwise"
"""What the button of a form sends by which the step is taken screen by screen."""
MISREAD = HTTPStatus.UNPROCESSABLE_ENTITY


@pages.get("/<action>")
@needs(Permission.SEE_THERAPIES)
def ask(coi: str, action: str) -> ResponseReturnValue:
    """Show the form of an action, with the codes that were scanned before it was opened."""
    codes = _taken_along(coi, action, request.args)
    told = as_filled_in(codes, request.args.getlist("named"))
    sheet = draw(here.installation(), here.somebody(), coi, action, told)
    if action == END_TRANSCRIPTION:
        return _compared(coi)
    if is_guided(sheet.form.action):
        return start(sheet, request.args if codes else Given())
    return shown(sheet, told, key=request.args["key"] if codes else "")


@pages.post("/<action>")
@needs(Permission.SEE_THERAPIES)
def take(coi: str, action: str) -> ResponseReturnValue:
    """Take the action, or say every reason why not; what was typed stays, as far as it may."""
    given = request.form
    sheet = draw(here.installation(), here.somebody(), coi, action, given)
    if action == END_TRANSCRIPTION:
        return _compared(coi)
    if is_guided(sheet.form.action):
        return _begin(sheet, given)
    return _step_by_step(sheet, given) if STEPWISE in given else taken(sheet, given)


def taken(sheet: Sheet, given: Given) -> ResponseReturnValue:
    """What becomes of a form that was handed in."""
    installation = here.installation()
    given, wrong = with_files(sheet.page.view.therapy.coi, sheet.every_blank, given)
    if "redraw" in given:
        return shown(sheet, given, wrong)
    try:
        wanted = _read(sheet, given, wrong)
        by = here.somebody().proven
        signing = Signing(sheet.form.signatures, wanted.unit)
        signers = prove_signers(installation, by, signing, given)
        receipt = take_action(installation, wanted, by, signers)
    except Misread as misread:
        return shown(sheet, given, misread.errors), MISREAD
    except (Refused, Conflict, KeyReused, DataRefused) as error:
        return _refused(sheet, given, error), status_of(error)
    _tell(sheet, receipt)
    coi = sheet.page.view.therapy.coi
    return redirect(url_for("therapies.show", coi=coi), HTTPStatus.SEE_OTHER)


def _read(sheet: Sheet, given: Given, wrong: Mapping[str, str]) -> TakeAction:
    """What the use case is asked for, once each file was taken too.

    Raises:
        Misread: says of each field why, and of each file that was not taken.
        DataRefused: it is more than any step asks.
    """
    try:
        wanted = read(sheet, given)
    except Misread as misread:
        raise Misread({**misread.errors, **wrong}) from misread
    if wrong:
        raise Misread(wrong)
    return wanted


def _compared(coi: str) -> ResponseReturnValue:
    """Nobody signs the end of a transcription but on the page where every step stands."""
    return redirect(url_for("transcription.show", coi=coi), HTTPStatus.SEE_OTHER)


def _taken_along(coi: str, action: str, told: Given) -> tuple[Code, ...]:
    """What this session scanned for this step; whatever else a link or a form says is left."""
    leads = Leads(here.somebody().session, coi, action, told.get("key", ""))
    return taken_along(here.installation(), leads, told.get("before", ""))


def as_filled_in(codes: Sequence[Code], named: Sequence[str]) -> Given:
    """A form in which these codes stand already, with how each was entered; these are ticked."""
    scanned = "\n".join(code.raw for code in codes if code.how != TYPED)
    typed = "\n".join(code.raw for code in codes if code.how == TYPED)
    told = {"codes": scanned, "scanned": scanned, "typed": typed}
    lists = {"named": [*named], **{name: [text] for name, text in told.items()}}
    return Given({name: texts for name, texts in lists.items() if any(texts)})


def _begin(sheet: Sheet, given: Given) -> ResponseReturnValue:
    """Take a guided step in hand: from here on it is one thing on each screen."""
    wanted = Beginning(
        sheet.page.view.therapy.coi,
        sheet.form.action.name,
        given.get("unit", ""),
        given.get("key", ""),
    )
    try:
        in_hand = begin(here.installation(), here.somebody(), wanted)
    except Refused as refused:
        return start(sheet, given, refused.refusals), status_of(refused)
    return scan_before(in_hand, _taken_along(wanted.coi, wanted.action, given))


def _step_by_step(sheet: Sheet, given: Given) -> ResponseReturnValue:
    """Go on screen by screen, with what was scanned and typed in the form so far."""
    if not may_be_guided(sheet.form.action):
        return taken(sheet, given)
    given, _wrong = with_files(sheet.page.view.therapy.coi, sheet.every_blank, given)
    wanted = Beginning(
        sheet.page.view.therapy.coi,
        sheet.form.action.name,
        given.get("unit", ""),
        given.get("key", ""),
        typed_so_far(sheet, given),
    )
    try:
        in_hand = begin(here.installation(), here.somebody(), wanted)
    except Refused as refused:
        return shown(sheet, given, reasons=refused.refusals), status_of(refused)
    return scan_before(in_hand, scanned_so_far(given))


def shown(
    sheet: Sheet,
    given: Given,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
    key: str = "",
) -> str:
    """The form, filled in as far as it was, without the passwords.

    What is sent a second time under the same key has one effect. After an answer the form is
    another request: it has a key of its own, and shows how things stand then.
    """
    is_new = bool(reasons) or "key" not in given
    turns = [f"{subject}={turn}" for subject, turn in sheet.form.turns.items()]
    return render_template(
        "action.html",
        sheet=sheet,
        form=sheet.form,
        given=given,
        errors=errors or {},
        reasons=reasons,
        clocks=_clocks(sheet),
        key=key or (f"page-{secrets.token_urlsafe(18)}" if is_new else given["key"]),
        turns=turns if is_new else given.getlist("seen"),
        # Of what has happened already no moment is suggested: this one is surely wrong.
        now="" if sheet.is_late else sheet.now(here.installation().clock.now()),
        may_step=not sheet.is_late and may_be_guided(sheet.form.action),
        under_way=_under_way(sheet),
        identifiers=IDENTIFIERS,
        sources=[(one, one.replace("_", " ")) for one in SOURCES],
    )


def _under_way(sheet: Sheet) -> list[UnderWay]:
    """The same step, where somebody takes it screen by screen."""
    action = sheet.form.action
    if sheet.is_late or not may_be_guided(action):
        return []
    found = of_therapy(here.installation(), here.somebody(), sheet.page.view.therapy.coi)
    return [one for one in found if one.action == action.name]


def _clocks(sheet: Sheet) -> tuple[Runs, ...]:
    """The clocks that run for what the step is about; of what has happened already, none."""
    if sheet.is_late:
        return ()
    action = sheet.form.action.name
    return clocks_for(here.installation(), sheet.page, sheet.form.turns, action)


def _refused(sheet: Sheet, given: Given, error: CoiError) -> str:
    """Every reason, above the form as it was filled in; a STOP is alone on its page."""
    reasons = error.refusals if isinstance(error, Refused) else (error,)
    stops = [reason for reason in reasons if reason.sentence.startswith(STOP)]
    if stops:
        others = [reason for reason in reasons if reason not in stops]
        coi = sheet.page.view.therapy.coi
        return render_template(
            "stop.html",
            form=sheet.form,
            coi=coi,
            stops=stops,
            others=others,
            on_record=True,
            way=("I have stopped. Show the therapy", url_for("therapies.show", coi=coi)),
        )
    return shown(sheet, given, reasons=reasons)


def _tell(sheet: Sheet, receipt: Receipt) -> None:
    """Say on the next page what was done, and what is to be printed now."""
    flash(f"Done: {sheet.form.action.title}.")
    for serial, subject in receipt.labels:
        flash(f"Print and apply the label {serial} for {subject}.")
    if receipt.wristband:
        flash(f"Print the wristband {receipt.wristband} and put it on the patient's arm.")
    for notice in receipt.notices:
        flash(f"To notice: {notice.lower().replace('_', ' ')}.")

"""Steps that are taken screen by screen: at the patient each of two is asked alone (BD-06).

What is answered here is the screen of whoever asks, and nothing of what the other one found.
"""

from collections.abc import Callable
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from coi.api.answering import change_told, confirmed_code, proven_signers, version_seen
from coi.api.asked import proven_by, tagged, timed_code
from coi.api.resource import Body, Read, Resources, Sign, Write, created, found
from coi.api.schemas import errands as schemas
from coi.api.staged import offer_told, scene_told, under_way_told
from coi.services import answering, concluding, errands, finding, going_on, in_hand
from coi.services.errands import Beginning
from coi.services.going_on import Answer
from coi.services.handing_over import Handing, hand_over, hands_before, offered, take_over
from coi.services.in_hand import Answered, InHand
from coi.services.judging import Judged, Judgement
from coi.services.permissions import Permission
from coi.services.proofs import JustProven
from coi.services.scanning import Code
from coi.services.screens import Asks, Scene
from coi.web import here
from coi.web.permissions import needs
from workflows.shift import HANDED_OVER, TAKEN_OVER

resources = Resources("errands", "Steps that are taken screen by screen, each person alone.")
_ANSWERED = found(schemas.Errand, schemas.ERRAND)


@resources.offers("GET", "/errands", "listErrands", found(schemas.Errands, schemas.ERRANDS))
@needs(Permission.SEE_THERAPIES)
def every() -> ResponseReturnValue:
    """What one has begun, and what waits for one as the second to check."""
    known = going_on.mine(here.installation(), here.somebody())
    return {"items": [under_way_told(one) for one in known]}


@resources.offers(
    "POST",
    "/errands",
    "beginErrand",
    created(schemas.Errand, schemas.ERRAND),
    headers=Write,
    body=Body(schemas.Beginning, schemas.BEGINNING),
)
@needs(Permission.SEE_THERAPIES)
def begin(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Take a step in hand; one that is under way already is gone on with."""
    wanted = Beginning(told["coi"], told["action"], told["unit"], headers["key"])
    return _in_hand(errands.begin(here.installation(), here.somebody(), wanted)), 201


@resources.offers("GET", "/errands/<identifier>", "showErrand", _ANSWERED, headers=Read)
@needs(Permission.SEE_THERAPIES)
def show(_headers: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """What is asked now of whoever asks; or that it waits, is elsewhere, or how it ended.

    Its tag is what the screen is answered with.
    """
    return _shown(_scene(identifier))


@resources.offers(
    "POST",
    "/errands/<identifier>/scans",
    "scanForErrand",
    _ANSWERED,
    headers=schemas.Answering,
    body=Body(schemas.ScannedCode, schemas.SCANNED_CODE),
)
@needs(Permission.SEE_THERAPIES)
def scan(headers: dict[str, Any], told: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """Answer a screen that asks for a code; it is judged at once, and a STOP stands on record."""
    return _judged(_answer(headers, identifier), timed_code(told))


@resources.offers(
    "POST",
    "/errands/<identifier>/typed",
    "typeForErrand",
    _ANSWERED,
    headers=schemas.SignedAnswer,
    body=Body(schemas.TypedCode, schemas.TYPED_CODE),
)
@needs(Permission.SEE_THERAPIES)
def type_code(
    headers: dict[str, Any], told: dict[str, Any], identifier: str
) -> ResponseReturnValue:
    """Take the characters under a symbol that cannot be read; another person's grant confirms them.

    That is possible after the third try (BD-05).
    """
    seen = _answer(headers, identifier)
    code, confirmer = confirmed_code(_present(seen), headers["grants"], told["raw"])
    return _judged(seen, code, confirmer)


@resources.offers(
    "POST",
    "/errands/<identifier>/answers",
    "answerErrand",
    _ANSWERED,
    headers=schemas.Answering,
    body=Body(schemas.AnswerTold, schemas.ANSWER),
)
@needs(Permission.SEE_THERAPIES)
def answer(headers: dict[str, Any], told: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """Answer a screen that asks for anything else than a code or a signature."""
    seen = _answer(headers, identifier)
    scene = _present(seen)
    if scene.present.asks is Asks.SIGN or (scene.present.is_scan and not told["done"]):
        raise Answered
    return _changed(seen, change_told(scene, told))


@resources.offers(
    "POST",
    "/errands/<identifier>/signatures",
    "signErrand",
    _ANSWERED,
    headers=Sign,
    body=Body(schemas.SignedVersion, schemas.SIGNED_VERSION),
)
@needs(Permission.SEE_THERAPIES)
def sign(headers: dict[str, Any], told: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """Sign the part that is in hand, with a grant for each signature that it asks for.

    The version is a part of what is signed: what was read back, and nothing that came after. With
    the last part the step is taken, or refused with every reason.
    """
    scene = _present(Answer(identifier, told["version"]))
    if scene.present.asks is not Asks.SIGN:
        raise Answered
    proven = proven_signers(scene, headers["grants"])
    concluding.sign(here.installation(), here.somebody(), scene.errand, proven)
    return _shown(_scene(identifier))


@resources.offers(
    "POST", "/errands/<identifier>/back", "goBack", _ANSWERED, headers=schemas.Answering
)
@needs(Permission.SEE_THERAPIES)
def back(headers: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """Ask the screen before again."""
    return _changed(_answer(headers, identifier), answering.back)


@resources.offers(
    "POST", "/errands/<identifier>/unread", "couldNotRead", _ANSWERED, headers=schemas.Answering
)
@needs(Permission.SEE_THERAPIES)
def unread(headers: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """It cannot be read: it is tried again, and typed after the third time (BD-05)."""
    return _changed(_answer(headers, identifier), answering.unread)


@resources.offers("POST", "/errands/<identifier>/take-up", "takeUpErrand", _ANSWERED, headers=Write)
@needs(Permission.SEE_THERAPIES)
def take_up(_headers: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """Go on with a step here, or begin with the second check."""
    return _in_hand(in_hand.take_up(here.installation(), here.somebody(), identifier))


@resources.offers(
    "POST",
    "/errands/<identifier>/hand-over",
    "handOverErrand",
    _ANSWERED,
    headers=Sign,
    body=Body(schemas.HandedOver, schemas.HANDED_OVER),
)
@needs(Permission.SEE_THERAPIES)
def hand(headers: dict[str, Any], told: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """Hand a step to a colleague, with one grant that means “handed over”.

    What is done at the patient is never handed over.
    """
    proven = proven_by(headers["grants"], HANDED_OVER)
    handing = Handing(told["to"], told["done"], told["remains"])
    answer = Answer(identifier, told["version"])
    hand_over(here.installation(), here.somebody(), answer, handing, proven)
    return _shown(_scene(identifier))


@resources.offers(
    "POST",
    "/errands/<identifier>/take-over",
    "takeOverErrand",
    _ANSWERED,
    headers=Sign,
    body=Body(schemas.TakenOver, schemas.TAKEN_OVER),
)
@needs(Permission.SEE_THERAPIES)
def take(headers: dict[str, Any], told: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """Take a step over, with one grant that means “taken over”.

    Where nobody handed it to whoever asks, they say why.
    """
    proven = proven_by(headers["grants"], TAKEN_OVER)
    answer = Answer(identifier, told["version"])
    taken = take_over(here.installation(), here.somebody(), answer, proven, told["because"])
    return _in_hand(taken)


@resources.offers(
    "POST", "/errands/<identifier>/discard", "discardErrand", _ANSWERED, headers=schemas.Answering
)
@needs(Permission.SEE_THERAPIES)
def discard(headers: dict[str, Any], identifier: str) -> ResponseReturnValue:
    """End a step of which nothing shall come; nothing has happened."""
    going_on.discard(here.installation(), here.somebody(), _answer(headers, identifier))
    return _shown(_scene(identifier))


# -- one answer ------------------------------------------------------------------------------------


def _answer(headers: dict[str, Any], identifier: str) -> Answer:
    """To which screen of which step it is an answer."""
    return Answer(identifier, version_seen(headers["seen"]))


def _present(seen: Answer) -> Scene:
    """The step, whose screen is the one that is answered, and in hand here (BD-06).

    Raises:
        Answered: it was answered before, here or elsewhere.
        Elsewhere: the step is not in hand in this session.
    """
    return going_on.require_in_hand(here.installation(), here.somebody(), seen)


def _judged(seen: Answer, code: Code, confirmer: JustProven | None = None) -> Response:
    """What a code is to the screen that asked for it, and what is asked next."""
    judged = going_on.scan(here.installation(), here.somebody(), seen, code, confirmer)
    return _shown(_scene(seen.errand), judged)


def _changed(seen: Answer, change: Callable[[Scene], Any]) -> Response:
    going_on.step(here.installation(), here.somebody(), seen, change)
    return _shown(_scene(seen.errand))


def _in_hand(now: InHand) -> Response:
    """The step, and what was put aside for it (BD-12)."""
    return _shown(_scene(now.errand.id), parked=now.parked)


def _shown(scene: Scene, judged: Judged | None = None, parked: tuple[str, ...] = ()) -> Response:
    names = hands_before(here.installation(), scene)
    told = scene_told(scene, here.somebody(), here.units(), names)
    told["parked"] = [*parked]
    told["offer"] = offer_told(offered(here.installation(), here.somebody(), scene))
    if judged is not None:
        is_told = judged.judgement in {Judgement.ANOTHER, Judgement.REFUSED}
        told["judgement"] = judged.judgement.value
        told["reasons"] = schemas.reasons_told(judged.reasons) if is_told else told["reasons"]
    return tagged(told, str(scene.errand.version))


def _scene(identifier: str) -> Scene:
    return finding.find(here.installation(), here.somebody(), identifier)

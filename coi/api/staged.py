"""How a step under way is told to whoever asks: their screen, or that it is not theirs to see."""

from collections.abc import Mapping
from typing import Any

from coi.api.schemas.errands import reasons_told
from coi.api.told import Told, blank_told
from coi.services.directory import ListedUnit
from coi.services.errand import Verdict
from coi.services.going_on import UnderWay
from coi.services.handing_over import Offered
from coi.services.read_back import parties_of, read_back
from coi.services.screens import Asks, Scene
from coi.services.sessions import SignedIn

IN_HAND, WAITING, ELSEWHERE, ENDED = "in_hand", "waiting", "elsewhere", "ended"


def standing_of(scene: Scene, signed_in: SignedIn) -> str:
    """Whether a step has ended, waits for the second, is in hand here, or elsewhere."""
    errand = scene.errand
    if errand.verdict is not None:
        return ENDED
    if scene.waits_for_the_second:
        return WAITING
    holder = (errand.person, errand.session)
    return IN_HAND if holder == (signed_in.person.id, signed_in.session) else ELSEWHERE


def scene_told(
    scene: Scene, signed_in: SignedIn, units: Mapping[str, ListedUnit], names: Mapping[str, str]
) -> dict[str, Any]:
    """A step under way; of its screen nothing to whoever has it not in hand (BD-06).

    `names` are those of whoever had it in hand before.
    """
    errand, standing = scene.errand, standing_of(scene, signed_in)
    is_here = standing == IN_HAND
    return {
        "id": errand.id,
        "coi": errand.coi,
        "action": errand.action,
        "title": scene.form.action.title,
        "unit": errand.unit,
        "version": errand.version,
        "standing": standing,
        "screen": _screen_told(scene, units, names) if is_here else None,
        "reasons": reasons_told(errand.reasons) if is_here else [],
        "judgement": "",
        "verdict": _verdict_told(errand.verdict) if errand.verdict else None,
        "parked": [],
    }


def _screen_told(scene: Scene, units: Mapping[str, ListedUnit], names: Mapping[str, str]) -> Told:
    """What is asked now, with what it is answered from."""
    present, asks = scene.present, scene.present.asks
    number, of = scene.place
    lines = read_back(scene, units, names) if asks is Asks.READ_BACK else []
    named = scene.form.things if asks is Asks.NAMED else ()
    parties = parties_of(scene, units.values()) if asks is Asks.TO else []
    rules = scene.rules if asks is Asks.SIGN else ()
    return {
        "name": present.name,
        "asks": asks.value,
        "title": present.title,
        "number": number,
        "of": of,
        "unread": scene.errand.part.unread,
        "read": [one.title for one in scene.reads_of(present)],
        "field": blank_told(present.blank.field) if present.blank else None,
        "named": [{"id": one.id, "title": one.title, "state": one.state} for one in named],
        "parties": sorted(one.id for one in parties),
        "read_back": [{"title": one.title, "text": one.text, "by": one.by} for one in lines],
        "signatures": [{"meaning": rule.meaning, "roles": [*rule.roles]} for rule in rules],
    }


def _verdict_told(verdict: Verdict) -> Told:
    return {
        "kind": verdict.kind,
        "told": [*verdict.told],
        "reasons": reasons_told(verdict.reasons),
    }


def offer_told(offer: Offered | None) -> Told | None:
    """Who handed a step to whom, and what they said of it."""
    if offer is None:
        return None
    return {
        "by": offer.by,
        "to": offer.to,
        "at": offer.at,
        "done": offer.so_far,
        "remains": offer.still_open,
        "is_mine": offer.is_mine,
    }


def under_way_told(one: UnderWay) -> Told:
    """A step in a list of those that can be gone on with."""
    return {
        "id": one.id,
        "coi": one.coi,
        "action": one.action,
        "title": one.title,
        "unit": one.unit,
        "by": one.by,
        "opened_at": one.opened_at,
        "waits": one.waits,
        "is_mine": one.is_mine,
        "is_handed": one.is_handed,
    }

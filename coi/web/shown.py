"""How a step under way is shown: one thing on the screen, or a verdict that fills it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

from coi.errors import CoiError, Reason, Refused
from coi.services import answering
from coi.services.directory import ListedUnit
from coi.services.errand import RIGHT, STOPPED, Why
from coi.services.errands import fitting_units
from coi.services.forms import WRISTBAND
from coi.services.going_on import of_therapy
from coi.services.handing_over import (
    colleagues,
    hands_before,
    offered,
    why_no_handing,
    why_no_taking,
)
from coi.services.identity import IDENTIFIERS, SOURCES
from coi.services.likeness import asked_besides, looks_like_others
from coi.services.opening import layers_at_hand, opened_on
from coi.services.other_devices import asks_at
from coi.services.read_back import in_words, parties_of, read_back
from coi.services.running import clocks_for
from coi.services.screens import Asks, Scene
from coi.services.timers import timers
from coi.web import here
from coi.web.answers import APART, rules_on
from coi.web.sheet import Given, Sheet
from workflows.model import FieldKind
from workflows.shift import stays_with_its_people


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a field of a screen asks of the place where it is drawn."""

    zone: str

    def units_at(self, kind: str | None) -> list[tuple[str, str]]:
        """Every unit of a site of this kind, with its words."""
        return [(one.id, in_words(one)) for one in _units() if one.site.kind == kind]


def page_of(scene: Scene, error: CoiError | None = None, given: Given | None = None) -> str:
    """The page of a step as it stands: its screen, that it waits or is elsewhere, or its end.

    What was `given` to a screen that is not asked any more stands in it where it is asked again.
    """
    errand, signed_in = scene.errand, here.somebody()
    reasons = _reasons(error)
    if errand.verdict is not None:
        return _ended(scene)
    if scene.waits_for_the_second:
        at_another = asks_at(here.installation(), scene.unit.site)
        return _page("waiting.html", scene, reasons=reasons, at_another=at_another)
    if (errand.person, errand.session) != (signed_in.person.id, signed_in.session):
        # At the patient nobody learns from a page what another was told.
        before = () if scene.form.is_at_the_patient else errand.reasons
        return elsewhere(scene, reasons or before, given or Given())
    return screen(scene, given or Given(), reasons=reasons)


def screen(
    scene: Scene,
    given: Given,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
) -> str:
    """The present screen, filled in as far as it was, without passwords."""
    unread = scene.errand.part.unread
    shown = {
        "sheet": Drawn(_zone(scene)),
        "given": _given(scene, given),
        "errors": errors or {},
        "reasons": reasons or scene.errand.reasons,
        "now": f"{scene.now.astimezone(ZoneInfo(_zone(scene))):%Y-%m-%dT%H:%M}",
        "lines": read_back(scene, here.units(), hands_before(here.installation(), scene)),
        "identifiers": IDENTIFIERS,
        "sources": [(one, one.replace("_", " ")) for one in SOURCES],
        "parties": [(one.id, in_words(one)) for one in parties_of(scene, _units())],
        "timers": timers(here.installation(), here.somebody(), scene),
        "opened": opened_on(scene),
        "tries": answering.READS,
        "apart": scene.may_sign_apart and APART in request.values,
        "rules": rules_on(scene, request.values),
        "may_hand": why_no_handing(scene, here.somebody()) is None,
        "help_line": here.installation().settings.help_line,
        **_alike(scene),
    }
    return _page("unread.html" if unread else "screen.html", scene, **shown)


def elsewhere(
    scene: Scene,
    reasons: Sequence[Reason | CoiError] = (),
    given: Given | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """It is in no hand here: what one may do about it, and what who handed it over said of it."""
    installation, signed_in = here.installation(), here.somebody()
    return _page(
        "elsewhere.html",
        scene,
        reasons=reasons,
        given=given or Given(),
        errors=errors or {},
        kept=_typed_of(scene, given or Given()),
        offer=offered(installation, signed_in, scene),
        stays=stays_with_its_people(scene.form.action),
        may_take=why_no_taking(scene, signed_in) is None,
        may_hand=why_no_handing(scene, signed_in) is None,
    )


def handing(
    scene: Scene,
    reasons: Sequence[Reason | CoiError] = (),
    given: Given | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The form by which a step is handed over, with everybody who could go on with it."""
    installation, signed_in = here.installation(), here.somebody()
    why = why_no_handing(scene, signed_in)
    found = () if why else colleagues(installation, signed_in, scene)
    return _page(
        "hand_over.html",
        scene,
        reasons=reasons or ([why] if why else []),
        given=given or Given(),
        errors=errors or {},
        may_hand=why is None,
        colleagues=[(one.username, f"{one.name}, {one.username}") for one in found],
    )


def _alike(scene: Scene) -> Mapping[str, object]:
    """Whether another patient here looks like this one, and by what they are told apart."""
    installation, coi, site = here.installation(), scene.errand.coi, scene.unit.site
    if scene.present.asks is not Asks.SAID:
        return {"looks_alike": looks_like_others(installation, coi, [site])}
    found = asked_besides(installation, coi, site)
    return {"looks_alike": found, "asked_besides": found}


def another(scene: Scene, reasons: Sequence[Why]) -> str:
    """Another thing than what is asked: stop the hand, and scan again; nothing is at its end."""
    way = ("Scan again", url_for("guided.show", identifier=scene.errand.id))
    return _page("stop.html", scene, stops=reasons, others=(), way=way, on_record=False)


def start(sheet: Sheet, begun: Given, reasons: Sequence[Reason | CoiError] = ()) -> str:
    """What a step will ask for, and where; nothing has begun before the button is pressed."""
    installation, signed_in = here.installation(), here.somebody()
    coi, action = sheet.page.view.therapy.coi, sheet.form.action
    under_way = of_therapy(installation, signed_in, coi)
    units = fitting_units(installation, signed_in, action)
    return render_template(
        "start.html",
        sheet=sheet,
        form=sheet.form,
        coi=coi,
        before=begun.get("before", ""),
        reasons=reasons,
        clocks=clocks_for(installation, sheet.page, sheet.form.turns, action.name),
        units=[(one, sheet.page.party(one)) for one in units],
        roles=sorted({who.role for who in action.who}),
        under_way=[one for one in under_way if one.action == action.name],
        key=begun.get("key") or f"page-{secrets.token_urlsafe(18)}",
        meets_patient=WRISTBAND in sheet.form.scans,
        looks_alike=looks_like_others(installation, coi, here.sites_worked_at()),
    )


def _page(template: str, scene: Scene, **more: object) -> str:
    """A page about this step, with what all of them say."""
    return render_template(
        template,
        scene=scene,
        errand=scene.errand,
        form=scene.form,
        coi=scene.errand.coi,
        zone=_zone(scene),
        **more,
    )


def _ended(scene: Scene) -> str:
    """The verdict, as both people are shown it; whoever waited finds it here too."""
    verdict = scene.errand.verdict
    assert verdict is not None  # noqa: S101 - asked for by its only caller
    if verdict.kind == STOPPED:
        way = ("I have stopped. Show the therapy", url_for("therapies.show", coi=scene.errand.coi))
        stops = {"stops": verdict.reasons, "others": (), "on_record": True}
        stops["done"] = " ".join(verdict.told)
        return _page("stop.html", scene, way=way, **stops)
    if verdict.kind != RIGHT:
        return _page("ended.html", scene, verdict=verdict)
    return _page("right.html", scene, verdict=verdict, ahead=list(layers_at_hand(scene)))


def _typed_of(scene: Scene, given: Given) -> Sequence[tuple[str, str]]:
    """What was typed into a screen before it was known that it is in no hand here; no password."""
    names = {scene.present.name, "source", *(f"said-{name}" for name in IDENTIFIERS)}
    return [(name, text) for name, text in given.items(multi=True) if name in names and text]


def _reasons(error: CoiError | None) -> Sequence[Reason | CoiError]:
    if error is None:
        return ()
    return error.refusals if isinstance(error, Refused) else (error,)


def _zone(scene: Scene) -> str:
    return here.zone_of(scene.errand.unit)


def _units() -> list[ListedUnit]:
    return sorted(here.units().values(), key=in_words)


def _given(scene: Scene, given: Given) -> Given:
    """What was typed just now; or what the present field was answered with earlier."""
    name, blank = scene.present.name, scene.present.blank
    text = scene.errand.answers.get(name, "")
    if text and blank is not None and blank.field.kind is FieldKind.TIME:
        there = datetime.fromisoformat(text).astimezone(ZoneInfo(_zone(scene)))
        text = f"{there:%Y-%m-%dT%H:%M}"
    return Given(given if name in given or not text else [*given.items(multi=True), (name, text)])

"""How a step under way is shown: one thing on the screen, or a verdict that fills it."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import render_template, url_for

from coi.errors import CoiError, Reason, Refused
from coi.services import screens
from coi.services.directory import ListedUnit
from coi.services.errand import RIGHT, STOPPED, Part, Why
from coi.services.errands import fitting_units
from coi.services.forms import WRISTBAND, Blank
from coi.services.going_on import of_therapy
from coi.services.identity import SOURCES
from coi.services.screens import Scene
from coi.services.timers import timers
from coi.web import here
from coi.web.reading import IDENTIFIERS
from coi.web.sheet import Given, Sheet
from workflows.guards.sites import may_receive
from workflows.model import FieldKind


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
        return _page("waiting.html", scene, reasons=reasons)
    if (errand.person, errand.session) != (signed_in.person.id, signed_in.session):
        return _page("elsewhere.html", scene, reasons=reasons)
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
        "lines": _lines(scene),
        "identifiers": IDENTIFIERS,
        "sources": [(one, one.replace("_", " ")) for one in SOURCES],
        "parties": parties(scene),
        "timers": _timers(scene),
        "tries": screens.READS,
        "help_line": here.installation().settings.help_line,
    }
    return _page("unread.html" if unread else "screen.html", scene, **shown)


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
        units=[(one, sheet.page.party(one)) for one in units],
        roles=sorted({who.role for who in action.who}),
        under_way=[one for one in under_way if one.action == action.name],
        key=begun.get("key") or f"page-{secrets.token_urlsafe(18)}",
        meets_patient=WRISTBAND in sheet.form.scans,
    )


def _page(template: str, scene: Scene, **more: object) -> str:
    """A page about this step, with what all of them say."""
    return render_template(
        template,
        scene=scene,
        errand=scene.errand,
        form=scene.form,
        coi=scene.errand.coi,
        what=f"{scene.form.action.title}, {scene.errand.coi}",
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
    return _page("right.html" if verdict.kind == RIGHT else "ended.html", scene, verdict=verdict)


def _reasons(error: CoiError | None) -> Sequence[Reason | CoiError]:
    if error is None:
        return ()
    return error.refusals if isinstance(error, Refused) else (error,)


def _zone(scene: Scene) -> str:
    return here.zone_of(scene.errand.unit)


def parties(scene: Scene) -> list[tuple[str, str]]:
    """To whom something of this therapy can go, with their words."""
    return [
        (one.id, in_words(one))
        for one in _units()
        if may_receive(one.site.id, one.site.kind, scene.sites)
    ]


def _units() -> list[ListedUnit]:
    return sorted(here.units().values(), key=in_words)


def in_words(unit: ListedUnit) -> str:
    """A unit after the name of its site."""
    return f"{unit.site.name}, {unit.name}"


def _given(scene: Scene, given: Given) -> Given:
    """What was typed just now; or what the present field was answered with earlier."""
    name, blank = scene.present.name, scene.present.blank
    text = scene.errand.answers.get(name, "")
    if text and blank is not None and blank.field.kind is FieldKind.TIME:
        there = datetime.fromisoformat(text).astimezone(ZoneInfo(_zone(scene)))
        text = f"{there:%Y-%m-%dT%H:%M}"
    return Given(given if name in given or not text else [*given.items(multi=True), (name, text)])


def _lines(scene: Scene) -> list[tuple[str, str]]:
    """What will be recorded, to be read back: one's own scans, and what is told once.

    What the other of two scanned or heard is not among it (BD-06).
    """
    return [*_own_lines(scene.errand.part), *_common_lines(scene)]


def _own_lines(part: Part) -> Iterator[tuple[str, str]]:
    """What one person scanned and heard."""
    for one in part.reads:
        yield "Scanned", one.title
    for name, text in part.said.items():
        if name in IDENTIFIERS:
            yield IDENTIFIERS[name], text
    if part.source:
        yield "Who says it", part.source.replace("_", " ")


def _common_lines(scene: Scene) -> Iterator[tuple[str, str]]:
    """What is told once, whoever tells it: numbers, values, and to whom it goes."""
    answers = scene.errand.answers
    for born in scene.form.born:
        yield f"How many: {born.title.lower()}", str(len(born.each))
    for blank in scene.form.every_blank:
        yield f"{blank.of} {blank.field.title}".strip(), _answered(blank, answers)
    if scene.form.is_sent:
        goes_to = here.units().get(answers.get("consignee", ""))
        yield "To whom it goes", in_words(goes_to) if goes_to else ""


def _answered(blank: Blank, answers: Mapping[str, str]) -> str:
    """What a field was answered with, and in which unit."""
    text = answers.get(blank.name, "")
    if not text:
        return "nothing"
    return text if blank.field.unit == "-" else f"{text} {blank.field.unit}"


def _timers(scene: Scene) -> list[tuple[str, datetime, int]]:
    """What ends when, and how many minutes are left."""
    found = timers(here.installation(), here.somebody(), scene)
    return [
        (one.title, one.ends_at, max(0, int((one.ends_at - scene.now).total_seconds() // 60)))
        for one in found
    ]

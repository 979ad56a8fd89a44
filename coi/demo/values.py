"""Texts for the fields of a request, made up within what the definition allows."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from coi.demo.cast import SITES, UNITS
from coi.services.therapies import TherapyView
from workflows.correcting import correctable
from workflows.facts import Subject
from workflows.guards.shipping import DESTINATION
from workflows.guards.time import shelf_life
from workflows.model import Action, Field, FieldKind, QualityTest, Verb, Workflow
from workflows.treating import ASKED, FIELDS, TREATING, Named, Treatment, treatment

WEIGHT_KG, OTHER_WEIGHT_KG = "64.5", "46.5"
PROCESSOR = "CP-01"
"""The number of the cell processor, the one piece of equipment without which a step is refused."""

KINDS: Mapping[str, str] = {site.id: site.kind for site in SITES}


def made_here(order: Action, site: str) -> Mapping[str, str]:
    """Where a hospital makes the product itself, the unit of it that does."""
    at_hospital = any(f.name == "manufacturing_unit" and f.at == "hospital" for f in order.fields)
    return {"manufacturing_unit": f"{site}-cleanroom"} if at_hospital else {}


def who_treats(view: TherapyView) -> Treatment:
    """Which hospital treats, as the record tells it."""
    named = (
        Named(value.field, value.occurrence, UNITS.get(value.content, ("",))[0])
        for value in view.values
        if value.field in FIELDS and value.subject == view.therapy.coi
    )
    joined = ((site, one.seq) for one in view.history for site in one.content.get("sites", ()))
    return treatment(named, joined)


def hospitals(view: TherapyView, action: Action) -> dict[str, str]:
    """The hospitals that a step names: another one is asked, the one that was asked treats."""
    told = who_treats(view)
    other = "north" if told.treats != "north" else "south"
    known = {
        ASKED: f"{other}-ward",
        TREATING: f"{told.asked}-ward",
        DESTINATION: f"{told.treats}-lab",
    }
    return {one.name: known[one.name] for one in action.fields if one.name in known}


def ahead(workflow: Workflow) -> Mapping[str, timedelta]:
    """How far ahead times lie that are yet to come, within what the definition allows."""
    hours = int(str(workflow.product.get("dispensation_hours", 1)))
    return {"expires_at": 0.8 * shelf_life(workflow), "valid_until": timedelta(hours=hours) * 2 / 3}


def takes(field_: Field, known: Mapping[str, str]) -> bool:
    """The text that is known of a field of this name is one that this field takes."""
    text = known.get(field_.name, "")
    if field_.kind is FieldKind.UNIT:
        return bool(text) and KINDS[UNITS[text][0]] == field_.at
    if field_.kind not in {FieldKind.DECIMAL, FieldKind.INTEGER}:
        return bool(text) and text in (field_.choices or (text,))
    low, high = (Decimal("-Infinity") if field_.low is None else field_.low), field_.high
    return bool(text) and low <= Decimal(text) <= (Decimal("Infinity") if high is None else high)


def missing_result(
    view: TherapyView, subjects: Sequence[Subject], action: Action
) -> dict[str, str]:
    """The first result that is missing of a lot that is tested, within its limits."""
    if action.verb is not Verb.TEST:
        return {}
    known = {value.field for value in view.values for lot in subjects if value.subject == lot.id}
    tests = view.workflow.tests.values()
    test = next((one for one in tests if one.name not in known), next(iter(tests)))
    return {"test": test.name, "result": a_result(test)}


def a_result(test: QualityTest) -> str:
    """A result within the limits of a test."""
    if test.choices:
        return test.passes[0]
    # Half of what is allowed, or half as much again as is needed; of a share, more than needed.
    least = test.low or Decimal()
    most = test.high or (Decimal(100) if test.unit == "%" else 2 * least)
    return str((least + most) / 2 * (Decimal(WEIGHT_KG) if test.per_kg else 1))


def text_for(field_: Field, now: str) -> str:
    """A text that a field takes."""
    if field_.kind is FieldKind.UNIT:
        return next(unit for unit, (site, _) in UNITS.items() if KINDS[site] == field_.at)
    if field_.kind in {FieldKind.DECIMAL, FieldKind.INTEGER}:
        low, high = field_.low or 0, field_.high or 100
        return str((low + high) // 2)
    if field_.kind is FieldKind.EQUIPMENT:
        return PROCESSOR if field_.required else ""
    if field_.kind is FieldKind.FILE:
        return ""  # a file that must be there is handed in by whoever takes the step
    made_up: Mapping[FieldKind, str] = {
        FieldKind.DATE: now[:10],
        FieldKind.TIME: now,
        FieldKind.YES_NO: "yes",
        FieldKind.CHOICE: next(iter(field_.choices), ""),
    }
    return made_up.get(field_.kind, f"{field_.title} (demonstration)")


def correction(view: TherapyView, told: Mapping[str, str]) -> Mapping[str, str]:
    """The newest value of the field `of` (the weight) is corrected to `content`; {} without one.

    `on` says of which thing, where several have one.
    """
    of, on = told.get("of", "weight_kg"), told.get("on", "")
    found = correctable(view.workflow, view.subjects, view.values, view.earlier)
    meant = [o for o in found if o.value.field == of and on in {"", o.value.subject}]
    if not meant:
        return {}
    newest = max(meant, key=lambda one: one.value.occurrence)
    other = WEIGHT_KG if newest.value.content == OTHER_WEIGHT_KG else OTHER_WEIGHT_KG
    return {
        "which": newest.address,
        "content": told.get("content", other),
        "reason": told.get("reason", "digits were exchanged"),
    }

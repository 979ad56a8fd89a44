"""The shape of a definition: every key, and what it may hold.

Only shapes stand here. Whether names refer to something is asked in `workflows.references`, and
whether the workflow makes sense in `workflows.check`.
"""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from workflows.model import Custody, EquipmentKind, FieldKind, FileKind, Kind, Pick, SiteKind, Verb
from workflows.shapes import (
    ANY,
    Advice,
    GuardText,
    Number,
    SignatureText,
    WhoText,
    YesNo,
    has_no_repeats,
    hyphenated,
    is_country,
    is_name,
    is_not_empty,
    name,
    named,
    one_of,
    plus_or_minus_one,
    several,
    text,
    whole_number,
    wrong,
)
from workflows.wrong import Wrong


class StateSchema(Schema):
    """One state of a machine."""

    phase = text(required=True)
    title = text()
    final = YesNo()
    prepared = YesNo()


class MachineSchema(Schema):
    """One machine."""

    kind = one_of(Kind, required=True)
    title = text(required=True)
    labelled = YesNo()
    states = named(fields.Nested(StateSchema), required=True)


class MoveSchema(Schema):
    """One move rule of an action."""

    machine = name(required=True)
    from_states = fields.List(name(), data_key="from", validate=has_no_repeats)
    to_state = fields.String(data_key="to", validate=is_name)
    pick = one_of(Pick)
    custody = one_of(Custody)
    ends_as = name()
    stop = plus_or_minus_one()
    while_stopped = YesNo()
    seldom = YesNo()
    patient = YesNo()
    optional = YesNo()
    undated = text()
    hold_in_transit = YesNo()
    parents = several(name())


class _LimitsSchema(Schema):
    """What can be measured, with its limits, or chosen."""

    low = Number()
    high = Number()
    choices = several(text())

    @validates_schema
    def limits_are_in_order(self, data: dict[str, Any], **_: object) -> None:
        """The lower limit is not above the upper one."""
        if "low" in data and "high" in data and data["low"] > data["high"]:
            raise ValidationError({"low": [Advice("is above high", "Exchange the two")]})


class FieldSchema(_LimitsSchema):
    """One thing that an action records."""

    title = text(required=True)
    kind = one_of(FieldKind, required=True)
    on = fields.String(validate=lambda name: None if name == ANY else is_name(name))
    unit = text()
    alarms = several(text())
    required = YesNo()
    confidential = YesNo()
    at = one_of(SiteKind)
    uses = several(name())
    equipment = one_of(EquipmentKind)
    accept = several(one_of(FileKind))

    @validates_schema
    def keys_fit_the_kind(self, data: dict[str, Any], **_: object) -> None:
        """Choices stand with the kind choice; limits and units with numbers."""
        kind = data.get("kind")
        numbers = (FieldKind.DECIMAL, FieldKind.INTEGER)
        misfits: dict[str, list[Advice]] = {}
        if kind is FieldKind.CHOICE and "choices" not in data:
            misfits["choices"] = [Advice("is missing", "List what can be chosen")]
        if kind is not FieldKind.CHOICE and "choices" in data:
            misfits["choices"] = [Advice("needs kind: choice", "Change the kind, or remove it")]
        for key in ("low", "high", "unit"):
            if kind not in numbers and key in data:
                misfits[key] = [Advice("needs a kind of number", "Change the kind, or remove it")]
        if misfits:
            raise ValidationError(misfits)

    @validates_schema
    def a_unit_is_at_a_site(self, data: dict[str, Any], **_: object) -> None:
        """A unit says of which kind its site is; which sites take part is no secret of a person."""
        is_unit = data.get("kind") is FieldKind.UNIT
        misfits: dict[str, list[Advice]] = {}
        if is_unit and "at" not in data:
            misfits["at"] = [Advice("is missing", "Say at which kind of site the unit is")]
        if not is_unit and "at" in data:
            misfits["at"] = [Advice("needs kind: unit", "Change the kind, or remove it")]
        if is_unit and data.get("confidential"):
            misfits["confidential"] = [Advice("hides who takes part", "Remove it")]
        if misfits:
            raise ValidationError(misfits)

    @validates_schema
    def equipment_is_no_secret(self, data: dict[str, Any], **_: object) -> None:
        """Only equipment is of a kind of equipment; what was used is nothing about a person."""
        is_equipment = data.get("kind") is FieldKind.EQUIPMENT
        misfits: dict[str, list[Advice]] = {}
        if not is_equipment and "equipment" in data:
            misfits["equipment"] = [
                Advice("needs kind: equipment", "Change the kind, or remove it")
            ]
        if is_equipment and data.get("confidential"):
            misfits["confidential"] = [Advice("hides what was used", "Remove it")]
        if misfits:
            raise ValidationError(misfits)

    @validates_schema
    def a_file_can_be_erased(self, data: dict[str, Any], **_: object) -> None:
        """A file says what it can be; a picture may show a name, so it is confidential."""
        is_file = data.get("kind") is FieldKind.FILE
        misfits: dict[str, list[Advice]] = {}
        if is_file and "accept" not in data:
            misfits["accept"] = [Advice("is missing", "List what it can be: jpeg, png, pdf, text")]
        if not is_file and "accept" in data:
            misfits["accept"] = [Advice("needs kind: file", "Change the kind, or remove it")]
        if is_file and not data.get("confidential"):
            misfits["confidential"] = [
                Advice("is missing", "A picture may show a name: write confidential: true")
            ]
        if misfits:
            raise ValidationError(misfits)

    @validates_schema
    def alarms_can_be_answered(self, data: dict[str, Any], **_: object) -> None:
        """What raises an alarm is one of the answers."""
        answers = data.get("choices", ())
        if data.get("kind") is FieldKind.YES_NO:
            answers = ("yes", "no")
        strange = [alarm for alarm in data.get("alarms", ()) if alarm not in answers]
        if strange:
            advice = Advice(f"“{strange[0]}” cannot be answered", "Take each from the choices")
            raise ValidationError({"alarms": [advice]})


class TestSchema(_LimitsSchema):
    """One quality test of a lot."""

    __test__ = False  # pytest: this is no test of ours

    title = text(required=True)
    method = text(required=True)
    unit = text()
    passes = several(text())
    per_kg = YesNo()
    before_release = YesNo()

    @validates_schema
    def resultis_measured_or_chosen(self, data: dict[str, Any], **_: object) -> None:
        """A test has limits, or choices of which some pass."""
        measured = "low" in data or "high" in data
        if measured == ("choices" in data):
            raise wrong(
                "needs either limits or choices", "Write low or high, or choices and passes"
            )
        if ("passes" in data) != ("choices" in data) or (data.get("per_kg") and not measured):
            raise wrong("mixes limits and choices", "passes goes with choices, per_kg with limits")
        if not set(data.get("passes", ())) <= set(data.get("choices", ())):
            raise wrong("passes what cannot be chosen", "Take each of passes from choices")


class ActionSchema(Schema):
    """One business action."""

    title = text(required=True)
    verb = one_of(Verb, required=True)
    who = several(WhoText(), required=True)
    moves = fields.List(fields.Nested(MoveSchema), required=True, validate=is_not_empty)
    fields_ = named(fields.Nested(FieldSchema), data_key="fields")
    guards = fields.List(GuardText())
    signatures = fields.List(SignatureText())
    signatures_in = named(fields.List(SignatureText()), keys=is_country)
    chain_stop = plus_or_minus_one()
    prints = several(hyphenated())
    opens = one_of(Wrong)
    due_hours = whole_number(1)
    due_minutes = whole_number(1)
    due_after = name()
    undated = text()
    record_only = YesNo()
    seldom = YesNo()


class DefinitionSchema(Schema):
    """A whole definition."""

    workflow = hyphenated(required=True)
    version = whole_number(1, required=True)
    title = text(required=True)
    product = named(fields.Raw())
    machines = named(fields.Nested(MachineSchema), required=True)
    dispensable = named(several(name()))
    tests = named(fields.Nested(TestSchema))
    actions = named(fields.Nested(ActionSchema), required=True)

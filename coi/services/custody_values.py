"""Recorded values in words: titles, units, times of the place, and what was changed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from coi.reports import custody_contents as told
from coi.reports.wording import both, measured
from coi.services.custody_reading import ERASED, PAIRING, Reading, parts, said
from coi.services.therapies import COMMITMENT, Happened
from workflows.migrating import knowing_migration
from workflows.model import Field, FieldKind, Kind
from workflows.moves import OTHER, OWNER
from workflows.on_paper import FIELDS
from workflows.shift import TOOK_PART
from workflows.stock import COUNTED

_KNOWN: Final[Mapping[str, str]] = {
    "attempt": "Attempt",
    COUNTED: "Found by a stock-take",
    "hold_hours": "Shipper keeps cold, in hours",
    "shipper": "Shipper",
    "stops": "Stops",
    OTHER: "Mixed up with",
    OWNER: "Taken on by",
    PAIRING: "Pair that may not check again",
    TOOK_PART: "Had it in hand before it was handed over",
}
"""Fields that the engine itself records, which no definition has a title for."""

_NUMBERS: Final = ("_number", "_lot", "_serial")


def _identifies(reading: Reading, name: str) -> bool:
    """The field names something: a donation, a batch, a shipper, a seal, a logger; no test does."""
    named = name.endswith(_NUMBERS) or name in {"attempt", "shipper"}
    return named and name not in reading.view.tests


def field_of(reading: Reading, action: str, name: str) -> Field | None:
    """What a definition says of a field: as the action has it, else as any other has it.

    The newest version that knows it says so.
    """
    versions = (reading.view.workflow, *(one.workflow for one in reversed(reading.view.earlier)))
    every = [knowing_migration(version).actions for version in versions]
    first = [actions[action] for actions in every if action in actions]
    others = [each for actions in every for each in actions.values()]
    fields = (field for each in (*first, *others) for field in each.fields)
    return next((field for field in fields if field.name == name), FIELDS.get(name))


def title_of(reading: Reading, action: str, name: str) -> str:
    """What a field is called."""
    test = reading.view.tests.get(name)
    if test:
        return test.title
    field = field_of(reading, action, name)
    return field.title if field else _KNOWN.get(name, name.replace("_", " ").capitalize())


def content_of(reading: Reading, event: Happened, value: Mapping[str, Any]) -> str:
    """The text of a value: a commitment opened, a time in the zone of the place, persons named."""
    content: str = value["content"]
    field = field_of(reading, event.action, value["field"])
    if content in reading.texts:
        return reading.texts[content]
    # Only of a confidential field: elsewhere 64 hexadecimal digits can be what was recorded.
    if field and field.confidential and COMMITMENT.fullmatch(content):
        return ERASED
    if value["field"] in {PAIRING, OWNER, TOOK_PART}:
        return ", ".join(map(reading.person, content.split()))
    return _of_kind(reading, event, value, field.kind) if field else content


def _of_kind(reading: Reading, event: Happened, value: Mapping[str, Any], kind: FieldKind) -> str:
    """A text as its kind is read: a time of the place, a party, equipment with its calibration."""
    content: str = value["content"]
    if kind is FieldKind.TIME:
        return _time(reading, event, content)
    if kind is FieldKind.UNIT:
        return reading.party(content)
    if kind is FieldKind.EQUIPMENT and value["limits"] != "-":
        # Until when it was calibrated stands in the entry: nobody has to look into a register.
        return f"{content} ({value['limits']})"
    return content


def _time(reading: Reading, event: Happened, content: str) -> str:
    """A recorded time, as the place's clock showed it; what is no time stays as it is."""
    try:
        return both(reading.at(content, event.unit))
    except ValueError:
        return content


def reason_of(reading: Reading, value: Mapping[str, Any]) -> str:
    """Why a value was changed."""
    reason: str = value["reason"]
    if reason in reading.texts:
        return reading.texts[reason]
    return ERASED if COMMITMENT.fullmatch(reason) else said(reason)


def limits_of(reading: Reading, event: Happened, value: Mapping[str, Any]) -> str:
    """The limits of a value; what stands beside equipment and files is none.

    Until when equipment was calibrated is told with it; a file's content is committed to.
    """
    field = field_of(reading, event.action, value["field"])
    has_none = field is not None and field.kind in {FieldKind.EQUIPMENT, FieldKind.FILE}
    return "" if has_none else said(value["limits"])


def within_of(value: Mapping[str, Any]) -> bool | None:
    """Whether it lies within its limits; None where it has none."""
    return {"yes": True, "no": False}.get(value["within"])


def values_of(reading: Reading, event: Happened) -> tuple[told.Value, ...]:
    """What an entry recorded; the same value of several items is said once."""
    items: dict[told.Value, list[str]] = {}
    for value in event.content.get("values", ()):
        one = told.Value(
            items=(),
            title=title_of(reading, event.action, value["field"]),
            content=content_of(reading, event, value),
            unit=said(value["unit"]),
            within=within_of(value),
            revision=value["revision"],
            reason=reason_of(reading, value),
        )
        on = items.setdefault(one, [])
        # What is recorded of the therapy as a whole needs no name: the whole document is about it.
        if reading.kind(value["subject"]) is not Kind.THERAPY:
            on.append(reading.called[value["subject"]])
    return tuple(replace(one, items=tuple(on)) for one, on in items.items())


def told_of(reading: Reading, subject: str) -> tuple[tuple[str, str], ...]:
    """Everything that was recorded on a subject, as (title, text)."""
    return tuple(
        (title_of(reading, event.action, value["field"]), content_of(reading, event, value))
        for event, value in parts(reading, "values")
        if value["subject"] == subject
    )


def numbers_of(reading: Reading, subject: str) -> tuple[tuple[str, str], ...]:
    """What identifies a subject elsewhere, as it is now."""
    now = {
        title_of(reading, event.action, value["field"]): content_of(reading, event, value)
        for event, value in parts(reading, "values")
        if value["subject"] == subject and _identifies(reading, value["field"])
    }
    return tuple(now.items())


def changes(reading: Reading) -> Iterator[told.Change]:
    """Each value that was changed since its original entry, and what it was at first."""
    original: dict[tuple[str, str, int], str] = {}
    for event, value in parts(reading, "values"):
        key = (value["subject"], value["field"], value["occurrence"])
        text = measured(content_of(reading, event, value), said(value["unit"]))
        if value["revision"] == 1:
            original[key] = text
            continue
        yield told.Change(
            item=reading.called[value["subject"]],
            title=title_of(reading, event.action, value["field"]),
            original=original.get(key, ""),
            current=text,
            revision=value["revision"],
            reason=reason_of(reading, value),
            entry=event.seq,
            at=reading.at(event.recorded_at, event.unit),
            by=reading.person(event.actor),
        )

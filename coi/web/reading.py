"""What somebody hands in with the form of an action, read strictly: all of it, or every mistake."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate

from coi.services.attempt import TakeAction
from coi.services.forms import Blank
from coi.services.identity import IDENTIFIERS, SOURCES, Stated, misspelt
from coi.services.installation import Installation
from coi.services.proofs import Proven, Signer, may_sign
from coi.services.reading_codes import name_another
from coi.services.scanning import TYPED, Code
from coi.web import here
from coi.web.errors import NOT_PROVEN
from coi.web.limits import in_groups
from coi.web.proving import somebodys
from coi.web.sheet import WHEN, Given, Sheet
from coi.web.twice import why_not_twice
from workflows import fields as recorded
from workflows.facts import Mode, NewSubject
from workflows.model import FieldKind, SignatureRule

DEVICE = "page"
_LISTS = frozenset({"named", "seen"})
_SEEN = re.compile(r"(.{1,100})=([0-9]{1,9})")
_MISSING = "is missing"
_Told = Mapping[str, Any]  # texts, and lists of texts, as the schema has read them


NO_SIGNER = "is nobody who may sign this here"


class Signing(NamedTuple):
    """Which signatures are given, and at which unit."""

    rules: tuple[SignatureRule, ...]
    unit: str

    @property
    def numbers(self) -> Mapping[int, SignatureRule]:
        """The signatures by the numbers of their fields."""
        return dict(enumerate(self.rules, start=1))


class Misread(Exception):
    """What was handed in cannot be read; says of each field why."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def read(sheet: Sheet, given: Given) -> TakeAction:
    """What the use case is asked for.

    Raises:
        Misread: a field is missing, unreadable, unknown, or there twice.
        DataRefused: it is more than any step asks.
    """
    told = _checked(sheet, given)
    form = sheet.form
    return TakeAction(
        coi=sheet.page.view.therapy.coi,
        action=form.action.name,
        unit=told["unit"],
        key=told["key"],
        codes=(*_codes(told["codes"], _lines(told["scanned"])), *_codes(told["typed"])),
        named=tuple(told["named"]),
        births=tuple(
            NewSubject(born.machine, _values(sheet, each, told))
            for born in form.born
            for each in born.each
        ),
        values=_values(sheet, form.blanks, told),
        consignee=told.get("consignee") or "-",
        bench=told.get("bench") or "-",
        seen={match[1]: int(match[2]) for match in map(_SEEN.fullmatch, told["seen"]) if match},
        **(_late(sheet, told) if sheet.is_late else {}),
    )


def _late(sheet: Sheet, told: _Told) -> Mapping[str, Any]:
    """When it happened, and what each signer heard then, as the paper says."""
    at = datetime.fromisoformat(with_zone(sheet.zone, WHEN, told[WHEN.name]))
    stated = _stated(sheet, told) if sheet.asks_what_was_said else ()
    return {"mode": Mode.LATE, "happened_at": at, "stated": tuple(stated)}


def _stated(sheet: Sheet, told: _Told) -> Iterator[Stated]:
    """What was said to each signer, as far as it stands on the paper."""
    for n in range(1, len(sheet.form.signatures) + 1):
        if heard := _heard(told, n):
            yield Stated(told[f"signer-{n}-username"], heard, told["source"])


def _heard(told: _Told, n: int) -> Mapping[str, str]:
    """What the patient said to one signer, as far as it stands there."""
    heard = {name: str(told.get(f"said-{n}-{name}", "")).strip() for name in IDENTIFIERS}
    return {name: text for name, text in heard.items() if text}


def _checked(sheet: Sheet, given: Given) -> _Told:
    """Every field of the form, each once."""
    lists = dict(given.lists())
    errors = {n: "is there twice" for n, texts in lists.items() if _is_twice(n, texts)}
    schema = _schema(Asked.by(sheet))
    try:
        found = schema.load({n: texts if n in _LISTS else texts[0] for n, texts in lists.items()})
    except ValidationError as error:
        errors |= {name: _first(said) for name, said in error.messages_dict.items()}
        found = error.valid_data  # what can be read is looked at, so that all is said at once
    found = cast("_Told", found)
    errors = dict(_misfits(sheet, found)) | errors
    if errors:
        in_order = (*schema.fields, *errors)
        raise Misread({name: errors[name] for name in in_order if name in errors})
    return found


def _is_twice(name: str, texts: list[str]) -> bool:
    return len(texts) > 1 and name not in _LISTS


def _first(messages: object) -> str:
    """The first sentence of what a schema says of one field."""
    while isinstance(messages, (Mapping, list)):
        messages = next(iter(messages.values() if isinstance(messages, Mapping) else messages))
    return str(messages)


class Asked(NamedTuple):
    """What a form asks for, as far as it is the same for everybody, everywhere."""

    is_sent: bool
    signatures: int
    texts: tuple[str, ...]  # all else that is filled in

    @classmethod
    def by(cls, sheet: Sheet) -> "Asked":
        """What this form asks for."""
        form = sheet.form
        counts = (f"count-{born.machine}" for born in form.born)
        bench = ("bench",) if sheet.benches else ()
        said = _said(len(form.signatures)) if sheet.asks_what_was_said else ()
        texts = (*counts, *(blank.name for blank in sheet.every_blank), *bench, *said)
        return cls(form.is_sent, len(form.signatures), texts)


def _said(signatures: int) -> Iterator[str]:
    """The fields of what was said to each signer, and by whom."""
    yield "source"
    yield from (f"said-{n}-{name}" for n in range(1, signatures + 1) for name in IDENTIFIERS)


@lru_cache(maxsize=256)
def _schema(asked: Asked) -> Schema:
    """The fields of such a form and no other; made once, since that takes longer than reading."""
    known: dict[str, fields.Field[Any]] = {
        "csrf_token": _text(),
        "key": _required(validate.Length(max=100, error="is too long")),
        "unit": _required(),
        "zone": _text(),
        "codes": _text(),
        "scanned": _text(),
        "typed": _text(),
        "again": _text(),
        "named": fields.List(fields.String(), load_default=list),
        "seen": fields.List(fields.String(validate=_is_turn), load_default=list),
        **{name: _text() for name in asked.texts},
    }
    if asked.is_sent:
        known["consignee"] = _required()
    for n in range(1, asked.signatures + 1):
        known |= {f"signer-{n}-username": _required(), f"signer-{n}-password": _required()}
    schema = Schema.from_dict({**known}, name="Handed in")()
    schema.error_messages["unknown"] = "is no field of this form"
    return schema


_is_turn = validate.Regexp(_SEEN, error="is no turn of anything")


def _text() -> fields.String:
    return fields.String(load_default="")


def _required(*more: Any) -> fields.String:  # noqa: ANN401 - a marshmallow validator
    """A text that is there."""
    there = validate.Length(min=1, error=_MISSING)
    return fields.String(
        required=True, validate=[there, *more], error_messages={"required": _MISSING}
    )


def _misfits(sheet: Sheet, told: _Told) -> Iterator[tuple[str, str]]:
    """What was filled in and does not fit who acts, what there is, or what the field takes."""
    if told.get("unit") not in {one.id for one in sheet.units}:
        yield "unit", "is none of yours"
    if sheet.form.is_sent and told.get("consignee") not in sheet.page.units:
        yield "consignee", "is no unit that is known here"
    if told.get("bench", "") not in {"", *(bench.serial for bench in sheet.benches)}:
        yield "bench", "is no bench of this unit"
    if reason := _why_not_twice(sheet, told):
        yield "again", reason
    if sheet.asks_what_was_said and told.get("source") not in SOURCES:
        yield "source", "say who said it"
    if sheet.asks_what_was_said:
        for n in range(1, len(sheet.form.signatures) + 1):
            yield from (
                (f"said-{n}-{name}", why) for name, why in misspelt(_heard(told, n)).items()
            )
    for blank in sheet.every_blank:
        text = told.get(blank.name, "")
        reason = _why_not(sheet.zone, blank, text) or _no_unit(sheet, blank, text)
        if reason:
            yield blank.name, reason


def _why_not_twice(sheet: Sheet, told: _Told) -> str:
    """Why codes that no scanner typed are not taken; from paper they are copied as they stand.

    What names another therapy is not asked a second time: the step stops at it.
    """
    if sheet.is_late:
        return ""
    codes, scanned, typed, again = (
        _lines(told.get(name, "")) for name in ("codes", "scanned", "typed", "again")
    )
    by_hand = [*(one for one in codes if one not in scanned), *typed]
    wrong = why_not_twice(by_hand, again)
    if wrong and name_another(here.installation(), sheet.page.view.therapy.coi, by_hand):
        return ""
    return wrong


def _no_unit(sheet: Sheet, blank: Blank, text: str) -> str:
    """Why a place is none of those that the field asks for; nothing where it is one."""
    kind = blank.field.at
    if blank.field.kind is not FieldKind.UNIT or not text or text in dict(sheet.units_at(kind)):
        return ""
    return f"is no unit of a {kind}"


_NUMBERS = frozenset({FieldKind.DECIMAL, FieldKind.INTEGER})


def _why_not(zone: str, blank: Blank, text: str) -> str:
    """Why a field does not take a text, as the definition says; nothing where it does."""
    # Before anything is left out of it: what is handed in is the whole text.
    if len(text) > recorded.MOST_CHARACTERS:
        return too_long(text, recorded.MOST_CHARACTERS)
    if not text.strip():
        return _MISSING if blank.field.required else ""
    try:
        recorded.read(blank.field, with_zone(zone, blank, text))
    except recorded.Unreadable as reason:
        return in_groups(str(reason)) if blank.field.kind in _NUMBERS else str(reason)
    return ""


def too_long(text: str, most: int) -> str:
    """Why a text that is longer than this is not taken."""
    return f"is {len(text)} characters long; {most} are possible"


def read_blank(zone: str, blank: Blank, given: Given) -> str:
    """The text of one field alone, as it will be handed in.

    Raises:
        Misread: it is missing, unreadable, or there twice.
    """
    texts = given.getlist(blank.name) or [""]
    reason = "is there twice" if len(texts) > 1 else _why_not(zone, blank, texts[0])
    if reason:
        raise Misread({blank.name: reason})
    return with_zone(zone, blank, texts[0])


def with_zone(zone: str, blank: Blank, text: str) -> str:
    """A time as the clock on the wall shows it, with the offset of that place and day.

    An hour that comes twice in autumn is taken as the first: windows that begin then end sooner.

    Raises:
        Unreadable: there is no such hour on that day.
    """
    if blank.field.kind is not FieldKind.TIME:
        return text
    try:
        there = datetime.fromisoformat(text.strip())
    except ValueError:
        return text  # the field itself says what is wrong
    if there.tzinfo is not None:
        return text
    there = there.replace(tzinfo=ZoneInfo(zone))
    if there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) != there.replace(
        tzinfo=None
    ):
        raise recorded.Unreadable(f"“{text}” does not exist: the clocks were put forward")
    return there.isoformat()


def typed_so_far(sheet: Sheet, given: Given) -> dict[str, str]:
    """What was filled in and can be read, by the names of the fields; all else is asked again.

    The time that a form suggests is of the moment at which it was drawn: it is asked anew.
    """
    counts = (f"count-{born.machine}" for born in sheet.form.born)
    told = {name: given[name] for name in ("bench", *counts) if given.get(name)}
    for blank in sheet.every_blank:
        if not blank.is_now and given.get(blank.name, "").strip():
            with suppress(Misread):
                told[blank.name] = read_blank(sheet.zone, blank, given)
    return told


def scanned_so_far(given: Given) -> tuple[Code, ...]:
    """What was scanned into the form and typed there, in its order."""
    return tuple(_codes(given.get("codes", ""), _lines(given.get("scanned", ""))))


def _codes(text: str, scanned: Collection[str] = ()) -> Iterator[Code]:
    """One code a line; it is typed, unless the page's script has seen a scanner write it."""
    return (Code(line, "scanned" if line in scanned else TYPED, DEVICE) for line in _lines(text))


def _lines(text: str) -> list[str]:
    """Each line that is none of spaces; a separator inside a code is part of it, and ends none."""
    lines = (line.strip(" \t") for line in re.split(r"[\r\n]+", text))
    return [line for line in lines if line]


def _values(sheet: Sheet, blanks: Iterable[Blank], told: _Told) -> Mapping[str, str]:
    """What was filled in, by the names of the definition."""
    return {
        one.field.name: with_zone(sheet.zone, one, told[one.name])
        for one in blanks
        if told[one.name].strip()
    }


def prove_signers(
    installation: Installation, typist: Proven, signing: Signing, given: Given
) -> tuple[Signer, ...]:
    """Everybody who signs, each proven by name and password just now, before the `typist`.

    Raises:
        Misread: somebody may not sign this here, or a password is wrong; says beside which signer.
    """
    names = {n: given.get(f"signer-{n}-username", "") for n in signing.numbers}
    # Before any password is looked at: so nobody's is tried where they have nothing to sign.
    errors = {
        f"signer-{n}-username": NO_SIGNER
        for n, rule in signing.numbers.items()
        if names[n] != typist.username and not may_sign(installation, names[n], rule, signing.unit)
    }
    if errors:
        raise Misread(errors)
    signers = []
    for n, rule in signing.numbers.items():
        try:
            proven = somebodys(names[n], given, f"signer-{n}-password", typist)
            signers.append(Signer(proven, rule.meaning))
        except NOT_PROVEN as error:
            errors[f"signer-{n}-password"] = f"{error.sentence} {error.next_step}"
    if errors:
        raise Misread(errors)
    return tuple(signers)

"""Reads what people type into the fields of an action: canonical text, or the reason why not."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from workflows.case import Case
from workflows.composed import nfc
from workflows.facts import Request
from workflows.files import kinds_in_words, reference_in
from workflows.model import Action, Custody, Field, FieldKind, Verb
from workflows.refusal import Refusal

MOST_CHARACTERS = 2000
IDENTIFIES = "patient_is_identified_by_two_people"  # the guard that asks for identifiers
# Not \d, which takes the digits of every script for digits.
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
_INTEGER = re.compile(r"-?[0-9]{1,12}")
_COMMITMENT = re.compile(r"[0-9a-f]{64}")


class Unreadable(ValueError):
    """The text is not what the field takes; the message says what it takes."""


def read(field: Field, text: str) -> str:
    """The canonical text of a field's value; raises `Unreadable` with the reason."""
    # Composed before anything else, or one name in two spellings would be two texts (TL-04).
    text = nfc(text).strip()
    if not text:
        raise Unreadable("is empty")
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"is {len(text)} characters long; {MOST_CHARACTERS} are possible")
    return _READERS[field.kind](field, text)


def _decimal(field: Field, text: str) -> str:
    """A number within its limits, as it was typed, with a point and without an exponent."""
    if not is_number(text):
        raise Unreadable(f"“{text}” is not a number such as 12.5 (point, no thousands mark)")
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern admits numbers only
        raise Unreadable(f"“{text}” is not a number") from error
    quantity = f"{text} {field.unit}"
    if field.low is not None and number < field.low:
        raise Unreadable(f"{quantity} is below the least possible {field.low}")
    if field.high is not None and number > field.high:
        raise Unreadable(f"{quantity} is above the most possible {field.high}")
    return text


def is_number(text: str) -> bool:
    """The text is a number as fields take it: digits and a point, no exponent."""
    return _DECIMAL.fullmatch(text) is not None


def _integer(field: Field, text: str) -> str:
    """A whole number within its limits."""
    if not _INTEGER.fullmatch(text):
        raise Unreadable(f"“{text}” is not a whole number")
    # 007 and 7 are one number, and the record has one text for it.
    return str(int(_decimal(field, text)))


def _text(field: Field, text: str) -> str:
    """Plain text on one line: nothing that cannot be seen, or that turns the rest around."""
    # In the ledger this form stands for a text that is kept apart, which would then be missing.
    if not field.confidential and _COMMITMENT.fullmatch(text):
        raise Unreadable("is 64 digits of a hash, as the record keeps its own; add what it is of")
    for character in text:
        if unicodedata.category(character) in _INVISIBLE and character not in _JOINERS:
            raise Unreadable(f"holds the invisible character U+{ord(character):04X}")
    return text


_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # several scripts are misspelt without them


def _date(field: Field, text: str) -> str:
    """A calendar day, ISO 8601."""
    del field
    try:
        # Python reads 20261130 and 2026-W49-1 as well; the record has one form.
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Unreadable(f"“{text}” is not a day such as 2026-11-30") from error


def read_time(text: str) -> datetime:
    """A point in time with its offset, in UTC; raises `Unreadable`."""
    try:
        found = datetime.fromisoformat(text)
        in_utc = found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"“{text}” is not a time such as 2026-11-30T09:15+01:00") from error
    if in_utc is None:
        raise Unreadable(f"“{text}” lacks its zone; write 2026-11-30T09:15+01:00 or …Z")
    return in_utc


def _time(field: Field, text: str) -> str:
    """A point in time, RFC 3339 in UTC."""
    del field
    return read_time(text).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _choice(field: Field, text: str) -> str:
    """One of the words that the definition lists."""
    if text not in field.choices:
        raise Unreadable(f"“{text}” is none of: {', '.join(field.choices)}")
    return text


def _yes_no(field: Field, text: str) -> str:
    """Yes or no."""
    del field
    if text.lower() not in {"yes", "no"}:
        raise Unreadable(f"“{text}” is neither yes nor no")
    return text.lower()


def _file(field: Field, text: str) -> str:
    """A file of a kind that the field accepts, by its kind, its size and its hash."""
    found = reference_in(text)
    takes = kinds_in_words(field.accept)
    if found is None:
        raise Unreadable(f"is no file that was handed in; choose one: {takes}")
    if found.kind not in field.accept:
        raise Unreadable(
            f"is a file of another kind, {kinds_in_words([found.kind])}; choose one: {takes}"
        )
    return text


_READERS: Mapping[FieldKind, Callable[[Field, str], str]] = {
    FieldKind.DECIMAL: _decimal,
    FieldKind.INTEGER: _integer,
    FieldKind.TEXT: _text,
    FieldKind.DATE: _date,
    FieldKind.TIME: _time,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
    FieldKind.UNIT: _text,
    FieldKind.EQUIPMENT: _text,
    FieldKind.FILE: _file,
}


def sources(case: Case, field: Field) -> tuple[Mapping[str, str], ...]:
    """Where a field's texts come from: each arrival's own values over the request's."""
    own = [a.new.values for a in case.arrivals if a.new.machine == field.on]
    if field.on == "*" or not own:
        return (case.request.values,)
    return tuple({**case.request.values, **values} for values in own)


def units_named(action: Action, request: Request) -> Iterator[str]:
    """The units that the fields of the action name, whether they are known or not."""
    return (text for _field, text in named_in(action, request, FieldKind.UNIT))


def named_in(action: Action, request: Request, kind: FieldKind) -> Iterator[tuple[Field, str]]:
    """What the fields of this kind name, whether it is known or not."""
    given = (request.values, *(birth.values for birth in request.births))
    for field in action.fields:
        for values in given if field.kind is kind else ():
            if named := nfc(values.get(field.name, "")).strip():
                yield field, named


def problems(case: Case) -> Iterator[Refusal]:
    """Every field that is missing, unreadable or unknown."""
    for field in case.action.fields:
        for values in sources(case, field):
            problem = _problem(case, field, values.get(field.name, ""))
            if problem:
                yield problem
    yield from _unknown(case)
    yield from _unasked(case)


def _problem(case: Case, field: Field, text: str) -> Refusal | None:
    """Why this text cannot be recorded in this field, if it cannot."""
    if not text.strip():
        return _field_refusal("FIELD_MISSING", field, "is missing") if field.required else None
    try:
        read_in(case, field, text)
    except Unreadable as reason:
        return _field_refusal("FIELD_UNREADABLE", field, str(reason))
    return None


def read_in(case: Case, field: Field, text: str) -> str:
    """The canonical text of a field's value; a unit must be known, and at a site of its kind."""
    text = read(field, text)
    if field.kind is FieldKind.UNIT:
        unit = (case.facts.units or {}).get(text)
        if unit is None or unit.site_kind != field.at:
            raise Unreadable(f"“{text[:64]}” is no unit of a {field.at} that is known here")
    return text


def _unasked(case: Case) -> Iterator[Refusal]:
    """What else was given, and the action does not ask for: whoever gave it means another step."""
    title = case.action.title
    if case.request.consignee != "-" and not _hands_over(case.action):
        yield Refusal(
            "CONSIGNEE_UNEXPECTED",
            f"“{title}” hands nothing over, and a receiving unit is named",
            "Leave the unit out, or hand it over",
        )
    if case.request.identity_checks and not case.action.asks(IDENTIFIES):
        yield Refusal(
            "IDENTIFIERS_UNEXPECTED",
            f"“{title}” does not ask who the patient is, and identifiers are stated",
            "Leave them out, or take the step in which the patient is identified",
        )


def _hands_over(action: Action) -> bool:
    """The action sends something to a receiving unit."""
    return any(rule.custody is Custody.RELEASES for rule in action.moves)


def _unknown(case: Case) -> Iterator[Refusal]:
    """Names that the action does not record there: a slip that must not vanish silently."""
    known = {field.name for field in case.action.fields}
    # What a test reports is read by `workflows.quality`, and is no field of the action.
    if case.action.verb is Verb.TEST:
        known |= {"test", "result"}
    if case.action.verb is Verb.CORRECT:
        known |= {"which", "content", "reason"}
    strange = set(case.request.values) - known
    for birth in case.request.births:
        own = {field.name for field in case.action.fields if field.on in {"*", birth.machine}}
        strange |= set(birth.values) - own
    for name in sorted(strange):
        yield Refusal(
            "FIELD_UNKNOWN",
            f"“{case.action.title}” records no “{name}” there",
            f"It records: {', '.join(sorted(known)) or 'nothing'}",
        )


def _field_refusal(code: str, field: Field, reason: str) -> Refusal:
    """A refusal that names the field as the person sees it."""
    return Refusal(code, f"{field.title} {reason}", f"Give {field.name}")

"""What a single value of a definition may look like, and what is said when it does not.

Marshmallow's messages are turned into problems here: each has a place, a reason and advice.
"""

import re
from collections.abc import Callable, Mapping, Sized
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields, validate

from workflows.model import GuardUse, SignatureRule, Who
from workflows.problem import Problem

NAME = re.compile(r"[a-z][a-z0-9_]*")
ANY = "*"


class Advice(NamedTuple):
    """Why a value cannot stand, and how to mend it; an element of marshmallow's messages."""

    reason: str
    mend: str


# What marshmallow says, in our words.
_ADVICE: Mapping[str, Advice] = {
    "Missing data for required field.": Advice("is missing", "Write it"),
    "Unknown field.": Advice("is not a key of the format", "Remove it, or mend its spelling"),
    "Field may not be null.": Advice("is empty", "Write a value, or leave the key out"),
    "Not a valid string.": Advice("is not a text", "Write text; put a number in quotes"),
    "Not a valid integer.": Advice("is not a whole number", "Write a whole number"),
    "Not a valid list.": Advice("is not a list", "Write [in, brackets] or - on lines of its own"),
    "Not a valid mapping type.": Advice("is not a mapping", "Write name: value"),
    "Invalid input type.": Advice("is not a mapping", "Write name: value"),
    "Invalid type.": Advice("is not a mapping", "Write name: value"),
}


def wrong(reason: str, mend: str) -> ValidationError:
    """A value that cannot stand, with advice."""
    return ValidationError([Advice(reason, mend)])


def problems_in(messages: object, place: str = "") -> list[Problem]:
    """Marshmallow's tree of messages as a list of problems with places."""
    if isinstance(messages, dict):
        return [
            problem
            for key, below in messages.items()
            for problem in problems_in(below, _below(place, key))
        ]
    found = messages if isinstance(messages, list) else [messages]
    return [Problem(place, *_advice(message)) for message in found]


def _below(place: str, key: object) -> str:
    """The place of a key in a place; a message on the whole stands under '_schema'."""
    if key == "_schema":
        return place
    if isinstance(key, int):
        return f"{place}[{key}]"
    return f"{place}.{key}" if place else str(key)


def _advice(message: object) -> Advice:
    """The advice in a message, whoever wrote it."""
    if isinstance(message, Advice):
        return message
    said = str(message)
    return _ADVICE.get(said, Advice(said.rstrip("."), "See docs/workflows.md"))


def is_name(value: str) -> None:
    """Refuse what is not a plain lower-case name."""
    if not NAME.fullmatch(value):
        raise wrong(f"“{value}” is not a name", "Use lower-case letters, digits and _")


def is_country(value: str) -> None:
    """Refuse what is not shaped like an ISO 3166 alpha-2 code."""
    if not re.fullmatch("[A-Z]{2}", value):
        raise wrong(f"“{value}” is not a country", "Write two capital letters of ISO 3166")


def is_hyphenated_name(value: str) -> None:
    """Refuse what is not a lower-case name with hyphens."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value):
        raise wrong(f"“{value}” is not a name", "Use lower-case letters, digits and -")


def is_not_empty(value: Sized) -> None:
    """Refuse an empty text or list."""
    if not value:
        raise wrong("is empty", "Write at least one, or leave the key out")


def has_no_repeats(value: list[object]) -> None:
    """Refuse a list that says one thing twice."""
    is_not_empty(value)
    for each in value:
        if value.count(each) > 1:
            raise wrong(f"says “{each}” twice", "Keep one of them")


class YesNo(fields.Field[bool]):
    """True or false, and nothing that might be read as either."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        # Marshmallow's own field would take 'on' and 1 for true.
        if not isinstance(value, bool):
            raise wrong("is neither true nor false", "Write true or false")
        return value


class Number(fields.Field[Decimal]):
    """A number, exactly as written."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Decimal:
        # True is an integer to Python, and must not become 1.
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise wrong(f"“{value}” is not a number", "Write digits, such as 70 or 0.5")
        return Decimal(value)


class _Named(fields.Dict):
    """A mapping of names to values; messages stand directly under each name."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **options: object
    ) -> dict[Any, Any]:
        try:
            return dict(super()._deserialize(value, attr, data, **options))  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if isinstance(error.messages, dict):
                found = {name: _unwrapped(below) for name, below in error.messages.items()}
                raise ValidationError(found) from error
            raise


def _unwrapped(below: Mapping[str, Any]) -> dict[str, Any] | list[Any]:
    """What marshmallow found in a key and in its value, as messages on one place."""
    of_key, of_value = below.get("key", []), below.get("value", [])
    if isinstance(of_value, dict):
        return {**of_value, "_schema": [*of_value.get("_schema", []), *of_key]}
    return [*of_key, *of_value]


class WhoText(fields.Field[Who]):
    """'role@site_kind', 'role' or '*'."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Who:
        role, at, site_kind = str(value).partition("@")
        site_kind = site_kind if at else ANY
        known = all(word == ANY or NAME.fullmatch(word) for word in (role, site_kind))
        if not known or (at and role == ANY):
            raise wrong(f"“{value}” names nobody", "Write role, role@site_kind or '*'")
        return Who(role, site_kind)


class SignatureText(fields.Field[SignatureRule]):
    """'MEANING by role or role@anywhere'."""

    def _deserialize(self, value: object, *_: object, **__: object) -> SignatureRule:
        meaning, _by, signers = str(value).rpartition(" by ")
        told = [signer.partition("@") for signer in signers.split(" or ")]
        if not re.fullmatch("[a-z]+( [a-z]+)*", meaning) or not all(map(_is_signer, told)):
            raise wrong(
                f"“{value}” is not a signature", "Write like: performed by role or other_role"
            )
        roles = tuple(role for role, _, _ in told)
        if len(set(roles)) < len(roles):
            raise wrong(f"“{value}” names a role twice", "Keep one of them")
        return SignatureRule(meaning, roles, frozenset(role for role, at, _ in told if at))


def _is_signer(told: tuple[str, str, str]) -> bool:
    """A role, with nothing behind it or with '@anywhere'."""
    role, at, place = told
    return NAME.fullmatch(role) is not None and place == ("anywhere" if at else "")


class GuardText(fields.Field[GuardUse]):
    """'name' or {name: {parameter: value}}."""

    def _deserialize(self, value: object, *_: object, **__: object) -> GuardUse:
        named = {value: {}} if isinstance(value, str) else value
        if not isinstance(named, dict) or len(named) != 1:
            raise wrong("is not a guard", "Write name, or name: {parameter: value}")
        ((name, parameters),) = named.items()
        is_name(name)
        if not isinstance(parameters, dict):
            raise wrong(f"the parameters of {name} are not a mapping", "Write name: value")
        return GuardUse(name, {key: _frozen(each) for key, each in parameters.items()})


def _frozen(value: object) -> object:
    """A parameter's value that nobody can change; a list becomes a tuple."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def text(*, required: bool = False) -> fields.String:
    """A text that is not empty."""
    return fields.String(required=required, validate=is_not_empty)


def name(*, required: bool = False) -> fields.String:
    """A plain lower-case name."""
    return fields.String(required=required, validate=is_name)


def hyphenated(*, required: bool = False) -> fields.String:
    """The name of a workflow or of a template."""
    return fields.String(required=required, validate=is_hyphenated_name)


def whole_number(lowest: int, *, required: bool = False) -> fields.Integer:
    """A whole number, not below the lowest."""
    at_least = validate.Range(lowest, error=f"Must be {lowest} or more.")
    # Unless it is strict, marshmallow cuts 1.5 down to 1.
    return fields.Integer(required=required, strict=True, validate=at_least)


def plus_or_minus_one() -> fields.Integer:
    """The count of stops that is added."""
    return fields.Integer(strict=True, validate=validate.OneOf([-1, 1], error="Must be 1 or -1."))


def one_of(words: type[Enum], *, required: bool = False) -> fields.Field[Any]:
    """A word out of those that the code knows."""
    choices = ", ".join(word.value for word in words)
    advice = [Advice("is not one of the known words", f"Write one of: {choices}")]
    return fields.Enum(words, by_value=True, required=required, error_messages={"unknown": advice})


def several(inner: fields.Field[Any], *, required: bool = False) -> fields.Field[Any]:
    """A list, not empty, in which nothing stands twice."""
    return fields.List(inner, required=required, validate=has_no_repeats)


def named(
    each: fields.Field[Any],
    *,
    keys: Callable[[str], None] = is_name,
    required: bool = False,
    data_key: str | None = None,
) -> fields.Field[Any]:
    """A mapping of names to values of one shape, not empty."""
    return _Named(
        keys=fields.String(validate=keys),
        values=each,
        required=required,
        data_key=data_key,
        validate=is_not_empty,
    )

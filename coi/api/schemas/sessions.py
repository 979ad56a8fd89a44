"""Sessions and grants, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.services.factors import LONGEST_CODE
from coi.services.proofs import LONGEST_MEANING
from coi.services.sessions import SignedIn

LONGEST_SECRET = 1_000
_HELD = {"role": "coordinator", "unit": "north-ward"}
SOMEBODY: Mapping[str, Any] = {
    "username": "nina",
    "person": "01JZ8Q4N6T2V0W3X5Y7Z9A1B2C",
    "printed_name": "Nina Example",
    "is_program": False,
    "unit": "north-ward",
    "bench": "-",
    "roles": [_HELD],
    "scopes": None,
    "must_choose_password": False,
    "must_enrol_factor": False,
}
SESSION = {"token": "kept by the program alone", **SOMEBODY}
CREDENTIALS = {
    "username": "nina",
    "password": "a long sentence that nobody guesses",
    "code": "492039",
}
WORKPLACE = {"unit": "north-ward"}
GRANT_WANTED = {
    "password": "a long sentence that nobody guesses",
    "code": "492039",
    "meaning": "I release these cells",
    "request_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}
GRANT = {"grant": "coig_kept-by-the-program-alone", "lasts_seconds": 120}


def _code() -> fields.String:
    """The code of a second factor; left out where there is none."""
    return fields.String(load_default="", validate=validate.Length(0, LONGEST_CODE))


class Credentials(Schema):
    """Name and password of a person, and the code of a second factor where there is one."""

    username = fields.String(required=True, validate=validate.Length(1, 200))
    password = fields.String(required=True, validate=validate.Length(1, LONGEST_SECRET))
    code = _code()


class Held(Schema):
    """A role, and where it is held; `-` is the whole organisation."""

    role = fields.String(required=True)
    unit = fields.String(required=True)


class Somebody(Schema):
    """A person or a program, with what holds of them at this moment."""

    username = fields.String(required=True)
    person = fields.String(required=True)
    printed_name = fields.String(required=True)
    is_program = fields.Boolean(required=True)
    unit = fields.String(required=True)
    bench = fields.String(required=True)
    roles = fields.List(fields.Nested(Held), required=True)
    scopes = fields.List(fields.String(), required=True, allow_none=True)
    must_choose_password = fields.Boolean(required=True)
    must_enrol_factor = fields.Boolean(required=True)


class Session(Somebody):
    """A session that began, with its token."""

    token = fields.String(required=True)


class Workplace(Schema):
    """Where a person works from now on."""

    unit = fields.String(required=True, validate=validate.Length(1, 100))


class GrantWanted(Schema):
    """What is to be signed, and by whose password and second factor."""

    password = fields.String(required=True, validate=validate.Length(1, LONGEST_SECRET))
    code = _code()
    meaning = fields.String(required=True, validate=validate.Length(1, LONGEST_MEANING))
    request_sha256 = fields.String(
        required=True, validate=validate.Regexp("^[0-9a-f]{64}$", error="is no SHA-256")
    )


class Grant(Schema):
    """What signs one request, once."""

    grant = fields.String(required=True)
    lasts_seconds = fields.Integer(required=True)


def told(signed_in: SignedIn) -> Mapping[str, Any]:
    """Who somebody is, as it is answered."""
    return {
        "username": signed_in.proven.username,
        "person": signed_in.person.id,
        "printed_name": signed_in.printed_name,
        "is_program": signed_in.service,
        "unit": signed_in.unit,
        "bench": signed_in.bench,
        "roles": [{"role": role, "unit": unit} for role, unit in sorted(signed_in.person.roles)],
        "scopes": None if signed_in.scopes is None else sorted(signed_in.scopes),
        "must_choose_password": signed_in.one_time,
        "must_enrol_factor": signed_in.factor_first,
    }

"""Sites, units, places, benches and people, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import BECAUSE, Because, Page
from coi.api.schemas.sessions import LONGEST_SECRET, Held
from coi.services.asked import LONGEST_NAME
from coi.services.factors import LONGEST_CODE
from coi.services.sites import KINDS

_NAME = validate.Length(1, LONGEST_NAME)
_WARD = "north-ward"
_AT = "2026-11-28T09:00:00.000000Z"


class Unit(Schema):
    """A unit of a site: it holds things, and people hold roles at it."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    site = fields.String(required=True)


class Site(Schema):
    """A hospital, manufacturer, laboratory or courier, with its units."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    country = fields.String(required=True)
    time_zone = fields.String(required=True)
    units = fields.List(fields.Nested(Unit), required=True)


class Sites(Schema):
    """Every site by name."""

    items = fields.List(fields.Nested(Site), required=True)


UNIT = {"id": _WARD, "name": "Ward", "site": "north"}
SITES = {
    "items": [
        {
            "id": "north",
            "kind": "hospital",
            "name": "North Hospital",
            "country": "DE",
            "time_zone": "Europe/Berlin",
            "units": [UNIT],
        }
    ]
}


class NewSite(Schema):
    """A site to be registered."""

    id = fields.String(required=True, validate=_NAME)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(required=True, validate=_NAME)
    country = fields.String(required=True, validate=validate.Regexp("^[A-Z]{2}$"))
    time_zone = fields.String(required=True, validate=_NAME)


class NewUnit(Schema):
    """A unit to be registered."""

    id = fields.String(required=True, validate=_NAME)
    site = fields.String(required=True, validate=_NAME)
    name = fields.String(required=True, validate=_NAME)


NEW_SITE = {
    "id": "east",
    "kind": "hospital",
    "name": "East Hospital",
    "country": "DE",
    "time_zone": "Europe/Berlin",
}
NEW_UNIT = {"id": "east-ward", "site": "east", "name": "Ward"}


class Place(Schema):
    """A place where things are kept, with the serial of its label."""

    serial = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)


class Places(Schema):
    """The places of one's units."""

    items = fields.List(fields.Nested(Place), required=True)


PLACE = {"serial": "L-TEST-3F5H7K9M-2", "name": "Tank 2, rack 4", "unit": _WARD}
PLACES = {"items": [PLACE]}


class Named(Schema):
    """Something new at a unit, by its name."""

    unit = fields.String(required=True, validate=_NAME)
    name = fields.String(required=True, validate=_NAME)


NEW_PLACE = {"unit": _WARD, "name": "Tank 2, rack 4"}
NEW_BENCH = {"unit": "works-production", "name": "Cabinet 1"}


class Serial(Schema):
    """The serial that something new was given; its label is printed next."""

    serial = fields.String(required=True)


SERIAL = {"serial": "L-TEST-3F5H7K9M-2"}
BADGE = {"serial": "S-TEST-4F8H2K6P-3"}


class Bench(Schema):
    """A bench, and the therapy that is on it; `-` when it is cleared."""

    serial = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    holds = fields.String(required=True)
    since = fields.AwareDateTime(required=True)


class Benches(Schema):
    """The benches of one's sites."""

    items = fields.List(fields.Nested(Bench), required=True)


BENCH: Mapping[str, Any] = {
    "serial": "L-TEST-3F5H7K9M-2",
    "name": "Cabinet 1",
    "unit": "works-production",
    "holds": "-",
    "since": "2026-11-28T09:00:00+00:00",
}
BENCHES = {"items": [BENCH]}


class ClearedBench(Schema):
    """What is taken off a bench by its changeover."""

    holds = fields.String(required=True, validate=_NAME)


CLEARED_BENCH = {"holds": "TEST-7KQ2M9XD-A"}


class PeopleWanted(Page):
    """Whose names hold these letters."""

    called = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))


class Person(Schema):
    """Somebody with an account."""

    username = fields.String(required=True)
    person = fields.String(required=True)
    printed_name = fields.String(required=True)
    active = fields.Boolean(required=True)
    roles = fields.List(fields.Nested(Held), required=True)


class People(Schema):
    """One page of the people, by their printed names."""

    items = fields.List(fields.Nested(Person), required=True)
    next = fields.String(required=True, allow_none=True)


PERSON: Mapping[str, Any] = {
    "username": "nina",
    "person": "01JZ8Q4N6T2V0W3X5Y7Z9A1B2C",
    "printed_name": "Nina Example",
    "active": True,
    "roles": [{"role": "apheresis_nurse", "unit": "north-apheresis"}],
}
PEOPLE = {"items": [PERSON], "next": None}


class Training(Schema):
    """A training, and until when it holds."""

    role = fields.String(required=True)
    until = fields.AwareDateTime(required=True)


class OpenSession(Schema):
    """A session that goes on."""

    id = fields.String(required=True)
    unit = fields.String(required=True)
    started_at = fields.String(required=True)
    seen_at = fields.String(required=True)


class Happening(Schema):
    """Something that a person did, or that was done to their accounts."""

    at = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    detail = fields.String(required=True)


class WornBadge(Schema):
    """The badge that a person wears; `-` as the unit is the whole organisation."""

    serial = fields.String(required=True)
    role = fields.String(required=True)
    unit = fields.String(required=True)


class PersonFile(Person):
    """Everything that administrators read about a person, and that person themselves."""

    usernames = fields.List(fields.String(), required=True)
    locked = fields.List(fields.String(), required=True)
    identity_checked = fields.Boolean(required=True)
    statement_accepted = fields.Boolean(required=True)
    trainings = fields.List(fields.Nested(Training), required=True)
    sessions = fields.List(fields.Nested(OpenSession), required=True)
    badge = fields.Nested(WornBadge, required=True, allow_none=True)
    happened = fields.List(fields.Nested(Happening), required=True)


PERSON_FILE: Mapping[str, Any] = {
    **PERSON,
    "usernames": ["nina"],
    "locked": [],
    "identity_checked": True,
    "statement_accepted": True,
    "trainings": [{"role": "apheresis_nurse", "until": "2027-11-28T23:59:59+00:00"}],
    "sessions": [{"id": "a1b2", "unit": _WARD, "started_at": _AT, "seen_at": _AT}],
    "badge": {"serial": "S-TEST-4F8H2K6P-3", "role": "apheresis_nurse", "unit": _WARD},
    "happened": [{"at": _AT, "title": "Signed in", "by": "Nina Example", "detail": ""}],
}


class NewPerson(Schema):
    """Somebody who is given an account."""

    username = fields.String(required=True, validate=_NAME)
    printed_name = fields.String(required=True, validate=_NAME)
    unit = fields.String(load_default="-", validate=_NAME)


class Secret(Schema):
    """A one-time secret; it is answered once."""

    username = fields.String(required=True)
    secret = fields.String(required=True)


NEW_PERSON = {"username": "nele", "printed_name": "Nele Example", "unit": _WARD}
SECRET = {"username": "nele", "secret": "answered once"}


class PrintedName(Because):
    """How a name is printed from now on, and why."""

    printed_name = fields.String(required=True, validate=_NAME)


class AnotherName(Schema):
    """One more user name of the same person."""

    username = fields.String(required=True, validate=_NAME)


class NewBadge(Schema):
    """The role at a unit that stands on a badge; `-` is the whole organisation."""

    role = fields.String(required=True)
    unit = fields.String(required=True)


NEW_BADGE = {"role": "apheresis_nurse", "unit": "north-apheresis"}


class Trained(Schema):
    """A training to be recorded."""

    role = fields.String(required=True, validate=_NAME)
    until = fields.AwareDateTime(required=True)


class IdentityChecked(Schema):
    """How it was checked who a person is."""

    how = fields.String(required=True, validate=validate.Length(1, 1_000))


class FactorsEnded(Schema):
    """Why somebody's second factors are ended."""

    why = fields.String(required=True, validate=validate.Length(1, 100))


class BadgeStruckOff(Schema):
    """Why somebody wears their badge no more."""

    why = fields.String(required=True, validate=validate.Length(1, 100))


class NewPassword(Schema):
    """The password that is, with the code of a second factor, and the one that is to be."""

    old = fields.String(required=True, validate=validate.Length(1, LONGEST_SECRET))
    code = fields.String(load_default="", validate=validate.Length(0, LONGEST_CODE))
    new = fields.String(required=True, validate=validate.Length(1, LONGEST_SECRET))


class Token(Schema):
    """What the program holds from now on."""

    token = fields.String(required=True)


PRINTED_NAME = {"printed_name": "Nina Example-Other", **BECAUSE}
ANOTHER_NAME = {"username": "nina-2"}
TRAINED = {"role": "apheresis_nurse", "until": "2027-11-28T23:59:59+00:00"}
IDENTITY_CHECKED = {"how": "passport, shown in person"}
BADGE_STRUCK_OFF = {"why": "lost on the way home"}
FACTORS_ENDED = {"why": "telephone lost on the way home"}
NEW_PASSWORD = {
    "old": "the one that is",
    "code": "492039",
    "new": "a long sentence that nobody guesses",
}
TOKEN = {"token": "kept by the program alone"}

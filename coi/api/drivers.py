"""What drivers without an account state at a handoff, taken down by who hands over or takes in."""

import binascii
import re
from base64 import b64decode
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from coi.api.resource import Answer, Body, Resources, Write, created, found
from coi.api.schemas import drivers as schemas
from coi.api.told import Told
from coi.errors import DataRefused, Problem, Unknown
from coi.services.drivers import (
    Stated,
    Statement,
    picture_of,
    stated_in,
    take_statement,
)
from coi.services.permissions import Permission
from coi.services.pictures import Picture, picture_in
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs
from workflows.told_by_others import NAMES

resources = Resources("drivers", "What is stated at a handoff by who has no account.")

_FILE = "application/octet-stream"


@resources.offers(
    "GET",
    "/therapies/<coi>/statements",
    "listStatements",
    found(schemas.Statements, schemas.STATEMENTS),
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def every(coi: str) -> ResponseReturnValue:
    """What drivers stated in a therapy, each with the handoff that it is of."""
    stated = stated_in(here.installation(), here.somebody(), coi)
    return {"items": [_told(one) for one in stated]}


@resources.offers(
    "POST",
    "/therapies/<coi>/entries/<entry>/statement",
    "takeStatement",
    created(schemas.Statement, schemas.STATEMENT),
    headers=Write,
    body=Body(schemas.Stating, schemas.STATING),
)
@needs(Permission.SEE_THERAPIES)
def take(
    headers: dict[str, Any], told: dict[str, Any], coi: str, entry: str
) -> ResponseReturnValue:
    """Take down what the driver says of a handoff, with the picture of the papers."""
    installation, signed_in = here.installation(), here.somebody()
    said = {name: told[name].strip() for name in NAMES}
    statement = Statement(coi, _number(entry), **said, picture=_picture(told["picture"]))
    seq = take_statement(installation, signed_in.proven, statement, key=headers["key"])
    (kept,) = [one for one in stated_in(installation, signed_in, coi) if one.seq == seq]
    return _told(kept)


@resources.offers(
    "GET",
    "/therapies/<coi>/entries/<entry>/statement/picture",
    "fetchStatementPicture",
    Answer(None, media_type=_FILE),
)
@needs(Permission.SEE_THERAPIES)
def picture(coi: str, entry: str) -> ResponseReturnValue:
    """The picture of a statement's papers as it came, for who acts where it was taken down."""
    content, _media_type = picture_of(here.installation(), here.somebody(), coi, _number(entry))
    answer = Response(content, mimetype=_FILE)
    answer.headers["Content-Disposition"] = "attachment"
    return answer


def _number(entry: str) -> int:
    """The number of an entry.

    Raises:
        Unknown: it is none.
    """
    if not re.fullmatch("[0-9]{1,9}", entry):
        raise Unknown("entry", entry[:40])
    return int(entry)


def _picture(text: str) -> Picture | None:
    """The picture that is sent.

    Raises:
        DataRefused: it is no base64, or no picture that is kept.
    """
    if not text:
        return None
    try:
        return picture_in(b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise DataRefused([Problem("is no base64", column="picture")]) from error


def _told(one: Stated) -> Told:
    return {
        "entry": one.seq,
        "hash": one.hash,
        "of_entry": one.of_seq,
        "of_hash": one.of_hash,
        "taken_down_by": one.by,
        "unit": one.unit,
        "recorded_at": one.recorded_at,
        "said": {**one.said},
        "picture": one.picture,
        "media_type": one.media_type,
    }

"""Files of steps: held before the step is taken, and fetched once it has kept them."""

import binascii
import re
from base64 import b64decode
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from coi.api.resource import Answer, Body, Resources, Write, created
from coi.api.schemas import files as schemas
from coi.errors import DataRefused, Problem, Unknown
from coi.services.permissions import Permission
from coi.services.step_files import file_of, hold_file
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("files", "Pictures and documents that steps keep.")

_FILE = "application/octet-stream"


@resources.offers(
    "POST",
    "/therapies/<coi>/files",
    "holdFile",
    created(schemas.HeldFile, schemas.HELD_FILE),
    headers=Write,
    body=Body(schemas.Holding, schemas.HOLDING),
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_ACT)
def hold(_headers: dict[str, Any], told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """Hold a file for a step of a therapy; the same content, sent again, is one file.

    Nothing has happened by it: a step that names it in a field keeps it.
    """
    proven = here.somebody().proven
    found = hold_file(here.installation(), proven, coi, _content(told["content"]))
    return {
        "reference": found.text,
        "media_type": found.media_type,
        "bytes": found.size,
        "sha256": found.sha256,
    }


@resources.offers(
    "GET",
    "/therapies/<coi>/entries/<entry>/files/<sha256>",
    "fetchFile",
    Answer(None, media_type=_FILE),
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def fetch(coi: str, entry: str, sha256: str) -> ResponseReturnValue:
    """A file that a step has kept, as it came, by the hash that its value tells."""
    if not re.fullmatch("[0-9]{1,9}", entry):
        raise Unknown("entry", entry[:40])
    content, _found = file_of(here.installation(), here.somebody().proven, coi, int(entry), sha256)
    answer = Response(content, mimetype=_FILE)
    answer.headers["Content-Disposition"] = "attachment"
    return answer


def _content(text: str) -> bytes:
    """What is sent.

    Raises:
        DataRefused: it is no base64.
    """
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataRefused([Problem("is no base64", column="content")]) from error

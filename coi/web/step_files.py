"""The files of steps, each as it came: to be saved, and never shown in the house's name."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from coi.services.file_kinds import ENDINGS
from coi.services.permissions import Permission
from coi.services.step_files import file_of
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("files", __name__, url_prefix="/therapies/<coi>/entries/<int:seq>/files")


@pages.get("/<sha256>")
@needs(Permission.SEE_THERAPIES)
def fetch(coi: str, seq: int, sha256: str) -> ResponseReturnValue:
    """A file that a step has kept, by its hash."""
    content, found = file_of(here.installation(), here.somebody().proven, coi, seq, sha256)
    answer = Response(content, mimetype=found.media_type)
    name = f"{coi}-{seq}-{sha256[:12]}.{ENDINGS[found.kind]}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

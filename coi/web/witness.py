"""Where other instances have their checkpoints witnessed; programs ask here, and no browser.

No cookie is looked at and nobody signs in: a checkpoint is signed by the record that it is of, and
whoever sends one that was seen before learns nothing by it.
"""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from coi.services.permissions import Permission
from coi.services.witnessing import LONGEST, witnessed_here
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("witness", __name__, url_prefix="/witness")


@pages.post("/add-checkpoint")
@needs(Permission.PUBLIC)
def add_checkpoint() -> ResponseReturnValue:
    """Cosign a checkpoint that goes on from the last one seen of its record."""
    installation = here.installation()
    if installation.settings.witness_for is None:
        raise NotFound
    request.max_content_length = LONGEST
    answer = witnessed_here(installation, request.get_data())
    return Response(answer.body, answer.status, content_type=answer.kind)

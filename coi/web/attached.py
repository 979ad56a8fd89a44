"""Files that come with the form of a step: each is held, and its field says what it is.

A form that is refused, or sent again, loses none: what was held once stands in the form by its
kind, its size and its hash, and goes along from there.
"""

from collections.abc import Iterable
from typing import NamedTuple

from flask import request
from werkzeug.datastructures import FileStorage

from coi.errors import DataRefused
from coi.services.file_kinds import reference_of
from coi.services.forms import Blank
from coi.services.step_files import hold_file
from coi.web import here
from coi.web.sheet import Given
from workflows import fields
from workflows.model import FieldKind

CHOSEN, LEFT_OUT = "file-", "without-"
"""How the name of a field begins under which the browser sends a file, and that there is none."""


class Attached(NamedTuple):
    """The form with what was held of it, and why a file was not, by the name of its field."""

    given: Given
    errors: dict[str, str]


def with_files(coi: str, blanks: Iterable[Blank], given: Given) -> Attached:
    """The form, in which each field of a file says what is held for it."""
    attached = Attached(Given(given), {})
    for blank in blanks:
        if blank.field.kind is FieldKind.FILE:
            _attach(coi, blank, attached)
    return attached


def _attach(coi: str, blank: Blank, attached: Attached) -> None:
    """One field: a new file takes the place of the one before, or it is left out."""
    left_out = attached.given.pop(f"{LEFT_OUT}{blank.name}", "")
    chosen = request.files.get(f"{CHOSEN}{blank.name}")
    content = chosen.read() if isinstance(chosen, FileStorage) else b""
    is_empty = not content and isinstance(chosen, FileStorage) and bool(chosen.filename)
    if left_out:
        attached.given[blank.name] = ""
    if not (content or is_empty):
        return
    try:
        fields.read(blank.field, reference_of(content).text)
        attached.given[blank.name] = hold_file(
            here.installation(), here.somebody().proven, coi, content
        ).text
    except fields.Unreadable as reason:
        attached.errors[blank.name] = str(reason)
    except DataRefused as refused:
        attached.errors[blank.name] = refused.problems[0].reason

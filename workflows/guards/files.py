"""What a step keeps as a file: its content is there, or the record would speak of nothing."""

from workflows.case import Case
from workflows.fields import named_in
from workflows.model import Field, FieldKind
from workflows.refusal import Refusal


def file_is_held(case: Case) -> Refusal | None:
    """Each file that a step names was handed in, and is held."""
    named = named_in(case.action, case.request, FieldKind.FILE)
    found = (_not_held(field) for field, text in named if text not in case.files)
    return next(found, None)


def _not_held(field: Field) -> Refusal:
    return Refusal(
        "CONTENT_NOT_HELD",
        f"The file of “{field.title}” is not held here, or is not held any more",
        "Choose the file again, or take the picture again",
    )

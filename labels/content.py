"""All that one label says: its template, a text for each field, a payload for each symbol."""

from collections.abc import Mapping
from dataclasses import dataclass

from labels.errors import CannotPrint
from labels.layout import Template
from labels.text import SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is to stand on one label, and nothing that is not: a field without a text is empty."""

    template: Template
    texts: Mapping[str, str]
    payloads: Mapping[str, str]


def require_places(content: Content) -> None:
    """Refuse a content that its template cannot show.

    Raises:
        CannotPrint: what must be there is missing, or what is there has no place: a warning that
            nobody sees is no warning.
    """
    template = content.template
    for field in template.required:
        if not content.texts.get(field, "").strip():
            raise CannotPrint(field, "EMPTY", f"The field '{field}' is empty.", "Fill it in.")
    printed = {slot.field for slot in template.slots if slot.field}
    for field, text in content.texts.items():
        placed = template.fields if text == SHOWN else printed
        if text and field not in placed and field not in template.accompanying:
            raise CannotPrint(
                field,
                "NO_PLACE",
                f"The field '{field}' has no place on a {template.title}.",
                "Choose a label that has one.",
            )
    asked = {symbol.payload for symbol in template.symbols}
    if {name for name, payload in content.payloads.items() if payload} != asked:
        raise CannotPrint(
            "symbol",
            "NO_PLACE",
            "The label has other symbols than there are codes for it.",
            "Tell support.",
        )

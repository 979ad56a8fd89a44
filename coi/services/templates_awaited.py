"""The label templates by which installed definitions print, and that nobody has approved so.

Until quality assurance has, the first step that prints by one of them is refused.
"""

from dataclasses import dataclass

from coi.services.approvals import approved_now
from coi.services.installation import Installation
from coi.services.known_templates import in_place_of
from coi.services.placing import orderable
from workflows.labelled import templates_chosen


@dataclass(frozen=True, slots=True)
class Awaited:
    """A template that waits for its approval, and the titles of what prints by it."""

    name: str
    wanted_by: tuple[str, ...]


def awaited(installation: Installation) -> tuple[Awaited, ...]:
    """Each template by which the newest version of a definition prints, and is not approved."""
    approved = installation.read(approved_now)
    wanted: dict[str, list[str]] = {}
    for workflow in orderable(installation):
        for name in templates_chosen(workflow):
            if not approved.get(name, False):
                wanted.setdefault(in_place_of(name, approved), []).append(workflow.title)
    return tuple(Awaited(name, tuple(titles)) for name, titles in sorted(wanted.items()))

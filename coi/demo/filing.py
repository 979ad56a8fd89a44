"""The files of a made-up step: where one must be there, a logger's record is handed in."""

from collections.abc import Mapping

from coi.services.installation import Installation
from coi.services.proofs import Proven
from coi.services.step_files import hold_file
from workflows.model import Action, FieldKind

LOGGER = b"Date,Time,Celsius\r\n2026-11-30,08:00,-151.2\r\n2026-11-30,08:10,-151.4\r\n"
"""Lines as a temperature logger writes them."""


def handed_in(
    installation: Installation, by: Proven, coi: str, action: Action, told: Mapping[str, str]
) -> Mapping[str, str]:
    """What the step is told, with what is held for each file that it must name and does not."""
    asked = (one for one in action.fields if one.kind is FieldKind.FILE and one.required)
    missing = [one.name for one in asked if not told.get(one.name)]
    if not missing:
        return told
    return {**told, **dict.fromkeys(missing, hold_file(installation, by, coi, LOGGER).text)}

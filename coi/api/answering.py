"""What is answered to one screen of a step: read as the page reads it, signed by grants."""

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from coi.api.asked import signers
from coi.api.filled import named
from coi.errors import DataRefused, Problem
from coi.services import answering
from coi.services.concluding import may_sign_here
from coi.services.going_on import Change, may_confirm
from coi.services.identity import IDENTIFIERS
from coi.services.proofs import JustProven
from coi.services.scanning import TYPED, Code, is_readable
from coi.services.screens import Asks, Scene
from coi.web import here
from coi.web.answers import change_of
from coi.web.sheet import Given

TYPED_AGAIN = "I have read these characters myself"
"""What a grant means that confirms typed characters: it is no signature on record."""

_DEVICE = "program"
_GRANT = "Signature-Grant"


def version_seen(tag: str) -> int:
    """Which version of a step was seen, as its tag says.

    Raises:
        DataRefused: it is no tag of a step.
    """
    match = re.fullmatch('"([0-9]{1,9})"', tag.strip())
    if match is None:
        raise DataRefused([Problem("is no tag that was answered here", column="If-Match")])
    return int(match[1])


def change_told(scene: Scene, told: Mapping[str, Any]) -> Change:
    """What the answer makes of the step.

    Raises:
        DataRefused: something is missing or unreadable.
    """
    with named(_names(scene)):
        return change_of(scene, _given(scene, told))


def _given(scene: Scene, told: Mapping[str, Any]) -> Given:
    """The answer as a page would send it."""
    given: Given = MultiDict()
    if scene.present.asks in {Asks.FIELD, Asks.COUNT, Asks.TO}:
        given[scene.present.name] = told["value"]
    given.setlist("named", told["named"])
    for name, text in told["said"].items():
        given[f"said-{name}"] = text
    given["source"] = told["source"]
    return given


def _names(scene: Scene) -> Mapping[str, str]:
    said = {f"said-{name}": f"said.{name}" for name in IDENTIFIERS}
    return {**said, scene.present.name: "value", "code": "done"}


def proven_signers(scene: Scene, grants: str) -> tuple[JustProven, ...]:
    """Who signs the part in hand, in the order of its signatures.

    Of two who sign away from the patient, one grant is the first's alone: the second signs in a
    session of their own.

    Raises:
        DataRefused: a grant lacks, is one too many, has another meaning, or is of somebody who may
            not sign this here.
        GrantExpired, GrantOfOtherRequest: as `asked.signers` says.
    """
    found = signers(grants)
    rules = scene.rules[:1] if scene.may_sign_apart and len(found) == 1 else scene.rules
    meanings = [rule.meaning for rule in rules]
    if [one.meaning for one in found] != meanings:
        reason = f"carries a grant for each of these, in their order: {', '.join(meanings) or '-'}"
        raise DataRefused([Problem(reason, column=_GRANT)])
    own = here.somebody()
    for one, rule in zip(found, rules, strict=True):
        if not may_sign_here(here.installation(), own, one.username, (scene, rule)):
            reason = f"is of nobody who may sign this here: {rule.meaning}"
            raise DataRefused([Problem(reason, column=_GRANT)])
    return tuple(one.proven for one in found)


def confirmed_code(scene: Scene, grants: str, raw: str) -> tuple[Code, JustProven]:
    """The characters under a symbol, and who has read them too.

    Raises:
        DataRefused: it is too early, they are no code, or nobody else has confirmed them.
    """
    if scene.errand.part.unread < answering.READS:
        raise DataRefused([Problem("try the scanner three times first", column="raw")])
    if not is_readable(raw):
        reason = "is no code: a character was misread, often O for 0 or I for 1"
        raise DataRefused([Problem(reason, column="raw")])
    found = signers(grants)
    if [one.meaning for one in found] != [TYPED_AGAIN]:
        reason = f"carries one grant that was given for: {TYPED_AGAIN}"
        raise DataRefused([Problem(reason, column=_GRANT)])
    if not may_confirm(here.installation(), scene, found[0].proven):
        reason = "is not of another person who works at this site"
        raise DataRefused([Problem(reason, column=_GRANT)])
    return Code(raw, TYPED, _DEVICE, confirmed_by=found[0].person), found[0].proven

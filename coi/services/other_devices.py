"""Whether the second of two who check at the patient does so at another device (BD-06, SEC-29).

Two who check differ in person, password and session everywhere. A site may ask for two devices as
well: by a signature of who keeps its devices. Each entry of such a check names where it was made.
"""

from collections.abc import Iterable, Mapping

from coi.services.devices import FEWEST_FOR_TWO, KIND, SECOND_DEVICE_RULE
from coi.services.directory import units_by_id
from coi.services.errand import Errand, Part
from coi.services.installation import Installation
from coi.services.proofs import JustProven, Proven
from coi.services.screens import Scene
from coi.services.site_rules import SiteRule, is_in_force, set_rule, sites_under
from coi.services.sites import Site
from coi.store.kept import kept
from coi.store.transactions import Transaction
from workflows.facts import Unit
from workflows.guards.bedside import why_at_one_device
from workflows.refusal import Refusal
from workflows.shift import is_checked_by_two

ASKED, NOT_ASKED = "second check at another device", "second check at any device"
"""What a signature means here: it is shown to whoever is about to sign."""

_RULE = SiteRule(
    kind=SECOND_DEVICE_RULE,
    deed="ask_for_another_device",
    on=ASKED,
    off=NOT_ASKED,
    fewest=FEWEST_FOR_TWO,
    too_few="fewer than two devices of this site are registered, and so nobody could check second",
)


def ask_for_another_device(
    installation: Installation, by: JustProven, site: str, *, asked: bool = True, why: str
) -> None:
    """Let the second check at a site be made at another registered device, or at any again.

    Raises:
        ReasonMissing, Unknown, DataRefused, CannotSign: as `set_rule` says.
    """
    set_rule(installation, by, _RULE, site, (asked, why))


def other_device_rules(installation: Installation, by: Proven) -> tuple[tuple[Site, bool], ...]:
    """Each site whose devices a person keeps, and whether it asks for another device."""
    return sites_under(installation, by, _RULE)


def asks_for_another(tx: Transaction, site: str) -> bool:
    """The second check at a site is made at another registered device than the first."""
    return is_in_force(tx, _RULE, site)


def asks_at(installation: Installation, site: str) -> bool:
    """The same, for a page."""
    return installation.read(lambda tx: asks_for_another(tx, site))


def why_at_the_same(tx: Transaction, scene: Scene, after: Errand) -> Refusal | None:
    """Why the second check cannot be made at this device, before anything is scanned in vain."""
    if not is_checked_by_two(scene.form.action, scene.unit.country):
        return None
    if not asks_for_another(tx, scene.unit.site):
        return None
    at = registered_here(tx, scene.unit, checked_by(after.parts))
    return why_at_one_device([*at.values()])


def checked_by(parts: Iterable[Part]) -> dict[str, tuple[str, ...]]:
    """At which devices each has had their part in hand."""
    return {part.person: part.devices for part in parts}


def registered_here(
    tx: Transaction, unit: Unit, checked_at: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The same with '' for each device that is none of this site, or none any more."""

    def known(device: str) -> str:
        row = kept(tx, KIND, device) if device else None
        return device if row and units_by_id(tx)[row.unit].site.id == unit.site else ""

    return {person: tuple(map(known, devices)) for person, devices in checked_at.items()}

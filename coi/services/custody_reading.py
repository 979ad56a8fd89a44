"""All that a custody record is made of, read in one transaction; and what things are called there.

The identity vault is not touched: the patient appears by the COI alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coi.clock import parse_rfc3339
from coi.reports.custody_contents import Recording, SignedTree
from coi.reports.wording import INVALID
from coi.services.digests import printed_tree
from coi.services.installation import Installation
from coi.services.known_templates import version_of_hash
from coi.services.people import site_chain
from coi.services.recording import recording_of
from coi.services.therapies import COMMITMENT, Happened, TherapyView, view
from coi.services.trail_reviews import Review, reviews_of
from coi.store import registers
from coi.store.people import THE_PRODUCT, printed_names
from coi.store.registers import Site
from coi.store.transactions import Transaction
from labels.layout import Template
from workflows.facts import Subject
from workflows.model import Kind
from workflows.packing import layers
from workflows.shift import TOOK_PART

ERASED = "(erased)"
NO_NAMES = frozenset({THE_PRODUCT, ERASED})
"""What stands where somebody's name would."""
PAIRING = "pairing"  # the field that names the persons who may not check again
_PERSONS = frozenset({PAIRING, TOOK_PART})


@dataclass(frozen=True, slots=True)
class Reading:
    """One consistent reading of a therapy and of what its entries refer to."""

    view: TherapyView
    texts: Mapping[str, str]  # commitment -> text, of every revision
    names: Mapping[str, str]  # person -> printed name
    sites: Mapping[str, Site]
    units: Mapping[str, tuple[str, str]]  # unit -> (site, name)
    called: Mapping[str, str]  # subject -> what the record calls it
    reviews: tuple[Review, ...]  # of its trail, the oldest first
    templates: Mapping[str, Template]  # hash -> by which of its labels it was drawn
    tree: SignedTree | None  # what was signed last of all chains together
    recording: Recording

    def kind(self, subject: str) -> Kind:
        """What sort of thing it is."""
        machine = self.view.subjects[subject].machine
        return self.view.workflow.machines[machine].kind

    def subjects_of(self, *kinds: Kind) -> Iterator[Subject]:
        """The subjects of these sorts, oldest first."""
        return (s for s in self.view.subjects.values() if self.kind(s.id) in kinds)

    def state(self, machine: str, state: str) -> str:
        """A state in words; '' before birth."""
        return self.view.state_title(machine, state) if state else ""

    def person(self, person: str) -> str:
        """A printed name, or that it was erased."""
        return self.names.get(person, ERASED)

    def unit_name(self, unit: str) -> str:
        """A unit's name, or what stands in the record instead."""
        return self.units[unit][1] if unit in self.units else unit

    def site_of(self, unit: str) -> Site | None:
        """The site of a unit."""
        return self.sites.get(self.units[unit][0]) if unit in self.units else None

    def site_name(self, unit: str) -> str:
        """The name of a unit's site."""
        site = self.site_of(unit)
        return site.name if site else "unknown site"

    def party(self, holder: str) -> str:
        """Who or what a holder is, in words."""
        if holder == self.view.therapy.patient:
            return "the patient"
        if holder in self.units:
            return f"{self.unit_name(holder)}, {self.site_name(holder)}"
        return f"nobody ({holder})" if holder != "-" else ""

    def custody(self, holder: str, consignee: str) -> str:
        """Who holds something, and to whom it is on the way."""
        on_the_way = f", on the way to {self.party(consignee)}" if consignee != "-" else ""
        return self.party(holder) + on_the_way

    def at(self, text: str, unit: str) -> datetime:
        """A moment in the zone of a unit's site; in UTC where that is not known."""
        return parse_rfc3339(text).astimezone(self.zone_at(unit))

    def zone_at(self, unit: str) -> ZoneInfo:
        """The zone of a unit's site; UTC where that is not known."""
        return _zone(self.site_of(unit))

    def zone_of_chain(self, chain: str) -> ZoneInfo:
        """The zone of the site whose chain it is; UTC where it is nobody's."""
        return _zone(next((s for s in self.sites.values() if site_chain(s.id) == chain), None))


def said(text: str) -> str:
    """A text of the ledger, where '-' says nothing."""
    return "" if text == "-" else text


def standing(state: str, stops: int) -> str:
    """A state in words, and whether it is stopped there: a hold is no state, it comes on top."""
    return f"{state}, ON HOLD" if stops else state


def marked(state: str, *, is_invalid: bool) -> str:
    """The same, and that it is not what was signed, where it is not."""
    return f"{state}, {INVALID}" if is_invalid else state


def value_key(value: Mapping[str, Any]) -> tuple[str, str, int]:
    """Which value it is, whatever was recorded of it."""
    return (value["subject"], value["field"], value["occurrence"])


def _zone(site: Site | None) -> ZoneInfo:
    # A zone that was known where the site was registered can be unknown to this machine; the record
    # is then in UTC, and says so, rather than not to be had.
    try:
        return ZoneInfo(site.time_zone if site else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def read_custody(tx: Transaction, installation: Installation, coi: str) -> Reading:
    """Read everything.

    Raises:
        Unknown: there is no such therapy.
    """
    found = view(tx, installation, coi)
    values = [v for event in found.history for v in event.content.get("values", ())]
    turns = [turn for event in found.history for turn in event.content.get("label_turns", ())]
    commitments = [text for value in values for text in (value["content"], value["reason"])]
    commitments += [turn["reason"] for turn in turns]
    # They are named by a value alone, and need not have acted in any entry of this chain.
    barred = {p for v in values if v["field"] in _PERSONS for p in v["content"].split()}
    return Reading(
        view=found,
        texts=registers.texts_of(tx, filter(COMMITMENT.fullmatch, commitments)),
        names={**found.names, **printed_names(tx, barred)},
        sites={site.id: site for site in registers.sites(tx)},
        units={unit: (site, name) for unit, site, name in registers.units(tx)},
        called=_called(found),
        reviews=reviews_of(tx, coi)[::-1],
        templates=_templates(tx, found),
        tree=printed_tree(tx),
        recording=recording_of(tx, found.history[0].recorded_at),
    )


def _templates(tx: Transaction, found: TherapyView) -> Mapping[str, Template]:
    """The versions by which its labels were issued, without those that are not here any more."""
    issued = {one["template"] for e in found.history for one in e.content.get("labels", ())}
    known = {sha256: version_of_hash(tx, sha256) for sha256 in issued}
    return {sha256: template for sha256, template in known.items() if template}


def layers_around(reading: Reading, subject: Subject) -> str:
    """What is closed around a thing, from the innermost layer to the outermost; '' is nothing."""
    around = layers(reading.view.subjects, subject)
    return ", ".join(f"in {reading.called[one.id]}" for one in around)


def _called(found: TherapyView) -> Mapping[str, str]:
    """Each subject by its machine and its number among its like, in the order of birth."""
    counted: dict[str, int] = {}
    called = {}
    for subject in found.subjects.values():
        machine = found.workflow.machines[subject.machine]
        counted[subject.machine] = number = counted.get(subject.machine, 0) + 1
        root = machine.kind is Kind.THERAPY
        called[subject.id] = machine.title if root else f"{machine.title} {number}"
    return called


def parts(reading: Reading, part: str) -> Iterator[tuple[Happened, Mapping[str, Any]]]:
    """Each part of this name, with its entry, in the order of the ledger."""
    for event in reading.view.history:
        for found in event.content.get(part, ()):
            yield event, found

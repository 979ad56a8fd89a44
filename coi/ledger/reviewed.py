"""Whether the trail of each therapy was reviewed before a lot of it was released (A11d-12.8).

A review is an entry of a site's chain, and a release one of the therapy's own: so both are gathered
while the chains are told, and compared when all of them were. What is copied from paper was decided
by the paper.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from coi.ledger.findings import Finding
from coi.ledger.piles import Pile
from coi.ledger.registered import Registered
from coi.ledger.replay import Content, State
from coi.ledger.source import Source
from workflows.alarms import AlarmDeed
from workflows.label_life import LabelDeed
from workflows.transcribing import TRANSCRIBED

Releasing: TypeAlias = Callable[[str], frozenset[tuple[str, str, str, str]]]
"""Gives what in a workflow's text decides that a lot is released: machine, action, from, to."""

Releases: TypeAlias = Mapping[tuple[str, int], frozenset[tuple[str, str, str, str]]]
"""The same of each stored workflow version."""

UNREVIEWED = "releases a lot, and nobody had reviewed the trail of its therapy to its end"
_CHANGES_NOTHING = frozenset({LabelDeed.CONFIRM, *AlarmDeed})
_NOTHING: frozenset[tuple[str, str, str, str]] = frozenset()


def releases_in(source: Source, releasing: Releasing | None) -> Releases:
    """What releases a lot, of each stored workflow that can be read; without `releasing` nothing.

    Whether the text is the one that was installed is asked elsewhere.
    """
    found: dict[tuple[str, int], frozenset[tuple[str, str, str, str]]] = {}
    if releasing is not None:
        columns = ("name", "version", "text")
        for name, version, text in source.rows("workflow", columns, columns[:2]):
            try:
                found[name, version] = releasing(text)
            except ValueError:
                continue
    return found


@dataclass(slots=True)
class Unread:
    """One chain, told entry by entry: which entries a review may name that covers all before now.

    These are the last entry that counts, and what came since: attempts that were refused and
    changed nothing, labels that were read back where they are, and alarms.
    """

    hashes: list[str] = field(default_factory=list)

    def tell(
        self, state: State, content: Content, hash_: str, told: tuple[Releases, Registered]
    ) -> None:
        """One entry more, which `state` knows already; a release is registered."""
        releases, registered = told
        if state.patient is None:
            return
        if _is_release(content, releases.get((state.workflow, state.version), _NOTHING)):
            registered.releases.add((state.chain, state.seq), tuple(self.hashes))
        is_quiet = content["kind"] == "refused" or content["action"] in _CHANGES_NOTHING
        if "moves" in content or not is_quiet:
            self.hashes.clear()
        self.hashes.append(hash_)


def _is_release(content: Content, releases: frozenset[tuple[str, str, str, str]]) -> bool:
    return content["kind"] != TRANSCRIBED and any(
        (one["machine"], one["action"], one["from"]["state"], one["to"]["state"]) in releases
        for one in content.get("moves", ())
    )


Reviewed: TypeAlias = Callable[[str], frozenset[str]]
"""Gives the hash of each entry up to which somebody reviewed the trail of a therapy."""


def check_grown(registered: Registered, reviewed: Reviewed, findings: list[Finding]) -> None:
    """The same where not all chains were told, and reviews are looked up therapy by therapy."""
    for release in registered.releases.taken_up():
        chain, seq = release.key
        if reviewed(chain).isdisjoint(release.what):
            findings.append(Finding("entry", f"{chain}/{seq}", chain, seq, UNREVIEWED))


def check_reviews(registered: Registered, findings: list[Finding]) -> None:
    """Each release stands behind a review of everything that was recorded before it."""
    reviews = _by_therapy(registered.reviews)
    therapy, read = next(reviews, ("", frozenset()))
    for release in registered.releases.taken_up():
        chain, seq = release.key
        while therapy and therapy < chain:
            therapy, read = next(reviews, ("", frozenset()))
        if therapy != chain or read.isdisjoint(release.what):
            findings.append(Finding("entry", f"{chain}/{seq}", chain, seq, UNREVIEWED))


def _by_therapy(reviews: Pile) -> Iterator[tuple[str, frozenset[str]]]:
    """The entries up to which a therapy was reviewed, therapy by therapy."""
    of_therapy = itemgetter(0)
    keys: Iterator[Sequence[str]] = (sheet.key for sheet in reviews.taken_up())
    for therapy, found in groupby(keys, of_therapy):
        yield therapy, frozenset(hash_ for _therapy, hash_ in found)

"""Whether what is stored is still what was recorded.

Four passes over one consistent reading: the bytes hash as they should and each entry names the one
before (`hashes`), what the chains tell is what the tables hold (`compare`), so are the tables
outside the chains (`plain`), and every entry is in the tree of which the size and the root were
signed (`sequenced`). What a chain cannot know of itself, such as entries cut off its end
together with everything that they wrote, is found with heads kept elsewhere (`since`).

The first two take nearly all of the time, and know nothing of one chain from another: several can
take them, each along a span of chains (`verify_along`), and one puts it together.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeAlias

from coi.ledger.compare import Comparison
from coi.ledger.findings import Finding, Heads, Verdict
from coi.ledger.hashes import Hashed, Progress, check_hashes
from coi.ledger.participants import SiteOf, site_of_units
from coi.ledger.plain import (
    Expand,
    Layout,
    Transitions,
    check_apart,
    check_keepers,
    check_registers,
    check_templates,
    check_times,
    check_workflows,
)
from coi.ledger.registered import Registered
from coi.ledger.reviewed import (
    Releases,
    Releasing,
    Reviewed,
    check_grown,
    check_reviews,
    releases_in,
)
from coi.ledger.sequenced import check_tree
from coi.ledger.signers import Signer
from coi.ledger.source import Source, Unreadable

CANNOT_BE_READ = (
    Unreadable,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What it comes to if the database cannot give a row, or gives one that holds what none can hold.

Whatever stops a pass is a finding: a bit that flipped makes no verdict, and none that holds.
"""


def quietly(entries: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What the moves of every chain are measured by."""

    transitions: Transitions
    site_of: SiteOf
    releases: Releases


@dataclass(slots=True)
class Along:
    """What was found along a span of chains, and what these registered."""

    hashed: Hashed
    registered: Registered
    compared: list[Finding] = field(default_factory=list)
    unreadable: list[Finding] = field(default_factory=list)


Everybody: TypeAlias = Callable[[Measure | None], Iterable[Along]]
"""Looks along every span of a record, at least one; gives what was found in the spans' order."""


def verify(  # noqa: PLR0913 - what it is told is in none of its sources
    source: Source,
    expand: Expand,
    since: Heads | None = None,
    progress: Progress = quietly,
    layout: Layout | None = None,
    signers: Sequence[Signer] = (),
    *,
    releasing: Releasing | None = None,
    reviewed: Reviewed | None = None,
) -> Verdict:
    """Compare the stored ledger and tables; every difference is a finding, none is raised.

    With `since`, the heads of an earlier verdict: only entries after them are hashed, only chains
    that have such entries are compared with the tables, and registers, tables apart and the tree
    are left to a whole verification. An earlier head must still be what it was.

    `progress` is given the number of entries done in a pass, every thousand. `expand` gives the
    transitions of a stored workflow's text, and `layout` what a label template's text declares;
    `signers` are the keys that the record names for its checkpoints. `releasing` gives what in a
    workflow's text releases a lot; without it nobody asks whether the trail was reviewed before.
    With `since`, `reviewed` looks up the reviews, which may stand in chains that are not told.
    """
    if since is not None:
        asked = (releasing, reviewed) if releasing and reviewed else None
        return _verify_grown(source, expand, since, progress, asked)

    def alone(measure: Measure | None) -> Iterable[Along]:
        return [verify_along(source, measure, Registered(), progress)]

    return verify_together(source, expand, alone, layout, signers, releasing)


def verify_together(
    source: Source,
    expand: Expand,
    everybody: Everybody,
    layout: Layout | None = None,
    signers: Sequence[Signer] = (),
    releasing: Releasing | None = None,
) -> Verdict:
    """The same of a whole record, where `everybody` looks along its chains.

    What they read must be of the same moment as `source`.
    """
    outside: list[Finding] = []
    unreadable: list[Finding] = []
    erased: dict[str, int] = {}
    measure = None
    try:
        transitions = check_workflows(source, expand, outside)
        releases = releases_in(source, releasing)
        measure = Measure(transitions, site_of_units(source), releases)
    except CANNOT_BE_READ as fault:
        unreadable.append(_cannot_be_read(fault))
    first, *others = every = [*everybody(measure)]
    for along in others:
        first.registered.absorb(along.registered)
    unreadable += (one for along in every for one in along.unreadable)
    with closing(first.registered) as registered:
        try:
            # What was registered is known whole, or nothing can be compared with it.
            if not unreadable:
                check_registers(source, registered, outside)
                check_templates(source, layout, outside)
                check_keepers(registered, outside)
                check_times(registered, outside)
                check_reviews(registered, outside)
                erased = check_apart(source, registered, outside)
                check_tree(source, signers, outside)
        except CANNOT_BE_READ as fault:
            unreadable.append(_cannot_be_read(fault))
    hashed = [along.hashed for along in every]
    findings = (
        *(one for part in hashed for one in part.findings),
        *(one for along in every for one in along.compared),
        *outside,
        *unreadable,
    )
    heads = {chain: head for part in hashed for chain, head in part.heads.items()}
    return Verdict(sum(part.entries for part in hashed), findings, heads, erased)


def verify_along(
    source: Source,
    measure: Measure | None,
    registered: Registered,
    progress: Progress = quietly,
) -> Along:
    """Hash every entry that `source` gives, and compare what is told with the tables of the chains.

    Without a measure they are hashed alone. `registered` gathers what the entries register.
    """
    along = Along(Hashed(progress, {}), registered)
    try:
        registered.begin()
        check_hashes(source, None, along.hashed)
        if measure is not None:
            # All chains in one reading of each table, and not one reading for each chain.
            told = Comparison(
                source,
                measure.transitions,
                registered,
                measure.site_of,
                releases=measure.releases,
            )
            along.compared = told.run(progress)
    except CANNOT_BE_READ as fault:
        along.unreadable.append(_cannot_be_read(fault))
    # It is handed over, perhaps to another process, and nobody goes on counting.
    along.hashed.progress = quietly
    return along


def _verify_grown(
    source: Source,
    expand: Expand,
    since: Heads,
    progress: Progress,
    asked: tuple[Releasing, Reviewed] | None,
) -> Verdict:
    """What came after these heads, and the chains in which something did."""
    hashed = Hashed(progress, since)
    found: list[Finding] = []
    try:
        check_hashes(source, since, hashed)
        transitions = check_workflows(source, expand, found)
        site_of = site_of_units(source)
        releases = releases_in(source, asked[0] if asked else None)
        grown = [chain for chain, head in hashed.heads.items() if since.get(chain) != head]
        with closing(Registered()) as registered:
            for chain in sorted(grown):
                told = Comparison(
                    source, transitions, registered, site_of, chain, releases=releases
                )
                found += told.run(progress)
            if asked:
                check_grown(registered, asked[1], found)
    except CANNOT_BE_READ as fault:
        found.append(_cannot_be_read(fault))
    return Verdict(hashed.entries, (*hashed.findings, *found), hashed.heads, {})


def _cannot_be_read(fault: Exception) -> Finding:
    table, why = "entry", f"it holds what no record holds ({type(fault).__name__})"
    if isinstance(fault, Unreadable):
        table, why = fault.table, fault.reason
    what = f"cannot be read, so not everything was compared: {why}"
    return Finding(table, "-", "-", None, what)

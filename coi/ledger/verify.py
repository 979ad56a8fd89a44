"""Whether what is stored is still what was recorded.

Four passes over one consistent reading: the bytes hash as they should and each entry names the one
before (`hashes`), what the chains tell is what the tables hold (`compare`), so are the tables
outside the chains (`plain`), and every entry is in the tree of which the size and the root were
signed (`sequenced`). What a chain cannot know of itself, such as entries cut off its end
together with everything that they wrote, is found with heads kept elsewhere (`since`).
"""

from collections.abc import Sequence
from contextlib import closing

from coi.ledger.compare import Comparison
from coi.ledger.findings import Finding, Heads, Verdict
from coi.ledger.hashes import Hashed, Progress, check_hashes
from coi.ledger.participants import site_of_units
from coi.ledger.plain import (
    Expand,
    Layout,
    check_apart,
    check_keepers,
    check_registers,
    check_templates,
    check_workflows,
)
from coi.ledger.registered import Registered
from coi.ledger.sequenced import check_tree
from coi.ledger.signers import Signer
from coi.ledger.source import Source, Unreadable


def quietly(entries: int) -> None:
    """Report no progress."""


def verify(
    source: Source,
    expand: Expand,
    since: Heads | None = None,
    progress: Progress = quietly,
    layout: Layout | None = None,
    signers: Sequence[Signer] = (),
) -> Verdict:
    """Compare the stored ledger and tables; every difference is a finding, none is raised.

    With `since`, the heads of an earlier verdict: only entries after them are hashed, only chains
    that have such entries are compared with the tables, and registers, tables apart and the tree
    are left to a whole verification. An earlier head must still be what it was.

    `progress` is given the number of entries done in a pass, every thousand. `expand` gives the
    transitions of a stored workflow's text, and `layout` what a label template's text declares;
    `signers` are the keys that the record names for its checkpoints.
    """
    hashed = Hashed(progress, since or {})
    outside: list[Finding] = []
    compared: list[Finding] = []
    erased: dict[str, int] = {}
    try:
        check_hashes(source, since, hashed)
        transitions = check_workflows(source, expand, outside)
        site_of = site_of_units(source)
        with closing(Registered()) as registered:
            for chain in _chains(hashed, since):
                comparison = Comparison(source, transitions, registered, site_of, chain)
                compared += comparison.run(progress)
            if since is None:
                check_registers(source, registered, outside)
                check_templates(source, layout, outside)
                check_keepers(registered, outside)
                erased = check_apart(source, registered, outside)
                check_tree(source, signers, outside)
    except Unreadable as fault:
        what = f"cannot be read, so not everything was compared: {fault.reason}"
        outside.append(Finding(fault.table, "-", "-", None, what))
    every = (*hashed.findings, *compared, *outside)
    return Verdict(hashed.entries, every, hashed.heads, erased)


def _chains(hashed: Hashed, since: Heads | None) -> list[str | None]:
    """Which chains to compare with the tables: all at once, or each that has grown."""
    if since is None:
        # All chains in one reading of each table, and not one reading for each chain.
        return [None]
    grown = [chain for chain, head in hashed.heads.items() if since.get(chain) != head]
    return [*sorted(grown)]

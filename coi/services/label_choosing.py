"""Which labels of which therapies can be printed together: those of a list, what is due first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from coi.services.installation import Installation
from coi.services.label_printing import Printable, PrintedStep, printers_at_hand, ready_labels
from coi.services.looking import sees
from coi.services.printers import KnownPrinter
from coi.services.sessions import SignedIn
from coi.services.worklist import ALL, Waiting, Wanted, WorkList, with_sites, work_of
from coi.store.labels import with_untold_labels
from coi.store.transactions import Transaction
from coi.store.worklist import PAGE

MOST_THERAPIES = 20
"""So many therapies with something to print are on a page."""

MOST_PAGES = 10
"""So far is a list looked through at once: whoever looks further goes on from there."""


@dataclass(frozen=True, slots=True)
class ToPrint:
    """A therapy of the list with the labels of it that can be printed now."""

    waiting: Waiting
    labels: tuple[tuple[PrintedStep, Printable], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A page of therapies with labels to print, and how the list can be narrowed down."""

    therapies: tuple[ToPrint, ...]
    printers: tuple[KnownPrinter, ...]
    work: WorkList
    after: tuple[str, str] | None  # behind what it goes on; None: that was all
    looked_through: int

    @property
    def count(self) -> int:
        """How many labels can be chosen."""
        return sum(len(one.labels) for one in self.therapies)


def labels_to_print(installation: Installation, signed_in: SignedIn, wanted: Wanted) -> Choice:
    """The therapies of a list, the soonest first, of which a label was issued and not printed."""
    wanted = replace(wanted, which=wanted.which or ALL, most=PAGE)

    def look(tx: Transaction) -> Choice:
        found: list[ToPrint] = []
        looked = 0
        work = work_of(tx, installation, signed_in, wanted)
        work = with_sites(tx, installation, signed_in.person, work)
        page, after = work, None
        for _ in range(MOST_PAGES):
            for one, to_print in _of_page(tx, installation, signed_in, page):
                looked += 1
                after = one
                found += [to_print] if to_print is not None else []
                if len(found) == MOST_THERAPIES:
                    break
            if len(found) == MOST_THERAPIES or not page.more:
                break
            page = work_of(tx, installation, signed_in, replace(wanted, after=page.last))
        is_all = not page.more and (not page.waiting or after in {None, page.last})
        printers = printers_at_hand(tx, signed_in)
        return Choice(tuple(found), printers, work, None if is_all else after, looked)

    return installation.read(look)


def _of_page(
    tx: Transaction, installation: Installation, signed_in: SignedIn, page: WorkList
) -> Iterator[tuple[tuple[str, str], ToPrint | None]]:
    """Each therapy of a page of the list: its place there, and what of it can be printed."""
    cois = [one.coi for one in page.waiting]
    untold = with_untold_labels(tx, cois) if cois else set()
    for one in page.waiting:
        place = replace(page, waiting=(one,)).last
        labels = (
            ready_labels(tx, installation, one.coi)
            if one.coi in untold and sees(tx, signed_in.person, one.coi)
            else ()
        )
        yield place, ToPrint(one, labels) if labels else None

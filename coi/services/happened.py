"""What happened in a therapy, a part at a time: a long life costs no more than a short one."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from coi.errors import Unknown
from coi.services.installation import Installation
from coi.services.looking import look_at, seen_of
from coi.services.sessions import SignedIn
from coi.services.therapies import Happened, decoded, told_of
from coi.services.versions import earlier_versions, workflow_of
from coi.store import facts
from coi.store.entries import entries_behind
from coi.store.people import printed_names, usernames_of
from coi.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Part:
    """Some entries, oldest first, with the names of who acted, and whether there are more."""

    entries: tuple[Happened, ...]
    names: Mapping[str, str]
    more: bool


def happened_behind(
    installation: Installation, signed_in: SignedIn, coi: str, after: int, most: int
) -> Part:
    """The entries behind this one, so many at `most`.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def work(tx: Transaction) -> Part | None:
        if seen_of(tx, signed_in.person, coi).is_former:
            return None
        found = facts.therapy(tx, coi)
        if found is None:
            raise Unknown("therapy", coi)
        workflow, earlier = (
            workflow_of(tx, installation, found[0]),
            earlier_versions(tx, installation, found[0]),
        )
        read = [*islice(entries_behind(tx, coi, after), most + 1)]
        entries = decoded(read[:most])
        usernames = usernames_of(tx, (one["person"] for each in entries for one in each.signed))
        told = told_of(tx, workflow, earlier, entries, usernames)
        return Part(told, printed_names(tx, {one.actor for one in told}), len(read) > most)

    part = installation.read(work)
    return part if part is not None else _of_former(installation, signed_in, coi, after, most)


def _of_former(
    installation: Installation, signed_in: SignedIn, coi: str, after: int, most: int
) -> Part:
    """The same for a hospital that treats no more: what is its own is told from the whole."""
    view = look_at(installation, signed_in, coi).view
    found = [one for one in view.history if one.seq > after]
    return Part(tuple(found[:most]), view.names, len(found) > most)

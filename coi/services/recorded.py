"""Every value of a therapy as it is recorded now, and what it was before it was corrected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coi.ledger.shown import VALUE
from coi.services.custody_reading import Reading, parts, read_custody, said, value_key
from coi.services.custody_values import (
    content_of,
    limits_of,
    reason_of,
    title_of,
    within_of,
)
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole
from coi.services.sessions import SignedIn
from coi.services.therapies import COMMITMENT, Happened
from coi.store.transactions import Transaction
from workflows.files import reference_in


@dataclass(frozen=True, slots=True)
class Revision:
    """One wording of a value: as it was recorded at first, or as it was corrected."""

    content: str
    unit: str
    limits: str
    is_outside: bool
    entry: int
    at: datetime
    by: str
    reason: str  # why it was corrected; '' of the first
    sha256: str = ""  # of a file that is still kept: by what it is fetched


@dataclass(frozen=True, slots=True)
class Recorded:
    """One value of one thing, with every earlier wording, the newest first."""

    item: str
    title: str
    now: Revision
    before: tuple[Revision, ...] = ()
    is_invalid: bool = False  # its row is not what was signed; this is


def recorded_values(
    installation: Installation, signed_in: SignedIn, coi: str
) -> tuple[Recorded, ...]:
    """Every value that was ever recorded, in the order in which it first was.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def work(tx: Transaction) -> tuple[Recorded, ...]:
        require_seen_whole(tx, signed_in.person, coi)
        return tuple(_recorded(read_custody(tx, installation, coi)))

    return installation.read(work)


def _recorded(reading: Reading) -> Iterator[Recorded]:
    found: dict[tuple[str, str, int], list[Revision]] = {}
    titles: dict[tuple[str, str, int], str] = {}
    for event, value in parts(reading, "values"):
        key = value_key(value)
        found.setdefault(key, []).insert(0, _revision(reading, event, value))
        titles.setdefault(key, title_of(reading, event.action, value["field"]))
    for key, (now, *before) in found.items():
        is_invalid = reading.view.is_invalid(VALUE, *key)
        yield Recorded(reading.called[key[0]], titles[key], now, tuple(before), is_invalid)


def _revision(reading: Reading, event: Happened, value: Mapping[str, Any]) -> Revision:
    content = content_of(reading, event, value)
    file = reference_in(content) if COMMITMENT.fullmatch(value["limits"]) else None
    return Revision(
        content=content,
        unit=said(value["unit"]),
        limits=limits_of(reading, event, value),
        is_outside=within_of(value) is False,
        entry=event.seq,
        at=reading.at(event.recorded_at, event.unit),
        by=reading.person(event.actor),
        reason=reason_of(reading, value) if value["revision"] > 1 else "",
        sha256=file.sha256 if file else "",
    )

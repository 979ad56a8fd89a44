"""What was scanned in the scan box before a step is begun: taken along once, and for a short while.

It goes along sealed, bound to the session that scanned it, to the step that it leads to, and to the
key under which that step is taken once. So a link that anybody else has made brings nothing along.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from coi.clock import parse_rfc3339, rfc3339
from coi.services.installation import Installation
from coi.services.scanning import Code
from coi.services.vault import VaultClosed, seal_text, unseal_text

COUNTS_FOR = timedelta(minutes=10)
"""Whoever begins later has had the thing out of their hand, and scans it again."""


class Leads(NamedTuple):
    """Where a scan leads: whose session it was made in, to which step, under which key."""

    session: str
    coi: str
    action: str
    key: str

    @property
    def place(self) -> str:
        """What is sealed for one such step opens in no other."""
        return " ".join(("scanned before", *self))


def take_along(installation: Installation, leads: Leads, codes: Iterable[Code]) -> str:
    """Seal what was scanned just now, for the step that it leads to."""
    told = [[code.raw, code.how, code.device] for code in codes]
    text = json.dumps([rfc3339(installation.clock.now()), told])
    return seal_text(installation.vault, leads.place, text)


def taken_along(installation: Installation, leads: Leads, sealed: str) -> tuple[Code, ...]:
    """What was scanned before this step; nothing where it is too old, or was not sealed for it."""
    try:
        at, told = json.loads(unseal_text(installation.vault, leads.place, sealed))
    except VaultClosed:
        return ()
    is_old = _is_old(parse_rfc3339(at), installation.clock.now())
    return () if is_old else tuple(Code(*one) for one in told)


def _is_old(at: datetime, now: datetime) -> bool:
    return not at <= now <= at + COUNTS_FOR

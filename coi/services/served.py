"""Which version of the program served from when on, and how it was set (P11-10k, A11-10, TL-01).

At its start a server says so in the organisation's chain, as the product's own entry, where its
version or a setting is another than it was at the start before. Values are kept apart, since one
may name somebody; of a secret it is told that it changed, and nothing else.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256

from coi.ledger.content import Attestation
from coi.services.decoding import Content, content_of_text
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.reporting import software
from coi.services.vault import fingerprint_of
from coi.settings import Settings
from coi.store.clocks import SERVED, clocks_told, wait_for_turn
from coi.store.registers import text_of
from coi.store.transactions import Transaction

SERVING = "serving"
SECRETS = frozenset(one.metadata["setting"].name for one in fields(Settings) if not one.repr)
"""The settings whose values are told nowhere."""

_FOLLOWING = {True: "follows others", False: "follows no other", None: "not known"}
_NOTE = "settings"


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that is another than before; of a secret neither value is told."""

    name: str
    before: str
    after: str

    @property
    def is_secret(self) -> bool:
        """Its values are told nowhere."""
        return self.name in SECRETS


@dataclass(frozen=True, slots=True)
class Served:
    """What a server serves from a time on, until the next that is told of it."""

    since: str
    until: str  # '' of what serves now
    server: str
    software: str
    changes: tuple[Change, ...]


def note_served(
    installation: Installation, server: str, now: datetime, *, follows: bool | None
) -> None:
    """What serves here is on record, with how it is set, where either is new.

    Raises:
        NotWritten, ClockWentBack: nothing can be recorded now.
    """
    told = _told(installation)
    text = json.dumps(told, sort_keys=True)
    is_as = {"software": software(), "digest": sha256(text.encode()).hexdigest()}

    def is_known(tx: Transaction) -> bool:
        return any(is_as.items() <= one["document"].items() for one in _of(tx, server)[-1:])

    def work(tx: Transaction) -> None:
        # Another process of this server may have come first.
        wait_for_turn(tx)
        if is_known(tx):
            return
        registered = Registered(
            (Attestation("clock", SERVED),),
            document={
                "kind": SERVING,
                "about": server,
                **is_as,
                "database": installation.engine.dialect.name,
                "clock": _FOLLOWING[follows],
            },
            notes={_NOTE: commit_text(tx, installation, text)},
        )
        write_site_entry(tx, SERVING, Occasion("-", "-", now), registered)

    if not installation.read(is_known):
        installation.transact(work)


def was_served(tx: Transaction, server: str) -> bool:
    """This server is known: it has served before."""
    return bool(_of(tx, server))


def served(tx: Transaction) -> list[Served]:
    """Which version served from when to when, and what was set anew; the newest first."""
    every = _every(tx)
    return [_served(tx, place, every) for place in reversed(range(len(every)))]


def _served(tx: Transaction, place: int, every: Sequence[Content]) -> Served:
    """One of them, by what the same server served before and after."""
    one, server = every[place], every[place]["document"]["about"]
    before = [other for other in every[:place] if other["document"]["about"] == server]
    after = [other for other in every[place + 1 :] if other["document"]["about"] == server]
    changes = _changes(_settings_of(tx, before[-1]), _settings_of(tx, one)) if before else ()
    return Served(
        since=one["recorded_at"],
        until=after[0]["recorded_at"] if after else "",
        server=server,
        software=one["document"]["software"],
        changes=tuple(changes),
    )


def _told(installation: Installation) -> dict[str, str]:
    """Each setting with its value; a secret one with what tells it from another, and no more."""
    values = {
        one.metadata["setting"].name: _text(getattr(installation.settings, one.name))
        for one in fields(Settings)
    }
    kept = {name: fingerprint_of(installation.vault, f"{name}={values[name]}") for name in SECRETS}
    return values | kept


def _text(value: object) -> str:
    """A value as it was written, as near as matters."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)


def _every(tx: Transaction) -> list[Content]:
    """What was told, the first first."""
    return [content_of_text(text) for _at, _holds, text in reversed(clocks_told(tx, SERVED))]


def _of(tx: Transaction, server: str) -> list[Content]:
    return [one for one in _every(tx) if one["document"]["about"] == server]


def _settings_of(tx: Transaction, content: Content) -> dict[str, str]:
    """How it was set; nothing is known once that text was erased."""
    found: dict[str, str] = json.loads(text_of(tx, content["notes"][_NOTE]) or "{}")
    return found


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    """Every setting that is another; one that came or went with a version has no value there."""
    for name in sorted(before.keys() | now.keys()):
        was, is_ = before.get(name, ""), now.get(name, "")
        if was != is_ and name in SECRETS:
            yield Change(name, "", "")
        elif was != is_:
            yield Change(name, was, is_)

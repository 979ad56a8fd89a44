"""A step under way: what was scanned, heard and typed so far, screen by screen; plain values.

It is kept sealed with the vault key, because it may hold what a patient said. Nothing in it has
happened: it becomes an entry, or nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from coi.clock import parse_rfc3339, rfc3339
from coi.services.proofs import JustProven
from coi.services.vault import Vault, seal_text, unseal_text
from coi.store.errands import GOES_ON, ErrandRow

LONGEST = timedelta(hours=12)
"""After this time a step that was begun and not finished has ended by itself."""

NO_SESSION = "-"
RIGHT, STOPPED, ENDED, DISCARDED, LATE = "right", "stop", "ended", "discarded", "late"


@dataclass(frozen=True, slots=True)
class Read:
    """One code that was read on a screen, and what it was."""

    screen: str
    raw: str
    how: str
    device: str
    title: str
    confirmed_by: str = ""
    subject: str = ""  # of a label: what it is on
    device_time: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody typed their password to sign: with which one, and when."""

    credential: str
    at: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one person does of a step: alone, or as one of two who check without each other."""

    username: str
    person: str
    session: str
    done: tuple[str, ...] = ()  # the screens that are answered, in their order
    reads: tuple[Read, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    unread: int = 0  # how often in a row the present screen's code could not be read
    proof: Proof | None = None
    devices: tuple[str, ...] = ()  # where it was in hand; '' is a device that is not registered

    @property
    def bags(self) -> frozenset[str]:
        """What this person scanned of what carries a label."""
        return frozenset(one.subject for one in self.reads if one.subject)

    @property
    def proven(self) -> JustProven | None:
        """Who signed this part, with the password that they typed then."""
        if self.proof is None:
            return None
        return JustProven(self.username, self.person, self.proof.credential)

    def at(self, device: str) -> "Part":
        """The same, in hand at this device too."""
        return replace(self, devices=tuple(dict.fromkeys((*self.devices, device))))


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that was handed over, and that its receiver has not taken over yet."""

    by: str  # the person who had it in hand
    to: str  # the person who is to go on with it
    at: str
    done: str
    remains: str


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, in the words in which it was given."""

    code: str
    sentence: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ended, as both people are shown it."""

    kind: str
    told: tuple[str, ...] = ()  # what was matched, and what is to be done now
    reasons: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Errand:
    """A step under way; `version` counts its screens."""

    id: str
    coi: str
    action: str
    unit: str
    person: str
    session: str
    opened_at: datetime
    version: int = 1
    parts: tuple[Part, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)  # by the name of the field
    named: tuple[str, ...] = ()
    seen: Mapping[str, int] = field(default_factory=dict)  # how things stood when scanned
    tries: int = 0  # how often it was handed in
    reasons: tuple[Why, ...] = ()  # why it was refused when it was handed in last
    verdict: Verdict | None = None
    ended_at: str = GOES_ON
    given: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # answer: by whom, when
    hands: tuple[str, ...] = ()  # the persons who had it before, and whose answers are kept
    offer: Offer | None = None

    @property
    def is_open(self) -> bool:
        """It can be gone on with."""
        return self.ended_at == GOES_ON

    @property
    def part(self) -> Part:
        """The part that is being done."""
        return self.parts[-1]

    @property
    def bags(self) -> frozenset[str]:
        """What was scanned of what carries a label."""
        return frozenset(self.seen)

    def seen_by(self, parts: tuple[Part, ...]) -> Mapping[str, int]:
        """How that stood which these have scanned."""
        bags = frozenset().union(*(part.bags for part in parts))
        return {bag: turn for bag, turn in self.seen.items() if bag in bags}

    def with_part(self, part: Part) -> "Errand":
        """The same with the present part as it is now."""
        return replace(self, parts=(*self.parts[:-1], part))

    def ended(self, verdict: Verdict, now: datetime) -> "Errand":
        """Its end; what a patient said is forgotten with all else."""
        parts = tuple(Part(one.username, one.person, one.session) for one in self.parts)
        return Errand(
            self.id, self.coi, self.action, self.unit, self.person, NO_SESSION, self.opened_at,
            self.version, parts, verdict=verdict, ended_at=rfc3339(now),
        )  # fmt: skip


def since(now: datetime) -> str:
    """When what is still under way was begun at the earliest."""
    return rfc3339(now - LONGEST)


_INSIDE = (
    *("parts", "answers", "named", "seen", "tries", "reasons", "verdict"),
    *("given", "hands", "offer"),
)


def _members(value: object) -> dict[str, object]:
    """What JSON has no word for, as what it is made of."""
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]


# Made once: `asdict` copies all of it first, which takes longer than writing it.
_sealed = json.JSONEncoder(default=_members)


def row_of(vault: Vault, errand: Errand, now: datetime) -> ErrandRow:
    """The errand as it is stored."""
    text = _sealed.encode({name: getattr(errand, name) for name in _INSIDE})
    return ErrandRow(
        errand.id,
        errand.coi,
        errand.action,
        errand.unit,
        errand.person,
        errand.session,
        seal_text(vault, _place(errand.id), text),
        rfc3339(errand.opened_at),
        rfc3339(now),
        errand.ended_at,
        errand.version,
    )


def errand_of(vault: Vault, row: ErrandRow) -> Errand:
    """The errand that is stored here.

    Raises:
        VaultClosed: it was changed, or sealed with another key.
    """
    told = json.loads(unseal_text(vault, _place(row.id), row.sealed))
    return Errand(
        row.id,
        row.chain,
        row.action,
        row.unit,
        row.person,
        row.session,
        parse_rfc3339(row.opened_at),
        row.version,
        tuple(_part(one) for one in told["parts"]),
        told["answers"],
        tuple(told["named"]),
        told["seen"],
        told["tries"],
        _reasons(told["reasons"]),
        _verdict(told["verdict"]),
        row.ended_at,
        {name: (by, at) for name, (by, at) in told["given"].items()},
        tuple(told["hands"]),
        Offer(**told["offer"]) if told["offer"] else None,
    )


def _part(told: Mapping[str, Any]) -> Part:
    reads = tuple(Read(**one) for one in told["reads"])
    proof = Proof(**told["proof"]) if told["proof"] else None
    lists = {"done": tuple(told["done"]), "devices": tuple(told.get("devices", ()))}
    return Part(**{**told, **lists, "reads": reads, "proof": proof})


def _verdict(told: Mapping[str, Any] | None) -> Verdict | None:
    if told is None:
        return None
    return Verdict(told["kind"], tuple(told["told"]), _reasons(told["reasons"]))


def _reasons(told: list[Mapping[str, str]]) -> tuple[Why, ...]:
    return tuple(Why(**one) for one in told)


def _place(identifier: str) -> str:
    """Bound to its errand, so that what was said in one cannot stand in another."""
    return f"errand:{identifier}"

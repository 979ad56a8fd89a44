"""One therapy as it was told, cut where something is another in each telling.

What is cut out are names (COI, patient, serials, keys), commitments, hashes and times. A telling
fills in its own, entry by entry: the hashes of an entry are known when the ledger has sealed it.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select
from ulid import ULID

from coi.clock import parse_rfc3339, rfc3339
from coi.demo.cast import PATIENTS
from coi.ledger.commitment import commit, key_commitment
from coi.ledger.entry import seal as sealed
from coi.services.likeness import marked
from coi.services.vault import INDEXED, Vault, seal
from coi.store import tables as t
from labels.identifiers import issue_coi, issue_serial

PARTS = (
    *("subject", "label_turn", "label", "wristband", "signature", "lineage"),
    *("value", "attestation", "move"),
)
"""After what each refers to."""

WITH_ENTRIES = ("participation", *PARTS, "request")
AT_THE_END = ("position", "task", "exception")

_MOMENT = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
_DAY = r"20\d\d-\d\d-\d\d"
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_ORDERED_UNDER = re.compile(r'"order-([0-9A-Z]{26})"')

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Table -> rows."""


class Pieces:
    """A text that is the same in every telling but for what was cut out."""

    __slots__ = ("_asked", "_pieces")

    def __init__(self, text: str, cut: re.Pattern[str]) -> None:
        # With a group, so that what stands between the pieces is given too.
        self._pieces = cut.split(text)
        self._asked = self._pieces[1::2]

    def told(self, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON can be anything
        """What the text says under these names."""
        pieces = [*self._pieces]
        pieces[1::2] = [names[asked] for asked in self._asked]
        return json.loads("".join(pieces))


@dataclass(frozen=True, slots=True)
class Step:
    """One entry: its two texts and its rows."""

    content: Pieces
    signed: Pieces
    rows: Pieces
    hash: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Template:
    """A therapy to be told again."""

    coi: str
    patient: str
    site: str  # which ordered it
    ordered_at: datetime
    serials: tuple[str, ...]
    ordered_under: str
    drawn: tuple[str, ...]  # digests of requests, which nothing can be compared with
    identity: Mapping[str, str]  # the commitment to each sealed field, and to the key
    texts: Mapping[str, str]  # commitment -> text
    times: tuple[str, ...]
    beginning: Pieces
    steps: tuple[Step, ...]
    end: Pieces

    @property
    def entries(self) -> int:
        """How many entries it has."""
        return len(self.steps)


def template_of(connection: Connection, coi: str) -> Template:
    """Read a therapy of the workshop, and cut it up."""
    rows = {table: _rows(connection, table, coi) for table in ("entry", *WITH_ENTRIES, *AT_THE_END)}
    (therapy,) = _rows(connection, "therapy", coi)
    order = json.loads(rows["entry"][0]["content"])
    every = json.dumps(rows)
    texts = _own_texts(connection, coi, set(_HASH.findall(every)))
    registers = order["registers"]
    identity = {one["field"]: one["commitment"] for one in registers["identities"]}
    identity["key"] = registers["keys"][0]["commitment"]
    serials = (*_serials(rows, "label"), *_serials(rows, "wristband"))
    drawn = tuple(row["digest"] for row in rows["request"])
    (ordered_under,) = set(_ORDERED_UNDER.findall(every))
    times = tuple(sorted({*re.findall(_MOMENT, every), *re.findall(rf'"({_DAY})\\?"', every)}))
    hashes = [row[name] for row in rows["entry"] for name in ("hash", "content_hash")]
    names = [coi, therapy["patient_id"], ordered_under, *serials, *drawn, *identity.values()]
    # A moment begins with a day, and a day alone must not be cut out of it.
    known = [re.escape(one) for one in (*names, *texts, *hashes)]
    cut = re.compile(f"({'|'.join([*known, _MOMENT, *map(re.escape, times)])})")
    return Template(
        coi,
        therapy["patient_id"],
        _site_of(connection, order["unit"]),
        parse_rfc3339(order["recorded_at"]),
        serials,
        ordered_under,
        drawn,
        identity,
        texts,
        times,
        Pieces(json.dumps({"therapy": [therapy], "chain": [{"id": coi, "kind": "therapy"}]}), cut),
        tuple(_steps(rows, cut)),
        Pieces(json.dumps({table: rows[table] for table in AT_THE_END}), cut),
    )


def _rows(connection: Connection, table: str, coi: str) -> list[dict[str, Any]]:
    of = t.metadata.tables[table]
    key = of.c.coi if table == "therapy" else of.c.chain
    order = list(of.primary_key.columns)
    found = connection.execute(select(of).where(key == coi).order_by(*order))
    return [dict(row) for row in found.mappings()]


def _serials(rows: Rows, table: str) -> Iterator[str]:
    return (row["serial"] for row in rows[table])


def _site_of(connection: Connection, unit: str) -> str:
    found = select(t.unit.c.site).where(t.unit.c.id == unit)
    return str(connection.execute(found).scalar_one())


def _own_texts(connection: Connection, coi: str, hashes: set[str]) -> dict[str, str]:
    """The erasable texts that this therapy alone committed to; a person's name is not its own."""
    named = select(t.attestation.c.detail).where(t.attestation.c.chain != coi)
    found = connection.execute(
        select(t.erasable.c.commitment, t.erasable.c.text)
        .where(t.erasable.c.commitment.not_in(named))
        .order_by(t.erasable.c.commitment)
    )
    return {row.commitment: row.text for row in found if row.commitment in hashes}


def _steps(rows: Rows, cut: re.Pattern[str]) -> Iterator[Step]:
    for entry in rows["entry"]:
        seq = entry["seq"]
        own = {name: [one for one in rows[name] if one["seq"] == seq] for name in WITH_ENTRIES}
        bare = {name: told for name, told in entry.items() if name not in {"content", "signed"}}
        yield Step(
            Pieces(entry["content"], cut),
            Pieces(entry["signed"], cut),
            Pieces(json.dumps({"entry": [bare], **own}), cut),
            entry["hash"],
            entry["content_hash"],
        )


# -- telling it again ------------------------------------------------------------------------------


class Numbers:
    """Draws for identifiers that never come twice, however many therapies are told.

    An identifier has forty random bits, of which a million would repeat some. Counted numbers do
    not, and multiplied by an odd number they look as if they had been drawn.
    """

    _BITS, _EACH = 40, 12  # so many draws for one therapy: four thousand
    _ODD = 0x9E3779B97F | 1

    def __init__(self, seed: int, number: int) -> None:
        self._next = (number << self._EACH) + (seed << 33)

    def __call__(self, size: int) -> bytes:
        """The next draw, five bits in each byte."""
        drawn = self._next * self._ODD % (1 << self._BITS)
        self._next += 1
        return bytes(drawn >> 5 * at & 31 for at in range(size))


@dataclass(frozen=True, slots=True)
class Telling:
    """A therapy told again: its number decides everything about it."""

    template: Template
    seed: int
    number: int
    ordered_at: datetime

    @property
    def coi(self) -> str:
        """Its COI identifier, which is drawn first."""
        return issue_coi(self.template.coi[:4], Numbers(self.seed, self.number)).text

    def stages(self, vault_key: bytes) -> Iterator[Rows]:
        """Its rows: the beginning, entry by entry, and in the end where everything stands."""
        told, template = Told(self, vault_key), self.template
        yield told.beginning()
        for step in template.steps:
            yield told.step(step)
        yield {**template.end.told(told.names), "erasable": told.erasable}


class Told:
    """The names of one telling, and what is written beside its chain."""

    def __init__(self, telling: Telling, vault_key: bytes) -> None:
        template = self._template = telling.template
        chance = random.Random(f"{telling.seed} therapy {telling.number}")
        drawn = Numbers(telling.seed, telling.number)
        issuer = template.coi[:4]
        patient = str(ULID.from_bytes(chance.randbytes(16)))
        self.names: dict[str, str] = {
            template.coi: issue_coi(issuer, drawn).text,
            template.patient: patient,
            template.ordered_under: str(ULID.from_bytes(chance.randbytes(16))),
        }
        for serial in template.serials:
            self.names[serial] = issue_serial(serial[0], issuer, drawn).text
        for digest in template.drawn:
            self.names[digest] = sha256(
                f"{telling.seed} {telling.number} {digest}".encode()
            ).hexdigest()
        self.names.update(_later(template.times, telling.ordered_at - template.ordered_at))
        self.erasable = [*self._committed(chance)]
        # Nobody looks like another: or each step asked what tells this one from thousands.
        known = PATIENTS[telling.number % len(PATIENTS)]
        family = f"{known['family_name']} {telling.number}"
        identity = {**known, "family_name": family, INDEXED: f"n{telling.number}"}
        vault = Vault(vault_key, chance.randbytes)
        self._identity = seal(vault, patient, identity, template.site)
        self._identity.rows.extend(marked(vault, identity))
        for row in self._identity.rows:
            self.names[template.identity[row["field"]]] = row["commitment"]
        self.names[template.identity["key"]] = key_commitment(self._identity.wrapped)
        self._patient = patient

    def _committed(self, chance: random.Random) -> Iterator[dict[str, str]]:
        """Each text under a new salt."""
        for known, text in self._template.texts.items():
            salt = chance.randbytes(32).hex()
            commitment = self.names[known] = commit(text, salt)
            yield {"commitment": commitment, "salt": salt, "text": text}

    def beginning(self) -> Rows:
        """What stands before the first entry."""
        patient = {"patient_id": self._patient}
        return {
            "party": [{"id": self._patient, "kind": "patient"}],
            "patient_key": [{**patient, "wrapped": self._identity.wrapped}],
            "patient_identity": [{**patient, **row} for row in self._identity.rows],
            **self._template.beginning.told(self.names),
        }

    def step(self, step: Step) -> Rows:
        """The rows of one entry: the ledger writes and hashes its bytes."""
        names = self.names
        entry = sealed(step.content.told(names), step.signed.told(names))
        names[step.hash], names[step.content_hash] = entry.hash, entry.content_hash
        rows = step.rows.told(names)
        rows["entry"][0] |= {"content": entry.content_text, "signed": entry.signed_text}
        return rows  # type: ignore[no-any-return]


def _later(times: Iterable[str], later: timedelta) -> Iterator[tuple[str, str]]:
    for told in times:
        if "T" in told:
            yield told, rfc3339(parse_rfc3339(told) + later)
        else:
            yield told, (date.fromisoformat(told) + later).isoformat()

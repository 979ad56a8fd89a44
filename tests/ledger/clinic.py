"""A small clinic that writes a real ledger into a real database, one entry a call.

Two sites, two patients, one bag workflow of its own; it takes the store's own way of writing, so
every row passes the tables' constraints. `walk` takes random, always legal steps.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

from sqlalchemy import Connection

from coi.ledger.commitment import (
    ciphertext_commitment,
    commit,
    credential_commitment,
    key_commitment,
)
from coi.ledger.content import (
    Attestation,
    Head,
    IssuedLabel,
    IssuedWristband,
    NewEntry,
    RecordedValue,
    SignedBy,
    WorkflowRef,
    content_of,
    signed_of,
)
from coi.ledger.entry import seal
from coi.ledger.shape import shape_of
from coi.store import tables
from coi.store.append import add, append
from workflows.draft import Birth, Move, NewLink
from workflows.facts import Position, unborn
from workflows.label_life import LabelLife, LabelState, scanned_back, turned
from workflows.model import Transition

SITE_CHAIN = "site:organisation"
WARD, LABORATORY = "U-WARD", "U-LAB"
HOSPITAL, MAKER = "S-HOSPITAL", "S-MAKER"
NINA, OMAR, INES = "P-NINA", "P-OMAR", "P-INES"
SALT = "5a" * 32
TEMPLATE_TEXT, LAYOUT = "name: own-bag", "1a" * 32
TEMPLATE = {
    "name": "own-bag",
    "version": 1,
    "hash": sha256(TEMPLATE_TEXT.encode()).hexdigest(),
    "layout": LAYOUT,
}


def _step(machine: str, action: str, states: str, custody: str, **asks: int) -> Transition:
    came, went = states.split(">")
    asked = {"stop_effect": 0, "while_stopped": 0, "scans": 0, "patient": 0, "signatures": 0}
    return Transition("bags", 1, 1, machine, action, came, went, custody, **(asked | asks))


STEPS = {
    step.action: step
    for step in (
        _step("therapy", "order", ">ordered", "none", signatures=1),
        _step("therapy", "note", "ordered>ordered", "none", while_stopped=1),
        _step("bag", "collect", ">held", "creates", patient=1, signatures=2),
        _step("bag", "split", ">held", "creates"),
        _step("bag", "weigh", "held>held", "keeps"),
        _step("bag", "release_custody", "held>sent", "releases", scans=1, signatures=1),
        _step("bag", "accept", "sent>held", "accepts", scans=1, signatures=1),
        _step("bag", "take_back", "sent>held", "takes_back", signatures=1),
        _step("bag", "stop", "held>held", "none", stop_effect=1, while_stopped=1),
        _step("bag", "free", "held>held", "none", stop_effect=-1, while_stopped=1, signatures=1),
        _step("bag", "destroy", "held>destroyed", "ends", scans=1, signatures=2),
        _step("bag", "infuse", "held>infused", "ends", scans=1, patient=1, signatures=2),
    )
}
WORKFLOW_TEXT = json.dumps([astuple(step) for step in sorted(STEPS.values())])
WORKFLOW = WorkflowRef("bags", 1, sha256(WORKFLOW_TEXT.encode()).hexdigest())


def expand(text: str) -> list[Transition]:
    """The transitions of the clinic's own kind of definition."""
    return [Transition(*row) for row in json.loads(text)]


def moment(tick: int) -> str:
    """The time of the n-th thing that is written, in UTC."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=tick)
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


@dataclass
class Bag:
    """What the clinic knows of one bag."""

    id: str
    born: int
    label: str | None = None


@dataclass
class Clinic:
    """Writes entries; keeps heads and positions in memory, as a use case reads them."""

    connection: Connection
    heads: dict[str, Head] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    bags: dict[str, list[Bag]] = field(default_factory=dict)
    patients: dict[str, str] = field(default_factory=dict)
    sites: dict[str, list[str]] = field(default_factory=dict)
    lives: dict[str, LabelLife] = field(default_factory=dict)
    tick: int = 0

    def add(self, table: str, *rows: Mapping[str, object]) -> None:
        """Insert plain rows."""
        add(self.connection, tables.metadata.tables[table], rows)

    def write(self, chain: str, action: str, kind: str = "act", **said: object) -> NewEntry:
        """Write one entry with everything it says; returns it."""
        self.tick += 1
        now = moment(self.tick)
        signers = said.pop("signers", ())
        entry = NewEntry(
            chain=chain,
            head=self.heads.get(chain),
            kind=kind,
            action=action,
            role="nurse",
            happened_at=now,
            recorded_at=now,
            **({"actor": NINA, "unit": WARD, "request": self._request(chain, now)} | said),
            signed=self._sign(signers, now),
        )
        entry = replace(entry, sites=self._joining(entry))
        sealed = seal(content_of(entry), signed_of(entry))
        append(self.connection, entry, sealed)
        if entry.request:
            asked = {"key": entry.request["key"], "digest": entry.request["digest"]}
            self.add("request", asked | {"actor": entry.actor, "chain": chain, "seq": entry.seq})
        self.positions |= {move.subject: move.after for move in entry.moves}
        self._live_on(entry)
        self.heads[chain] = _head(entry, sealed.hash)
        return entry

    def _live_on(self, entry: NewEntry) -> None:
        """What the entry says of labels: those it issues are new, others have gone on."""
        for new in entry.labels:
            self.lives[new.serial] = LabelLife(new.serial, new.subject, new.issue, entry.seq)
        for turn in entry.label_turns:
            life = self.lives[turn.serial]
            after = LabelState(turn.after)
            self.lives[turn.serial] = replace(life, turn=turn.turn, state=after)

    def _joining(self, entry: NewEntry) -> tuple[str, ...]:
        """The sites of who orders, and of who is to hold or to receive, that are new here."""
        units = {WARD: HOSPITAL, LABORATORY: MAKER}
        named = [entry.unit] if entry.therapy else []
        for move in entry.moves:
            named += [move.after.holder, move.after.consignee]
        known = self.sites.setdefault(entry.chain, [])
        new = dict.fromkeys(units[unit] for unit in named if unit in units)
        joining = tuple(site for site in new if site not in known)
        known += joining
        return joining

    def _request(self, chain: str, now: str) -> Mapping[str, str]:
        digest = sha256(f"{chain} {now}".encode()).hexdigest()
        return {"key": f"K{self.tick:06}", "digest": digest}

    def _sign(self, signers: Sequence[str], now: str) -> tuple[SignedBy, ...]:
        return tuple(
            SignedBy(person, "nurse", self.commit(f"Name of {person}"), "performed", now)
            for person in signers
        )

    def commit(self, text: str) -> str:
        """Commit to an erasable text, and keep it with a salt of its own."""
        self.tick += 1
        salt = sha256(f"{self.tick} {text}".encode()).hexdigest()
        commitment = commit(text, salt)
        self.add("erasable", {"commitment": commitment, "salt": salt, "text": text})
        return commitment

    def open(self) -> None:
        """Write the organisation's first entries: sites, people, the workflow, who may what."""
        self.add("chain", {"id": SITE_CHAIN, "kind": "site"})
        registers = {
            "parties": [{"id": unit, "kind": "unit"} for unit in (WARD, LABORATORY)],
            "sites": [_site(HOSPITAL, "hospital"), _site(MAKER, "manufacturer")],
            "units": [
                {"id": WARD, "site": HOSPITAL, "name": "Ward"},
                {"id": LABORATORY, "site": MAKER, "name": "Laboratory"},
            ],
            "persons": [{"id": person, "kind": "person"} for person in (NINA, OMAR, INES)],
            "accounts": [{"username": "nina", "person": NINA}],
            "workflows": [{"name": "bags", "version": 1, "hash": WORKFLOW.hash}],
            "templates": [TEMPLATE],
            "credentials": [{"person": NINA, "commitment": credential_commitment("$argon2id$1")}],
        }
        attested = tuple(
            Attestation("role", person, "nurse", WARD) for person in (NINA, OMAR, INES)
        )
        entry = self.write(
            SITE_CHAIN,
            "open",
            "site",
            actor="-",
            unit="-",
            registers=registers,
            attestations=attested,
        )
        at = {"chain": SITE_CHAIN, "seq": entry.seq}
        self.add("party", *registers["parties"])
        self.add("site", *[site | at for site in registers["sites"]])
        self.add("unit", *[unit | at | {"kind": "unit"} for unit in registers["units"]])
        self.add("person", *[person | at for person in registers["persons"]])
        self.add("account", *[account | at for account in registers["accounts"]])
        numbered = tables.numbered(STEPS.values())
        count = {"transitions": len(numbered), "text": WORKFLOW_TEXT}
        self.add("workflow", registers["workflows"][0] | at | count)
        self.add("transition", *numbered)
        self.add("label_template", TEMPLATE | at | {"text": TEMPLATE_TEXT})
        set_at = {
            "person": NINA,
            "person_kind": "person",
            "password_hash": "$argon2id$1",
            "set_at": entry.recorded_at,
        }
        self.add("credential", set_at)

    def order(self, coi: str, patient: str) -> None:
        """Order a therapy: its chain, its patient, the therapy itself and a first wristband."""
        nonce, ciphertext = "bm9uY2U", f"encrypted name of {patient}"
        identity = {"field": "name", "commitment": ciphertext_commitment(nonce, ciphertext)}
        wrapped = f"wrapped for {patient}"
        registers = {
            "parties": [{"id": patient, "kind": "patient"}],
            "keys": [{"patient": patient, "commitment": key_commitment(wrapped)}],
            "identities": [{"patient": patient, **identity}],
        }
        therapy = {"coi": coi, "patient_id": patient, "workflow": "bags"}
        self.add("chain", {"id": coi, "kind": "therapy"})
        self.add("party", *registers["parties"])
        self.add("therapy", therapy | {"kind": "therapy", "patient_kind": "patient"})
        identity |= {"patient_id": patient, "nonce": nonce, "ciphertext": ciphertext}
        self.add("patient_identity", identity)
        self.add("patient_key", {"patient_id": patient, "wrapped": wrapped})
        self.patients[coi], self.bags[coi] = patient, []
        self.write(
            coi, "order", workflow=WORKFLOW, therapy=therapy, registers=registers,
            births=(Birth(coi, "therapy", None, None),),
            moves=(self.move("order", coi, born=0),),
            wristbands=(IssuedWristband(f"W-{coi}", patient, 1),),
            signers=(INES,),
            notes={"reason": self.commit("Relapse after two lines")},
        )  # fmt: skip

    def move(self, action: str, subject: str, *, born: int, **how: str | None) -> Move:
        """One subject's turn by this action, with what it asks for."""
        step = STEPS[action]
        before = self.positions.get(subject, unborn(version=1))
        holder, consignee = how.get("holder") or before.holder, how.get("consignee") or "-"
        after = Position(
            before.turn + 1, 1, step.to_state, holder, consignee, before.stops + step.stop_effect
        )
        kind = how.get("kind") or ("nobody" if holder == "-" else "unit")
        return Move(
            subject, step.machine, action, born, before, after, kind, step.custody,
            step.stop_effect, step.while_stopped, step.scans, step.patient,
            label=how.get("label") if step.scans else None,
            patient_id=how.get("patient") if step.patient else None,
            wristband=how.get("wristband") if step.patient else None,
        )  # fmt: skip

    def take(self, coi: str, action: str, **said: object) -> NewEntry:
        """Write an entry of this therapy."""
        return self.write(coi, action, workflow=WORKFLOW, **said)

    def note(self, coi: str, kind: str = "act") -> None:
        """Write something down about the therapy; with kind hold or lift, stop it or go on."""
        moves = (self.move("note", coi, born=0),)
        self.take(coi, "note", kind=kind, moves=moves, notices=("SEEN",))

    def collect(self, coi: str) -> Bag:
        """Fill a bag from the patient, weigh it and label it."""
        patient, seq = self.patients[coi], self.heads[coi].seq + 1
        bag = Bag(f"{coi}/{seq}.1", seq, f"L-{coi}-{seq}")
        evidence = {"holder": WARD, "patient": patient, "wristband": f"W-{coi}"}
        self.take(
            coi, "collect",
            births=(Birth(bag.id, "bag", coi, 0),),
            moves=(self.move("collect", bag.id, born=seq, **evidence),),
            labels=(IssuedLabel(bag.label or "", bag.id, "bag-label-1"),),
            values=(_value(bag.id, "volume", "212.5"), _value(bag.id, "name", self.commit("José"))),
            scans=({"raw": "]C1W", "how": "scanned", "device": "D1", "means": "wristband"},),
            signers=(NINA, OMAR),
        )  # fmt: skip
        self.bags[coi].append(bag)
        return bag

    def split(self, coi: str, bag: Bag) -> None:
        """Make two bags of one, and label it anew: there is less in it."""
        seq, unit = self.heads[coi].seq + 1, self.positions[bag.id].holder
        old = self.lives[bag.label or ""]
        made = [Bag(f"{coi}/{seq}.{n}", seq, f"L-{coi}-{seq}-{n}") for n in (1, 2)]
        self.take(
            coi, "split", unit=unit,
            births=tuple(Birth(new.id, "bag", bag.id, bag.born) for new in made),
            moves=tuple(self.move("split", new.id, born=seq, holder=unit) for new in made),
            links=tuple(NewLink(new.id, bag.id, bag.born, "made_of") for new in made),
            labels=(
                *(IssuedLabel(new.label or "", new.id, "bag-label-1") for new in made),
                self._label_after(old, f"L-{coi}-{seq}"),
            ),
            label_turns=(turned(old, LabelState.VOIDED, reason=self.commit("split")),),
        )  # fmt: skip
        self.bags[coi] += made
        bag.label = f"L-{coi}-{seq}"

    def _label_after(self, old: LabelLife, serial: str) -> IssuedLabel:
        return IssuedLabel(serial, old.subject, "bag-label-1", old.issue + 1, old.serial)

    def turn(self, coi: str, action: str, bag: Bag, unit: str, **how: str) -> None:
        """Take one step with one bag."""
        signers = (NINA, OMAR, INES)[: STEPS[action].signatures]
        move = self.move(action, bag.id, born=bag.born, label=bag.label, **how)
        # Whoever scans it first has read it back; what nobody scans stays as it is.
        read = scanned_back(self.lives[move.label], "scanned") if move.label else ()
        self.take(coi, action, unit=unit, moves=(move,), signers=signers, label_turns=read)

    def correct(self, coi: str, bag: Bag, revision: int) -> None:
        """Correct the volume of a bag, with a reason."""
        reason = self.commit(f"typed wrongly, for the {revision}th time")
        value = replace(
            _value(bag.id, "volume", f"{200 + revision}"), revision=revision, reason=reason
        )
        self.take(coi, "weigh", values=(value,))


def _head(entry: NewEntry, hash_: str) -> Head:
    parts = (
        *(entry.moves, entry.signed, entry.births, entry.links, entry.values),
        *(entry.labels, entry.label_turns, entry.wristbands, entry.attestations),
    )
    shape = shape_of(map(len, parts))
    return Head(entry.seq, hash_, entry.version, entry.stops, shape, entry.recorded_at)


def _site(identifier: str, kind: str) -> dict[str, object]:
    where = {"country": "DE", "time_zone": "Europe/Berlin"}
    return {"id": identifier, "kind": kind, "name": f"The {kind}"} | where


def _value(subject: str, name: str, content: str) -> RecordedValue:
    return RecordedValue(subject, name, 1, 1, content, "mL", "scale", "0 to 500", "yes")


def walk(clinic: Clinic, coi: str, random: Random, steps: int) -> None:
    """Take random steps that are all legal."""
    revisions: dict[str, int] = {}
    for _ in range(steps):
        live = [b for b in clinic.bags[coi] if clinic.positions[b.id].state in ("held", "sent")]
        if not live or random.random() < 0.15:
            clinic.note(coi) if random.random() < 0.5 else clinic.collect(coi)
            continue
        bag = random.choice(live)
        _one_step(clinic, coi, bag, random, revisions)


def _one_step(
    clinic: Clinic, coi: str, bag: Bag, random: Random, revisions: dict[str, int]
) -> None:
    at = clinic.positions[bag.id]
    if at.state == "sent":
        back = random.random() < 0.3
        unit = at.holder if back else at.consignee
        clinic.turn(coi, "take_back" if back else "accept", bag, unit, holder=unit)
    elif at.stops:
        clinic.turn(coi, "free", bag, at.holder)
    elif random.random() < 0.1:
        clinic.turn(coi, "stop", bag, at.holder)
    elif random.random() < 0.1 and bag.id.endswith(".1") and not revisions.get(bag.id):
        revisions[bag.id] = 1
        clinic.split(coi, bag)
    elif random.random() < 0.1:
        clinic.turn(coi, "destroy", bag, at.holder, holder="destroyed", kind="gone")
    else:
        other = LABORATORY if at.holder == WARD else WARD
        clinic.turn(coi, "release_custody", bag, at.holder, consignee=other)


def a_small_history(connection: Connection) -> Clinic:
    """Two therapies of two patients, with something of everything."""
    clinic = Clinic(connection)
    clinic.open()
    for coi, patient in (("COI-A", "PAT-A"), ("COI-B", "PAT-B")):
        a_therapy(clinic, coi, patient)
    return clinic


def a_therapy(clinic: Clinic, coi: str, patient: str) -> None:
    """One therapy of a patient, from its order to where a bag is infused and another on its way."""
    clinic.order(coi, patient)
    bag = clinic.collect(coi)
    clinic.correct(coi, bag, 2)
    clinic.turn(coi, "release_custody", bag, WARD, consignee=LABORATORY)
    clinic.turn(coi, "accept", bag, LABORATORY, holder=LABORATORY)
    clinic.split(coi, bag)
    clinic.note(coi, "hold")
    clinic.note(coi, "lift")
    clinic.turn(coi, "stop", bag, LABORATORY)
    clinic.turn(coi, "free", bag, LABORATORY)
    clinic.turn(coi, "release_custody", bag, LABORATORY, consignee=WARD)
    clinic.turn(coi, "accept", bag, WARD, holder=WARD)
    evidence = {"patient": patient, "wristband": f"W-{coi}"}
    clinic.turn(coi, "infuse", bag, WARD, holder=patient, kind="patient", **evidence)
    clinic.turn(coi, "release_custody", clinic.bags[coi][1], LABORATORY, consignee=WARD)

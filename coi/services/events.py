"""What a webhook is told of an entry: who holds what where, and nothing that names or describes.

It is read from the record when it is sent, as it was with that entry: so it says the same whenever
it is sent again. No patient, no person, no text and no value is in it (SEC-33).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coi.services.decoding import content_of_text
from coi.services.event_kinds import OF_DEED
from coi.services.installation import Installation
from coi.store.entries import entry_text
from coi.store.facts import parts
from coi.store.outbox import NOBODY
from coi.store.states import state_after
from coi.store.transactions import Transaction
from workflows.alarms import KINDS, Rings
from workflows.model import Workflow

PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class At:
    """Which entry: its chain and number, and what kind of event it is."""

    chain: str
    seq: int
    kind: str


def is_told_of(tx: Transaction, sites: frozenset[str], chain: str) -> bool:
    """Some of these sites still see the whole therapy; what is told to none of them is dropped."""
    taking_part, treatment = parts(tx, chain)
    return bool(treatment.of_whole(sites & taking_part))


def body_of(tx: Transaction, installation: Installation, at: At) -> bytes:
    """The message about an entry, byte for byte the same each time."""
    digest, text = entry_text(tx, at.chain, at.seq)
    content = content_of_text(text)
    told: dict[str, object] = {
        "seq": at.seq,
        "hash": digest,
        "kind": content["kind"],
        "action": content["action"],
        "happened_at": content["happened_at"],
        "recorded_at": content["recorded_at"],
    }
    if "workflow" in content:
        told |= _of_therapy(tx, installation, at, content)
    if content["action"] in OF_DEED:
        told["alarm"] = _of_alarm(content["document"])
    message = {"type": at.kind, "timestamp": content["recorded_at"], "data": told}
    return json.dumps(message, separators=(",", ":"), sort_keys=True).encode()


def _of_therapy(
    tx: Transaction, installation: Installation, at: At, content: Mapping[str, Any]
) -> dict[str, object]:
    """Where the therapy and everything that moved stood after the entry."""
    reference = content["workflow"]
    workflow = installation.workflow(tx, reference["name"], reference["version"])
    unit = installation.unit(tx, content["unit"])
    machine, state = state_after(tx, at.chain, at.seq)
    return {
        "coi": at.chain,
        "workflow": {"name": workflow.name, "version": workflow.version},
        "unit": content["unit"],
        "site": unit.site if unit else NOBODY,
        "state": state,
        "phase": workflow.machines[machine].states[state].phase,
        "stops": content["stops"],
        "exceptions_opened": [
            born["id"]
            for born in content.get("subjects", ())
            if workflow.machines[born["machine"]].kind == "exception"
        ],
        "subjects": [_subject(workflow, move) for move in content.get("moves", ())],
    }


def _of_alarm(document: Mapping[str, str]) -> dict[str, object]:
    """What rings, of what, since when, and what is to be done."""
    kind = KINDS[Rings(document["alarm"])]
    return {
        "kind": document["alarm"],
        "level": kind.level.value,
        "about": document["about"],
        "since": document["since"],
        "due": document["due"],
        "late": document.get("late", "no") == "yes",
        "next_step": kind.next_step,
    }


def _subject(workflow: Workflow, move: Mapping[str, Any]) -> dict[str, object]:
    """One thing where it stands after its move; a patient is not told from another."""
    after = move["to"]
    kind = workflow.machines[move["machine"]].kind
    return {
        "id": move["subject"],
        "machine": move["machine"],
        "kind": str(kind),
        "turn": move["turn"],
        "custody": move["custody"],
        "state": after["state"],
        "holder": PATIENT if move["holder_kind"] == PATIENT else after["holder"],
        "consignee": after["consignee"],
        "stops": after["stops"],
    }

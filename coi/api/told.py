"""How what the use cases answer is told in JSON: plain values, in the words of the design."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from coi.clock import rfc3339
from coi.services.copies import left_off_told
from coi.services.drawing import Drawn
from coi.services.forms import Form, is_guided
from coi.services.label_ledger import Line
from coi.services.looking import TherapyPage
from coi.services.person_file import PersonFile
from coi.services.receipts import Receipt
from coi.services.signatures import block
from coi.services.therapies import Happened
from coi.services.worklist import Waiting
from workflows.facts import Person, Subject
from workflows.model import Action, Field

Told = Mapping[str, Any]


def steps_told(actions: Iterable[Action]) -> list[Told]:
    """Steps by name and title."""
    return [{"action": one.name, "title": one.title} for one in actions]


def line_told(one: Waiting) -> Told:
    """One therapy in a list."""
    return {
        "coi": one.coi,
        "therapy": one.title,
        "state": one.state,
        "held": one.held,
        "due_at": rfc3339(one.due_at) if one.due_at else None,
        "due": steps_told(one.due),
        "mine": steps_told(one.mine),
        "paper": one.paper,
    }


def therapy_told(page: TherapyPage) -> dict[str, Any]:
    """One therapy as it stands."""
    therapy, workflow, root = page.view.therapy, page.view.workflow, page.root
    state = workflow.machines[root.machine].states[root.position.state]
    return {
        "coi": therapy.coi,
        "workflow": {
            "name": workflow.name,
            "version": workflow.version,
            "title": workflow.title,
        },
        "state": state.name,
        "state_title": state.title,
        "phase": state.phase,
        "stops": therapy.stops,
        "entries": therapy.next_seq,
        "hash": page.view.head_hash,
        "invalid": [one.what for one in page.view.faults],
        "subjects": [subject_told(page, one) for one in page.view.subjects.values()],
        "mine": steps_told(page.mine),
        "others": steps_told(page.others),
    }


def subject_told(page: TherapyPage, subject: Subject) -> dict[str, Any]:
    """One thing of a therapy, where it stands and who holds it."""
    position = subject.position
    return {
        "id": subject.id,
        "sort": subject.machine,
        "title": page.title(subject),
        "state": position.state,
        "state_title": page.state(subject),
        "holder": position.holder,
        "consignee": position.consignee,
        "stops": position.stops,
        "inside": position.inside,
        "turn": position.turn,
        "labels": [*page.view.labels.get(subject.id, ())],
    }


def entry_told(one: Happened, names: Mapping[str, str], time_zone: str) -> Told:
    """One entry, with what its own bytes say; its signatures also as its site shows them."""
    return {
        "seq": one.seq,
        "hash": one.hash,
        "kind": one.kind,
        "action": one.action,
        "title": one.title,
        "actor": one.actor,
        "actor_name": names.get(one.actor, ""),
        "role": one.role,
        "unit": one.unit,
        "happened_at": one.happened_at,
        "recorded_at": one.recorded_at,
        "signatures": [
            {
                "person": signed.person,
                "printed_name": signed.printed_name,
                "role": signed.role,
                "meaning": signed.meaning,
                "signed_at": signed.signed_at,
                "username": signed.username,
                "shown": [*block(signed, time_zone)],
            }
            for signed in one.signatures
        ],
        "refusals": [
            {
                "code": refusal.code,
                "guard": refusal.guard or "-",
                "sentence": refusal.sentence,
                "next_step": refusal.next_step,
            }
            for refusal in one.refusals
        ],
        "content": one.content,
    }


def receipt_told(receipt: Receipt) -> dict[str, Any]:
    """What was recorded."""
    return {
        "coi": receipt.coi,
        "seq": receipt.seq,
        "hash": receipt.hash,
        "action": receipt.action,
        "born": [*receipt.born],
        "labels": [{"serial": serial, "subject": subject} for serial, subject in receipt.labels],
        "wristband": receipt.wristband,
        "notices": [*receipt.notices],
        "repeated": receipt.repeated,
    }


def label_told(line: Line) -> dict[str, Any]:
    """One label, and what was told of it."""
    life = line.life
    return {
        "serial": life.serial,
        "subject": life.subject,
        "issue": life.issue,
        "state": life.state.value,
        "is_open": line.is_open,
        "is_on_paper": line.is_on_paper,
        "old_values": [*line.old.titles] if line.old else [],
        "thing": line.thing,
        "place": line.place,
        "story": [
            {
                "entry": one.entry,
                "state": one.state.value,
                "at": one.at,
                "by": one.by,
                "unit": one.unit,
                "reason": one.reason,
                "pieces": one.pieces,
            }
            for one in line.story
        ],
    }


def form_told(form: Form) -> dict[str, Any]:
    """All that a step asks for."""
    action = form.action
    return {
        "action": action.name,
        "title": action.title,
        "verb": action.verb.value,
        "is_guided": is_guided(action),
        "is_at_the_patient": form.is_at_the_patient,
        "roles": sorted({who.role for who in action.who}),
        "scans": [*form.scans],
        "named": [{"id": one.id, "title": one.title, "state": one.state} for one in form.things],
        "births": [born.machine for born in form.born],
        "values": [blank_told(one.field) for one in form.every_blank],
        "asks_consignee": form.is_sent,
        "asks_who_the_patient_is": form.identifies,
        "signatures": [
            {"meaning": rule.meaning, "roles": [*rule.roles]} for rule in form.signatures
        ],
        "turns": dict(form.turns),
    }


def blank_told(field: Field) -> Told:
    """A field that is recorded."""
    return {
        "name": field.name,
        "title": field.title,
        "kind": field.kind.value,
        "unit": field.unit,
        "low": None if field.low is None else str(field.low),
        "high": None if field.high is None else str(field.high),
        "choices": [*field.choices],
        "accept": [kind.value for kind in field.accept],
        "required": field.required,
        "on": field.on,
    }


# -- people ----------------------------------------------------------------------------------------


def person_told(person: Person, printed_name: str) -> dict[str, Any]:
    """Somebody with an account."""
    return {
        "username": person.username,
        "person": person.id,
        "printed_name": printed_name,
        "active": person.active,
        "roles": [{"role": role, "unit": unit} for role, unit in sorted(person.roles)],
    }


def file_told(file: PersonFile) -> dict[str, Any]:
    """Everything that is read about a person."""
    person = file.person
    return {
        **person_told(person, file.printed_name),
        "usernames": [*file.usernames],
        "locked": [*file.locked],
        "badge": file.badge._asdict() if file.badge else None,
        "identity_checked": person.proofed,
        "statement_accepted": person.accepted_policy,
        "trainings": [
            {"role": role, "until": until} for role, until in sorted(person.trained_until.items())
        ],
        "sessions": [
            {
                "id": one.id,
                "unit": one.unit,
                "started_at": one.started_at,
                "seen_at": one.seen_at,
            }
            for one in file.sessions
        ],
        "happened": [*file.happened],
    }


def as_label(drawn: Drawn, name: str) -> Response:
    """A label as PDF; what is not on it, and why, stands in a header."""
    answer = as_pdf(drawn.content, name)
    if drawn.left_off:
        answer.headers["Left-Off"] = left_off_told(drawn)
    return answer


def as_pdf(content: bytes, name: str) -> Response:
    """A document; its name says a COI or a serial, and nobody's name."""
    file = re.sub("[^A-Za-z0-9-]+", "-", name)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}.pdf"'
    return answer

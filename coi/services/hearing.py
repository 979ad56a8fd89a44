"""Somebody says that they have heard an alarm, and what they do about it: an entry with a reason.

It ends nothing, and puts nothing off: an alarm ends by the step that it asks for, and goes on to
others as if nobody had heard it (BD-09).
"""

from dataclasses import dataclass, replace

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.services.asked import bad_key, entry_answering, fingerprint
from coi.services.attempt import stand
from coi.services.bell import document_of
from coi.services.entries import Occasion, write_draft
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE, acts_at
from coi.services.proofs import NotAllowed, Proven, acting
from coi.services.reasons import noted, require_reason
from coi.store.alarms import NOT_YET, RINGS, Stands, keep_became, sites_told, stands
from coi.store.facts import lock
from coi.store.transactions import Transaction
from workflows.alarms import AlarmDeed, Key
from workflows.draft import Draft
from workflows.facts import Person


@dataclass(frozen=True, slots=True)
class Heard:
    """Which alarm, and what whoever heard it does about it."""

    key: Key
    why: str
    unit: str


def hear(installation: Installation, by: Proven, heard: Heard, *, key: str) -> None:
    """It is on record who heard the alarm, when, and what they do about it.

    Raises:
        DataRefused: nothing is said of it, or somebody has heard it already.
        Unknown: no such alarm rings, or none at the person's sites.
        NotAllowed: the person only looks on.
        KeyReused: the key already stands for another request.
    """
    if problems := [*bad_key(key)]:
        raise DataRefused(problems)
    reason = require_reason(heard.why)
    digest = fingerprint(installation.vault, "hear_alarm", by.person, [*heard.key], reason)

    def work(tx: Transaction) -> None:
        person = acting(tx, by).person
        lock(tx, heard.key.chain)
        if entry_answering(tx, key, digest) is not None:
            return
        alarm = _found(tx, person, heard.key)
        now = installation.clock.now()
        occasion = Occasion(person.id, heard.unit, now, key=key, digest=digest)
        standing = stand(tx, installation, heard.key.chain)
        write_draft(
            tx,
            installation,
            standing.workflow,
            (heard.key.chain, standing.head),
            Draft("act", AlarmDeed.ACKNOWLEDGE, "-", document=document_of(alarm)),
            occasion=occasion,
            notes=noted(tx, installation, reason),
        )
        became = replace(alarm.became, heard_by=person.id, heard_at=rfc3339(now))
        keep_became(tx, heard.key, became)

    installation.transact(work)


def _found(tx: Transaction, person: Person, key: Key) -> Stands:
    """The alarm, where this person may say that they heard it.

    Raises:
        Unknown, NotAllowed, DataRefused: there is none, or not for them, or it was heard.
    """
    alarm = stands(tx, key)
    sites = {site for _role, site in person.site_roles}
    told = sites_told(tx, key)
    if alarm is None or alarm.became.state != RINGS or not (sites & told or EVERYWHERE in sites):
        raise Unknown("alarm", key.subject)
    if not acts_at(person) & (told | {EVERYWHERE}):
        raise NotAllowed([Problem(f"{person.username} only looks on", column="person")])
    if alarm.became.heard_by != NOT_YET:
        raise DataRefused([Problem("somebody has heard it already", column="why")])
    return alarm

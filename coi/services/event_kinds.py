"""What kind of event an entry of a therapy is, by what it did and not by what a clinic calls it."""

from collections.abc import Mapping

from coi.ledger.content import NewEntry
from workflows.alarms import AlarmDeed
from workflows.model import Action, Kind, Verb, Workflow

ENTRY = "therapy.entry"
EXCEPTION_OPENED = "exception.opened"
TEST = "webhook.test"

OF_VERB: Mapping[Verb, str] = {
    Verb.ORDER: "therapy.ordered",
    Verb.COLLECT: "collection.made",
    Verb.TRANSFORM: "manufacture.done",
    Verb.SAMPLE: "sample.taken",
    Verb.PACK: "shipment.packed",
    Verb.UNPACK: "shipment.unpacked",
    Verb.RELEASE_CUSTODY: "custody.released",
    Verb.ACCEPT: "custody.accepted",
    Verb.TAKE_BACK: "custody.taken-back",
    Verb.LOSE: "custody.lost",
    Verb.TEST: "result.recorded",
    Verb.DECIDE: "disposition.decided",
    Verb.CHECK: "bedside.checked",
    Verb.ADMINISTER: "infusion.recorded",
    Verb.DESTROY: "product.destroyed",
    Verb.HOLD: "hold.placed",
    Verb.LIFT: "hold.lifted",
    Verb.OPEN_EXCEPTION: EXCEPTION_OPENED,
    Verb.CLOSE_EXCEPTION: "exception.closed",
    Verb.CORRECT: "value.corrected",
}
"""What an action did, by its verb; all others are plain entries."""

OF_PACKAGE: Mapping[Verb, str] = {Verb.PACK: "package.closed", Verb.UNPACK: "package.opened"}
"""The same, where no shipment moves: a layer within one is closed or opened."""

OF_KIND: Mapping[str, str] = {
    "refused": "attempt.refused",
    "incident": "incident.reported",
    "hold": "hold.placed",
    "lift": "hold.lifted",
    "migrate": "therapy.migrated",
}
"""What an entry is whatever its action."""

OF_DEED: Mapping[str, str] = {
    AlarmDeed.RAISE: "alarm.raised",
    AlarmDeed.ESCALATE: "alarm.escalated",
    AlarmDeed.ACKNOWLEDGE: "alarm.heard",
    AlarmDeed.END: "alarm.ended",
}
"""What is told of an alarm of a therapy, which no definition names."""

OF_ALARM: Mapping[str, str] = {
    "captures_forked": "alarm.captures-forked",
    "clock_not_followed": "alarm.clock-not-followed",
    "clock_stepped": "alarm.clock-stepped",
    "disk_full": "alarm.disk-full",
    "lock_account": "alarm.account-locked",
    "lock_beside": "alarm.account-locked",
    "lock_pin": "alarm.account-locked",
    "not_recording": "alarm.not-recording",
    "verification_failed": "alarm.verification-failed",
}
"""What an entry that belongs to no therapy is an alarm of; nothing else of these is told."""

EVERY: tuple[str, ...] = tuple(
    sorted(
        {ENTRY, EXCEPTION_OPENED}
        | {*OF_VERB.values(), *OF_PACKAGE.values(), *OF_KIND.values()}
        | {*OF_DEED.values(), *OF_ALARM.values()}
    )
)
"""Every kind that can be asked for; a test is sent to whoever it is sent for."""


def kinds_of(workflow: Workflow, entry: NewEntry) -> tuple[str, ...]:
    """The kind of an entry, and that it opened an exception where that is another one."""
    action = workflow.actions.get(entry.action)
    told = _of_action(workflow, action, entry) if action else OF_DEED.get(entry.action, ENTRY)
    kind = OF_KIND.get(entry.kind, told)
    opened = any(workflow.machines[birth.machine].kind is Kind.EXCEPTION for birth in entry.births)
    return (kind, EXCEPTION_OPENED) if opened and kind != EXCEPTION_OPENED else (kind,)


def _of_action(workflow: Workflow, action: Action, entry: NewEntry) -> str:
    """What the action did, by its verb, and by whether a shipment was packed or a layer within."""
    moved = {workflow.machines[move.machine].kind for move in entry.moves}
    if action.verb in OF_PACKAGE and Kind.SHIPMENT not in moved:
        return OF_PACKAGE[action.verb]
    return OF_VERB.get(action.verb, ENTRY)
